"""`homthu understand`: a line in, a line of JSON out, whatever the line."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def understand(given: bytes, folder: Path) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "understand"],
        cwd=ROOT,
        input=given,
        capture_output=True,
        env={**os.environ, "HOMTHU_DATA_DIR": str(folder), "LC_ALL": "C"},
        check=True,
        timeout=60,
    )
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def test_each_line_has_its_answer(tmp_path: Path) -> None:
    lines = ["Quán karaoke ở phường Tây Hồ hát to, gọi 0912 345 678", "", "Cháy nhà!", "Cán bộ đòi tiền"]
    noise, empty, fire, bribe = understand("\n".join(lines).encode(), tmp_path)
    assert (noise["kind"], noise["category"], noise["emergency"]) == ("violation_public", "vio_noise", False)
    start = lines[0].index("0912")
    assert noise["personal_data"] == [{"type": "phone", "start": start, "end": start + 12}]
    assert isinstance(noise["route"], dict)
    assert noise["route"]["decision"] == "ward"
    assert empty["category"] == "oth_unclear"
    assert fire["emergency"] is True
    assert bribe["sensitive"] is True
    assert {"confidence", "alternatives", "why"} <= noise.keys()


def test_no_line_stops_it(tmp_path: Path) -> None:
    given = b"\xff\xfe\x00\n" + b"x" * 100_000 + b"\n\xed\xa0\x80\r\n{}\n[\x1b[31m\n" + "rác ".encode() * 30_000 + b"\nend"
    assert len(understand(given, tmp_path)) == 7
