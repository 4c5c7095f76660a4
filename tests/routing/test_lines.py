"""`homthu route`: one JSON line for every line, whatever it holds."""

import json
import subprocess
import sys
from pathlib import Path

from bot.routing import load_router
from bot.routing.lines import route_line
from tests.house.imports import ROOT

ROUTER = load_router()


def test_a_line_is_a_text_or_a_place() -> None:
    assert route_line(ROUTER, "phường Tây Hồ\n".encode())["wards"] == [
        {"code": "00103", "name": "phường Tây Hồ", "score": 1.0}
    ]
    assert [ward["code"] for ward in route_line(ROUTER, b"21.0386, 105.838")["wards"]] == ["00004"]
    assert route_line(ROUTER, b"-21.03,105.85")["decision"] == "none"


def test_the_command_answers_every_line_and_never_stops(tmp_path: Path) -> None:
    """Bytes that are no text, empty lines, places off the earth and endless words each get their line."""
    lines = [
        "xã Hòa Nam, Ứng Hòa".encode(),
        b"\xff\xfe\x00\x80",
        b"",
        b"999,999",
        b"1" * 400 + b",2",
        b"x " * 60_000,
        "\u202e😀\ud800".encode(errors="surrogatepass"),
        "phường Yên Phụ".encode(),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "bot", "route"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOMTHU_DATA_DIR": str(tmp_path)},
        input=b"\n".join(lines),
        capture_output=True,
        check=True,
        timeout=60,
    )
    found = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [answer["decision"] for answer in found] == ["ward", "none", "none", "none", "none", "none", "none", "ask"]
    assert all(set(answer) == {"decision", "wards", "why"} for answer in found)
    assert found[0]["wards"][0]["code"] == "10417"
    assert any("Hòa Nam" in line and "xã Hòa Xá" in line for line in found[0]["why"])
