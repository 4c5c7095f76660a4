"""Is a text about those who lead the ward itself? They read its restricted desk, so such a case must go past it."""

from bot.understanding.hearing import Heard


def speaks_of_leader(heard: Heard) -> bool:
    """The chair, the party secretary or a deputy of theirs is spoken of, not only called upon.

    The chair of a club or of the city, and the secretary of a village's party cell, lead no ward.
    """
    others = {place for match in heard.said.get("not_leader", ()) for place in range(match.start, match.end)}
    return any(match.start not in others for match in heard.said.get("ward_leader", ()))
