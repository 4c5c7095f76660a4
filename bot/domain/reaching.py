"""How a resident comes to know of words of staff that did not arrive in their chat."""

from enum import StrEnum


class ReachedBy(StrEnum):
    """The first three are what staff do; the others happen by themselves."""

    PHONE = "phone"
    VISIT = "visit"
    LETTER = "letter"
    DELIVERED = "delivered"  # the chat takes messages again
    SHOWN = "shown"  # they looked it up in another chat, with code and secret


BY_STAFF = (ReachedBy.PHONE, ReachedBy.VISIT, ReachedBy.LETTER)
