"""The README says what is true: its settings, its commands, and a line for each dependency."""

import re
import tomllib

from bot.domain.capabilities import as_markdown
from bot.settings import PREFIX, Settings
from tests.house.imports import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(HOMTHU_[A-Z_]+)` \| (.*?) \| (.*?) \|$", re.M)


def settings_rows() -> dict[str, tuple[str, str]]:
    """The table as the code would write it: name to default and meaning."""
    rows = {}
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = getattr(default, "get_secret_value", lambda default=default: default)()
        rows[PREFIX + name.upper()] = (f"`{shown}`" if str(shown) else "", field.description or "")
    return rows


def test_the_settings_table_is_the_code() -> None:
    assert len(settings_rows()) >= 12
    assert {name: (default, meaning) for name, default, meaning in ROW.findall(README)} == settings_rows()


def test_what_channels_can_do_is_the_code() -> None:
    """The table between the markers is `bot.domain.capabilities`; write it anew with `as_markdown` when a row changes."""
    shown = README.split("<!-- channels -->\n")[1].split("\n<!-- /channels -->")[0]
    assert len(as_markdown().splitlines()) > 12
    assert shown == as_markdown()


def test_every_dependency_has_a_line_in_decisions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = [re.split(r"[\[<>=; ]", line)[0] for line in wanted]
    assert len(names) >= 20
    decisions = README.split("## Decisions")[1].split("\n## ")[0].lower()
    assert [name for name in names if name not in decisions] == []


def test_every_dependency_is_pinned_with_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z0-9-]+)==", lock, re.M)
    assert len(pins) > 50
    assert lock.count("--hash=sha256:") >= len(pins)
    assert "://" not in lock
    for line in re.split(r"\n(?=[a-z])", lock.strip()):
        assert "--hash=sha256:" in line, line.split()[0]
