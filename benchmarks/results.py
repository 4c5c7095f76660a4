"""Writes what a benchmark found into `RESULTS.md`: a section each, replaced whole, with the machine and the date."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
_TOP = "# What was measured\n\nEach section is written by the benchmark that it names, when that is run.\n"


def record(name: str, text: str, *, place: Path = RESULTS) -> None:
    """Put `text` (Markdown) into the section of the benchmark `name`; sections stand in the order of their names."""
    known = place.read_text(encoding="utf-8") if place.exists() else _TOP
    top, *found = re.split(r"^## ", known, flags=re.MULTILINE)
    sections = dict(section.split("\n", 1) for section in found)
    sections[f"`benchmarks.{name}`"] = f"\n{machine()}\n\n{text.strip()}\n"
    told = [f"## {title}\n\n{sections[title].strip()}\n" for title in sorted(sections)]
    place.write_text("\n".join([top.rstrip("\n") + "\n", *told]), encoding="utf-8")


def machine() -> str:
    """One line: when, and on what."""
    model = next((line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    kilobytes = next((line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "0")
    parts = [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"{os.cpu_count()} cores {model or platform.machine()}".strip(),
        f"{int(kilobytes) / 1024**2:.0f} GB",
        f"Python {platform.python_version()}",
        platform.system(),
    ]
    return ", ".join(parts) + "."


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; the first column is text, the others are figures."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
