"""Charts of bars as SVG, the term before beside the present one: the same in every document and on the desk's page.

A bar of now is full, one of before is hatched, and each has its number, so that a black-and-white print says the same.
No style and no script is in them: the desk's page allows neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

WIDTH, _LEFT, _RIGHT = 640, 250, 70  # user units; the chart is drawn four times as many as millimetres
_TOP, _THICK, _THIN, _GAP, _LINE = 34, 16, 11, 12, 15
_LETTERS = 36  # of a label, in a line
_LINES = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """None: no figure. `instead` is written where a number may not be."""

    name: str
    now: int | None
    before: int | None
    now_text: str
    before_text: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An SVG and its size in its own units."""

    svg: str
    width: int
    height: int


@cache
def environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )


def draw_bars(name: str, bars: Sequence[Bar], *, now: str, before: str, said: str) -> Drawn:
    """One group a name, the longest bar as wide as there is room.

    Args:
        name: Letters; tells this chart's patterns from those of another on the same page.
        bars: In the order they stand.
        now: What a full bar is.
        before: What a hatched bar is; empty: there are none.
        said: The chart in words.
    """
    most = max((number for bar in bars for number in (bar.now, bar.before) if number is not None), default=0) or 1
    at, drawn = _TOP, []
    for bar in bars:
        label = wrapped(bar.name)
        pieces: list[dict[str, object]] = [_piece(at, bar.now, bar.now_text, most, is_now=True)]
        tall = _THICK
        if before:
            pieces.append(_piece(at + _THICK + 2, bar.before, bar.before_text, most, is_now=False))
            tall += 2 + _THIN
        room = max(tall, len(label) * _LINE)
        drawn.append({"label": label, "label_y": at + (tall - _LINE * len(label)) / 2 + 12, "pieces": pieces})
        at += room + _GAP
    height = at + 2
    svg = (
        environment()
        .get_template("bars.svg")
        .render(id=name, width=WIDTH, height=height, left=_LEFT, now=now, before=before, bars=drawn, said=said)
    )
    return Drawn(svg, WIDTH, height)


def _piece(y: int, number: int | None, text: str, most: int, *, is_now: bool) -> dict[str, object]:
    tall = _THICK if is_now else _THIN
    width = round((number or 0) / most * (WIDTH - _LEFT - _RIGHT), 1)
    return {
        "y": y,
        "width": width,
        "height": tall,
        "is_now": is_now,
        "text": text,
        "text_y": y + tall - (3 if is_now else 1),
    }


def wrapped(text: str, letters: int = _LETTERS, lines: int = _LINES) -> list[str]:
    """In a few lines of at most so many letters; what does not fit ends in "…"."""
    found = [""]
    for word in text.split():
        if found[-1] and len(found[-1]) + 1 + len(word) > letters:
            found.append(word)
        else:
            found[-1] = f"{found[-1]} {word}".strip()
    found = [line if len(line) <= letters else line[: letters - 1] + "…" for line in found]
    if len(found) > lines:
        found = [*found[: lines - 1], found[lines - 1][: letters - 1] + "…"]
    return found
