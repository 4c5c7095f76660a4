"""What Zalo refuses, as far as it is known, and how an answer looks.

Zalo's documentation gives the codes 400, 401, 403, 404, 408 and 429, texts and captions of 1 to 2,000 characters and secrets
of 8 to 256; which characters count it does not say, so the larger count (UTF-16 units) is taken.
"""

import json
from typing import Any
from urllib.parse import urlsplit

LONGEST_TEXT = 2000  # UTF-16 units
SHORTEST_SECRET, LONGEST_SECRET = 8, 256  # characters


class Refused(Exception):
    """The Bot API's way of saying no."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description

    def to_json(self) -> str:
        return json.dumps({"ok": False, "error_code": self.code, "description": self.description})


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_text(given: dict[str, Any], name: str, *, is_needed: bool = True) -> str:
    """A text or caption. Raises `Refused`."""
    text = given.get(name, "")
    if not isinstance(text, str) or (is_needed and not text.strip()):
        raise Refused(400, f"Bad Request: {name} is empty")
    if units(text) > LONGEST_TEXT:
        raise Refused(400, f"Bad Request: {name} must be 1 to {LONGEST_TEXT} characters")
    return text


def check_url(given: dict[str, Any], name: str) -> str:
    """An address that Zalo can fetch. Loopback is allowed here, which the real one refuses."""
    url = given.get(name)
    if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise Refused(400, f"Bad Request: {name} is no address")
    return url


def check_secret(given: dict[str, Any]) -> str:
    secret = given.get("secret_token")
    if not isinstance(secret, str) or not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
        raise Refused(400, "Bad Request: secret_token must be 8 to 256 characters")
    return secret
