"""What `deploy/` tells an operator to write is what the program reads: variables, commands, files, accounts."""

import re
from pathlib import Path

import pytest

from bot.cli import _parser
from bot.settings import PREFIX, Settings
from tests.house.imports import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
TEXTS = sorted(path for path in DEPLOY.iterdir() if path.is_file())


def blocks() -> dict[str, str]:
    """Each service of the compose file, as text: its shape is plain, and no YAML reader is among our packages."""
    found = re.split(r"^  (\w+):\n", COMPOSE.partition("\nservices:\n")[2].partition("\nsecrets:\n")[0], flags=re.M)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_variable_that_is_named_is_read(path: Path) -> None:
    named = set(re.findall(rf"\b{PREFIX}([A-Z_]*[A-Z])\b", path.read_text(encoding="utf-8")))
    assert named <= {name.upper() for name in Settings.model_fields}


def test_the_compose_file_has_the_city() -> None:
    """A database, one process with pages, two workers, a proxy; each a command of ours, each file that is mounted there."""
    services = blocks()
    assert set(services) == {"database", "web", "worker", "proxy"}
    assert "replicas: 2" in services["worker"]
    commands = {name: re.findall(r'^    command: \["(\w+)"', text, re.M) for name, text in services.items()}
    assert (commands["web"], commands["worker"]) == (["run"], ["work"])
    for words in (commands["web"], commands["worker"]):
        assert callable(_parser().parse_args(words).do)
    assert "synchronous_commit=on" in services["database"]
    for mounted in re.findall(r"^      - (\./[\w.]+):", COMPOSE, re.M):
        assert (DEPLOY / mounted).is_file(), mounted
    assert (DEPLOY / re.findall(r"dockerfile: deploy/(\w+)", COMPOSE)[0]).is_file()


def test_the_compose_file_is_plain_yaml() -> None:
    """Two spaces a step, no tab, every line a key, an item or a remark: what any reader takes."""
    for number, line in enumerate(COMPOSE.splitlines(), 1):
        assert re.fullmatch(r"(#.*)?|( {2})*(- )?([\w-]+|<<):( .*)?|( {2})+- .+", line), f"{number}: {line!r}"
        assert (len(line) - len(line.lstrip(" "))) % 2 == 0


def test_the_worker_is_the_service_with_another_command() -> None:
    """One account, one folder, the same rights: what is tightened for one is tightened for both."""
    service, worker = (
        [line for line in (DEPLOY / name).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
        for name in ("homthu.service", "homthu-work@.service")
    )
    told_apart = [(one, other) for one, other in zip(service, worker, strict=True) if one != other]
    assert [one.partition("=")[0] for one, _ in told_apart] == ["Description", "ExecStart"]
    assert told_apart[1][1].endswith("-m bot work")
