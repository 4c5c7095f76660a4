"""Ready texts with places to fill in: "{ma}" is the case's code. Only these are known; any other is refused at saving."""

import re
from collections.abc import Mapping

# Vietnamese without marks, as staff type them: code, ward, deadline, the member's name.
VARIABLES = ("ma", "phuong", "han", "ten_canbo")

_PLACE = re.compile(r"\{([^{}\n]{0,40})\}")


def unknown_variables(text: str) -> tuple[str, ...]:
    """The places that nobody can fill in, each once, as they stand in the text: ("{tên}",)."""
    return tuple(dict.fromkeys(found[0] for found in _PLACE.finditer(text) if found[1].strip() not in VARIABLES))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled in; what is unknown stays as it is. What is filled in is not read again."""
    return _PLACE.sub(lambda found: values.get(found[1].strip(), found[0]), text)
