"""The cases as storage keeps them. What staff may see is one query, used by every read that takes a Viewer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.bulletin import Tally
from bot.domain.case import Case, CaseCode, CaseId, CaseStatus, Desk, NewCase
from bot.domain.correction import Correction
from bot.domain.incoming import StoredFile
from bot.domain.outcome import Outcome
from bot.domain.people import Address, ResidentId, StaffId
from bot.domain.queueing import QueueCounts, QueueFilter, QueueKey, QueueLine, QueuePage, Sort
from bot.domain.sheet_rows import ExportedCase, ReceivedPage
from bot.domain.thread import Answer, Attachment, CaseEvent, NewMessage, Revision, Said, ThreadMessage
from bot.domain.ward import WardCode
from bot.ports.viewing import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which cases are wanted, those that joined another one too. Without anything: every case there is."""

    viewer: Viewer | None = None  # None: the operator's own view, which is everything
    start: datetime | None = None  # accepted from then on
    end: datetime | None = None  # and before then
    ward_code: WardCode | None = None
    up_to: CaseId | None = None  # the newest that was there when it began: what comes meanwhile stays out


EVERY_CASE = Chosen()


class Cases(Protocol):
    """The cases, their threads and timelines. What staff may see is one query, used by every read that takes a Viewer."""

    async def add(self, case: NewCase) -> Case: ...

    async def by_source(self, address: Address, source_id: str) -> Case | None:
        """The case that this message opened, if any: filing twice must find the first."""
        ...

    async def of_resident(
        self, resident_id: ResidentId, *, most: int = 10, before: CaseId | None = None, also: Sequence[ResidentId] = ()
    ) -> list[Case]:
        """The resident's own cases, newest first; of those filed before that one, where it is given.

        Args:
            also: Who they are in other chats: what of theirs may be read here (`bot.domain.bonds.is_shared`) is there too.
        """
        ...

    async def by_serial(self, resident_id: ResidentId, serial: str) -> Case | None:
        """The resident's case that was filed from this draft, if it was filed."""
        ...

    async def by_code(self, code: CaseCode) -> Case | None:
        """For the resident's side only: no viewer is asked."""
        ...

    async def visible(self, viewer: Viewer, code: CaseCode, *, for_update: bool = False) -> Case | None:
        """The case, if this viewer may see it."""
        ...

    async def queue(
        self,
        viewer: Viewer,
        wanted: QueueFilter | None = None,
        *,
        sort: Sort = Sort.DUE,
        after: QueueKey | None = None,
        before: QueueKey | None = None,
        most: int = 50,
    ) -> QueuePage:
        """A page of the viewer's cases: the first, or the one after (or before) a place. None that joined another case.

        Args:
            wanted: Without it, every open case. With `words`, what is found comes with exactly these marks first, then
                newest first, whatever `sort` says; a case's code finds that case alone.
        """
        ...

    async def several(self, viewer: Viewer, codes: Collection[CaseCode]) -> list[QueueLine]:
        """Those of the cases that this viewer may see and, wanting a right, do that to; nearest deadline first."""
        ...

    async def count(self, viewer: Viewer, wanted: QueueFilter | None = None) -> int:
        """How many cases such a queue has; never counted beyond `COUNT_CAP` + 1."""
        ...

    async def counts(self, viewer: Viewer, *, now: datetime, today_ends: datetime) -> QueueCounts:
        """Of the open cases, in one statement. `late` are due before `now`, `today` from then until `today_ends`."""
        ...

    async def own(self, case: Case, owner_id: StaffId | None, until: datetime | None) -> Case:
        """Give it to somebody until then, or (None, None) back to the queue.

        Raises:
            StaleVersion: Somebody changed the case since it was read.
        """
        ...

    async def open_by_owner(self, owners: Collection[StaffId]) -> Mapping[StaffId, int]:
        """How many open cases each of them has; who has none is left out."""
        ...

    async def put_back(self, case: Case, before: Case) -> Case:
        """Ward, desk, owner and hops as they were before; for undoing at once what nobody built on yet.

        Raises:
            StaleVersion: Somebody changed the case since it was read.
        """
        ...

    async def keep_as_note(self, case: Case, message_id: int) -> None:
        """An answer of this case that was never sent stays as an internal note. Raises the case's version."""
        ...

    async def give_back_overdue(self, now: datetime, *, most: int = 50) -> list[Case]:
        """Take those from their owners who did nothing in time; returns them as they were, owners and all."""
        ...

    async def to_tell(self, viewer: Viewer, *, most: int) -> Sequence[Case]:
        """The counter's cases that this viewer may see, with an answer that nobody has told; the longest untold first."""
        ...

    async def told(self, case_id: CaseId) -> None:
        """Nothing of it waits to be told any more."""
        ...

    async def by_id(self, case_id: CaseId, *, for_update: bool = False) -> Case | None:
        """For what is done to a case because of another: no viewer is asked."""
        ...

    async def alike(self, *, ward_code: WardCode, category: str, since: datetime, most: int = 30) -> list[Case]:
        """Open cases of a ward's general desk in one category, filed since then, newest first; none that joined another."""
        ...

    async def joined(self, main_id: CaseId, *, for_update: bool = False) -> list[Case]:
        """The cases that joined this one, oldest first."""
        ...

    async def count_joined(self, main_id: CaseId, by: int) -> Case | None:
        """So many more (or, below zero, fewer; zero: something was said in one of them). Raises the case's version."""
        ...

    async def reopen(self, case: Case, *, due_at: datetime, is_disputed: bool) -> Case:
        """Open it again with a new deadline, on its own: it no longer joins another case.

        Raises:
            StaleVersion: Somebody changed the case since it was read.
        """
        ...

    async def newest_answer(self, case_id: CaseId) -> Answer | None:
        """What staff answered last."""
        ...

    async def first_photo(self, case_id: CaseId) -> str:
        """The file store's key of the shown copy of the first photo its resident sent; empty where there is none."""
        ...

    async def change(
        self,
        case: Case,
        *,
        ward_code: WardCode | None = None,
        desk: Desk | None = None,
        status: CaseStatus | None = None,
        outcome: Outcome | None = None,
        closed_at: datetime | None = None,
        is_hop: bool = False,
    ) -> Case:
        """Write what is given and raise the version by one. The unplaced desk takes the case's ward away.

        At another ward or desk nobody owns it yet. `is_hop` counts it as moved once more.

        Raises:
            StaleVersion: Somebody changed the case since it was read.
        """
        ...

    async def add_message(self, message: NewMessage) -> int:
        """Add it with its files; returns its id. Raises the case's version."""
        ...

    async def message_by_source(self, case_id: CaseId, source_id: str) -> int | None: ...

    async def message_by_group(self, case_id: CaseId, group_id: str) -> int | None: ...

    async def edit_message(self, message_id: int, text: str, at: datetime, *, sealed: str = "") -> None:
        """Replace its words; the earlier ones stay as a revision, sealed where they were. Raises the case's version."""
        ...

    async def sealed_words(self, message_id: int) -> str:
        """The message's words before personal data in them was masked, still sealed; empty when nothing was."""
        ...

    async def add_files(self, message_id: int, files: Sequence[StoredFile]) -> None:
        """An album's later parts. Raises the case's version."""
        ...

    async def thread(self, case_id: CaseId) -> list[ThreadMessage]:
        """Oldest first."""
        ...

    async def threads(self, case_ids: Sequence[CaseId]) -> Mapping[CaseId, Sequence[ThreadMessage]]:
        """Of several cases, in as many statements as of one; empty for a case where nothing was said."""
        ...

    async def newest_messages(self, case_id: CaseId, *, most: int = 5) -> list[Said]:
        """The last ones, newest first."""
        ...

    async def repeat(self, message_id: int) -> int:
        """The same words came again: how often by now. The case's version stays."""
        ...

    async def revisions(self, case_id: CaseId) -> Mapping[int, Sequence[Revision]]:
        """By message, the words it had before, oldest first; messages that were never edited are left out."""
        ...

    async def attachment(self, viewer: Viewer, code: CaseCode, attachment_id: int) -> Attachment | None:
        """A file of a case this viewer may see."""
        ...

    async def record(self, event: CaseEvent) -> None:
        """Add it to the timeline, and move the case's clocks with it (`bot.domain.clocks`)."""
        ...

    async def alarm_of(self, case_id: CaseId) -> datetime | None:
        """When the next warning of its clocks is due; None: none comes."""
        ...

    async def is_alarm_due(self, *, now: datetime, in_hours: datetime) -> bool:
        """Whether `alarmed` would find any."""
        ...

    async def alarmed(self, *, now: datetime, in_hours: datetime, most: int) -> list[Case]:
        """Cases with a warning due, held against other writers; those that somebody else holds are passed over.

        Args:
            now: Until then, in an emergency.
            in_hours: Until then, else: the last moment at which the office was open.
        """
        ...

    async def set_alarm(self, case_id: CaseId, at: datetime | None) -> None: ...

    async def open_after(self, case_id: int, *, most: int) -> list[Case]:
        """Open cases with a greater id, in that order."""
        ...

    async def timeline(self, case_id: CaseId) -> list[CaseEvent]:
        """Oldest first."""
        ...

    async def export(self, chosen: Chosen = EVERY_CASE, *, after_id: int = 0, most: int = 500) -> list[ExportedCase]:
        """These cases in order of acceptance, a page at a time; for what takes long, never for a page."""
        ...

    async def matters(self, chosen: Chosen = EVERY_CASE, *, after_id: int = 0, most: int = 500) -> ReceivedPage:
        """These cases by matter, a page at a time; nothing scanned: it is over."""
        ...

    async def tally(self, chosen: Chosen, now: datetime) -> Tally:
        """What became of those of them that anybody may know of, each matter once; what is late is late at that moment."""
        ...

    async def done_and_proved(self, chosen: Chosen, *, most: int) -> list[Case]:
        """Of these the ones that are done, with evidence and undisputed; the newest closed first; without
        where they are, how they came to their wards and who wrote."""
        ...

    async def extent(self, chosen: Chosen = EVERY_CASE) -> tuple[int, CaseId]:
        """How many these are, and the id of the newest (0: there is none)."""
        ...


class Corrections(Protocol):
    """What staff corrected about routing; see `bot.domain.correction`."""

    async def add(self, correction: Correction) -> None:
        """Keep it. A case has one: a later one changes its `truth` and `at`, never what was guessed at first."""
        ...

    async def page(self, *, after_id: int = 0, most: int = 500) -> list[Correction]:
        """Those whose truth is known, in order of their cases' ids; for the operator's export, never for a page.

        A case that has come to a desk with fewer readers since is left out.
        """
        ...
