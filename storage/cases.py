"""The cases, in three parts: their rows, their queues, their threads. Who may see which is `storage.visible_cases`."""

from storage.case_rows import CaseRows
from storage.link import Link
from storage.queue import CaseQueue
from storage.threads import CaseThreads


class SqlCases(CaseRows, CaseQueue, CaseThreads):
    """See `bot.ports.Cases`."""

    def __init__(self, link: Link) -> None:
        self._link = link
