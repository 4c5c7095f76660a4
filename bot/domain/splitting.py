"""A text in pieces that a channel takes: lengths count in UTF-16 units, and it is split where people would."""


def units(text: str) -> int:
    """Length as Telegram counts it: an emoji outside the basic plane is two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def pieces(text: str, most: int) -> list[str]:
    """The text in pieces of at most `most` units: split at line ends, else at spaces, else anywhere.

    Returns:
        In order, none of them blank; empty when the text is. Nothing but white space at the seams is left out.
    """
    rest, found = text.strip(), []
    while units(rest) > most:
        head = _longest_head(rest, most)
        seam = max(head.rfind("\n"), 0) or max(head.rfind(" "), 0) or len(head)
        if piece := rest[:seam].rstrip():
            found.append(piece)
        rest = rest[seam:].lstrip()
    return [*found, rest] if rest else found


def _longest_head(text: str, most: int) -> str:
    """The longest beginning of at most `most` units."""
    head = text[:most]
    while (over := units(head) - most) > 0:
        head = head[: -((over + 1) // 2)]
    return head
