"""The cases, in parts: their rows, their queues, their threads, those of one matter, what residents are shown of them.

Who may see which is `storage.visible_cases`.
"""

from storage.case_alarms import CaseAlarms
from storage.case_owners import CaseOwners
from storage.case_rows import CaseRows
from storage.case_words import CaseWords
from storage.exported import ExportedCases
from storage.heard_again import HeardAgain
from storage.joined_cases import JoinedCases
from storage.link import Link
from storage.matters import CaseMatters
from storage.queue import CaseQueue
from storage.shown_cases import ShownCases
from storage.taken_back import TakenBack
from storage.tellable_cases import TellableCases
from storage.telling import Telling
from storage.threads import CaseThreads


class SqlCases(
    CaseAlarms,
    CaseRows,
    CaseOwners,
    CaseMatters,
    CaseQueue,
    CaseThreads,
    ExportedCases,
    HeardAgain,
    JoinedCases,
    ShownCases,
    TakenBack,
    TellableCases,
    Telling,
):
    """See `bot.ports.Cases`."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._words = CaseWords(link)
        self._set = {}

    async def write_words(self) -> None:
        """Tell the search what is new; the unit of work calls it just before it commits."""
        await self._words.write()
