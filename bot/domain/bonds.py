"""Two chats of one person, tied by a code that was shown in one and typed in the other.

They stay two residents: nothing is merged, so that a bond can be undone as if it had never been. Over a bond a case may be
read and answered from the other chat, and an answer that one chat does not take goes to the other. What was told in
confidence stays where it was told: `is_shared`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.case import Accused, Case, Desk
from bot.domain.people import Address

CODE_LASTS = timedelta(minutes=15)
MOST_BONDS = 4  # of one chat: two messengers, two browsers; more is a household or a trick
STUCK_AFTER = timedelta(minutes=10)  # eight tries in vain: what waits so long may go another way


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """`asker` showed the code, `other` typed it and agreed. None, and `tied_at` too, while the code waits."""

    id: int
    asker: Address
    other: Address | None
    tied_at: datetime | None

    def beyond(self, address: Address) -> Address | None:
        """The chat at the other end; None while there is none."""
        return self.other if address == self.asker else self.asker


def is_shared(case: Case) -> bool:
    """May it be read in its resident's other chats? Not what is about officials, nor what nobody's name stands on."""
    is_about_officials = case.is_sensitive or case.accused is not Accused.NOBODY
    is_apart = case.desk in (Desk.RESTRICTED, Desk.LEADERS)
    return not (is_about_officials or is_apart or case.is_anonymous) and case.erased_at is None
