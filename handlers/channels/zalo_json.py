"""A Zalo body → its events. Whole JSON as it is; what was cut off on its way is closed where it broke off.

Zalo hands an update out once: whatever of an answer arrived is all there ever will be of it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from handlers.channels.telegram_json import read_exactly
from handlers.channels.telegram_updates import DEEPEST, nesting

CUT = "…"  # stands where words were cut off, so that whoever reads them sees it
_MARKS = re.compile(r'\\.|["\[\]{},]', re.DOTALL)
_HALF_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*(\\(?:u[0-9a-fA-F]{0,3})?)$")


class Read(NamedTuple):
    """What a body says. `why` it says nothing, `is_cut` when its end is missing."""

    value: Any
    is_cut: bool = False
    why: str = ""


def text_of(body: bytes) -> str:
    """As text, in whatever coding of Unicode it came; what is none of it is replaced."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode(json.detect_encoding(body), "replace")


def read_body(text: str) -> Read:
    """The JSON of a body. Never raises."""
    try:
        value = read_exactly(text)
    except RecursionError:
        return Read(None, why="nested too deeply")
    except ValueError:
        return _read_cut(text)
    return _checked(value, text, is_cut=False)


def events_in(value: object) -> Sequence[Mapping[str, Any]]:
    """The events, bare or in their envelope: both are documented or seen. One, as far as is known; a list is taken too."""
    if not isinstance(value, dict) or not value:
        return ()
    inner = value.get("result")
    if "event_name" not in value and "message" not in value and isinstance(inner, dict | list):
        found = inner if isinstance(inner, list) else [inner]
        return [event for event in found if isinstance(event, dict) and event]
    return [value]


def _checked(value: object, text: str, *, is_cut: bool) -> Read:
    # Counting brackets first costs a microsecond; walking every genuine update would cost ten.
    if text.count("{") + text.count("[") > DEEPEST and nesting(value) > DEEPEST:
        return Read(None, is_cut, "nested too deeply")
    return Read(value, is_cut)


def _read_cut(text: str) -> Read:
    for mended in _mended(text):
        try:
            value = json.loads(mended)
        except RecursionError:
            return Read(None, why="nested too deeply")
        except ValueError:
            continue
        return _checked(value, mended, is_cut=True)
    return Read(None, why="not JSON that can be parsed")


def _mended(text: str) -> list[str]:
    """What it may have been, likeliest first: the open string and all that is open around it are closed."""
    start = text.find("{")
    if start < 0:
        return []
    text = text[start:]
    open_ones: list[str] = []
    quoted, comma, comma_depth = False, 0, 0
    for token in _MARKS.finditer(text):
        mark = token[0]
        if mark == '"':
            quoted = not quoted
        elif quoted or mark.startswith("\\"):
            continue
        elif mark in "{[":
            open_ones.append("}" if mark == "{" else "]")
        elif mark == ",":
            comma, comma_depth = token.start(), len(open_ones)
        elif open_ones and open_ones[-1] == mark:
            open_ones.pop()
        else:
            return []  # closed what was never open: torn elsewhere than at its end
    if len(open_ones) > DEEPEST:
        return []
    ends = "".join(reversed(open_ones))
    before_comma = text[:comma] + "".join(reversed(open_ones[:comma_depth])) if comma else ""
    if quoted:
        half = _HALF_ESCAPE.search(text)
        kept = text[: half.start(1)] if half else text
        return [f'{kept}{CUT}"{ends}', f'{kept}":null{ends}', before_comma]
    return [text + ends, f"{text}null{ends}", f"{text}:null{ends}", before_comma]
