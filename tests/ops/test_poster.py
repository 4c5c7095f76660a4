"""`homthu poster`: what an operator gets of it, and what it answers to what cannot be."""

from pathlib import Path

import pytest

from bot.papers.posters import Size
from tests.conftest import Place
from tests.ops.homthu import Homthu
from tests.papers.test_posters import codes_of_pdf, codes_of_svg

URL = {"HOMTHU_PUBLIC_URL": "https://gopy.example.vn"}


def test_a_list_of_places_becomes_a_sheet_of_stickers(sqlite_place: Place, tmp_path: Path) -> None:
    """A poster with Telegram and the Zalo bot of the settings, then stickers of a list, whose codes lead to the ward."""
    homthu = Homthu.at(sqlite_place, **URL, HOMTHU_ZALO_LINK="https://zalo.me/4242")
    out = tmp_path / "a.pdf"
    told = homthu.does("poster", "--ward", "00103", "--place", "Đình Quảng Bá", "--telegram", "@GopYBot", "--out", str(out))
    assert (told.returncode, told.stderr) == (0, "")
    assert {code.text for code in codes_of_pdf(out.read_bytes())} == {
        "https://gopy.example.vn/chat?ward=00103",
        "https://t.me/GopYBot?start=ward_00103",
        "https://zalo.me/4242",
    }
    (tmp_path / "p.csv").write_text("\ufeffplace,desk\nChợ Bưởi,\nĐình làng,Tổ 5\n", encoding="utf-8")
    words = ("poster", "--ward", "00103", "--file", str(tmp_path / "p.csv"), "--count", "2", "--zalo", "")
    assert homthu.does(*words, "--sheet", "--out", str(out)).returncode == 0
    assert len(codes_of_pdf(out.read_bytes())) == 4
    assert homthu.does(*words, "--format", "svg", "--size", "a3", "--out", str(tmp_path / "s.svg")).returncode == 0
    assert sorted(one.name for one in tmp_path.glob("*.svg")) == ["s-2.svg", "s-3.svg", "s-4.svg", "s.svg"]
    assert len(codes_of_svg((tmp_path / "s-4.svg").read_bytes(), Size.A3)) == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--ward", "99999"), "--ward: there is no ward 99999"),
        (("--ward", "00103", "--board", "7"), "--board: this ward's ledger has no board 7"),
        (("--ward", "00103", "--boards"), "no board in this ward's ledger"),
        (("--ward", "00103", "--zalo", "javascript:1"), "--zalo: must be a link"),
        (("--ward", "00103", "--file", "/nowhere/x.csv"), "--file: /nowhere/x.csv cannot be read"),
        (("--ward", "00103", "--count", "501"), "too many at once"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(sqlite_place: Place, tmp_path: Path, words: tuple[str, ...], why: str) -> None:
    told = Homthu.at(sqlite_place, **URL).does("poster", *words, "--out", str(tmp_path / "a.pdf"))
    assert told.returncode == 2
    assert why in told.stderr
    assert told.stderr.count("\n") == 1
    assert not (tmp_path / "a.pdf").exists()


def test_without_an_address_there_is_nothing_to_lead_to(sqlite_place: Place, tmp_path: Path) -> None:
    told = Homthu.at(sqlite_place).does("poster", "--ward", "00103", "--out", str(tmp_path / "a.pdf"))
    assert (told.returncode, "HOMTHU_PUBLIC_URL: is missing" in told.stderr) == (2, True)
