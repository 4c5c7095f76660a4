"""The campaign ledger: the boards of the codes, what was done for them, who is praised, and the figures of all that.

Who reads with a `Viewer` sees the ledger of their own ward, or, from the city, of all; without `Right.DASHBOARD` nothing.
What writes asks no rights: the services do.
"""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import Protocol

from bot.domain.campaign import CampaignFigures
from bot.domain.case import CaseCode, CaseId
from bot.domain.ledger import (
    Board,
    BoardCheck,
    Condition,
    Entry,
    EntryKind,
    LedgerDue,
    LedgerSetting,
    Look,
    NewBoard,
    NewEntry,
    NewPraise,
    Photo,
    Praise,
    ResidentialGroup,
)
from bot.domain.people import StaffId
from bot.domain.ward import WardCode
from bot.ports.viewing import Viewer


class Campaign(Protocol):
    """What is counted of the ledger."""

    async def figures(
        self, viewer: Viewer, ward_code: WardCode | None, first: date, last: date, *, zone: tzinfo
    ) -> CampaignFigures:
        """Of the days from `first` to `last`, both included; of one ward, or of all that the viewer sees.

        Args:
            zone: The city's: in it a case about a board was accepted on one of these days.
        """
        ...

    async def due(self, viewer: Viewer, ward_code: WardCode | None, *, today: date) -> LedgerDue:
        """What waits to be done; groups, months and entries are those of the present year."""
        ...


class Boards(Protocol):
    """The boards of the codes."""

    async def add(self, new: NewBoard, *, staff_id: StaffId, now: datetime) -> int:
        """Put up and good; the first line of its history. Returns its id."""
        ...

    async def look(
        self,
        board: Board,
        *,
        day: date,
        look: Look,
        condition: Condition,
        due_on: date,
        note: str,
        photo: Photo | None,
        staff_id: StaffId,
        now: datetime,
    ) -> None:
        """A line of its history; the newest day says how it is now.

        Raises:
            LedgerChanged: Somebody changed it since it was read.
        """
        ...

    async def change(self, board: Board) -> None:
        """Its place, code, point and whether it was taken down. Raises LedgerChanged."""
        ...

    async def of(self, viewer: Viewer, ward_code: WardCode | None = None, *, most: int = 1000) -> list[Board]:
        """Those that hang, the one longest due first."""
        ...

    async def get(self, viewer: Viewer, board_id: int) -> Board | None:
        """Also one that was taken down."""
        ...

    async def history(self, board_id: int, *, most: int = 200) -> list[BoardCheck]:
        """Newest first."""
        ...

    async def photo(self, viewer: Viewer, board_id: int, check_id: int) -> Photo | None: ...

    async def drop_photos(self, before: datetime, *, most: int) -> tuple[int, list[str]]:
        """Take the pictures out of looks entered before then: how many looks, and the keys of the files."""
        ...

    async def came_from(self, case_id: CaseId, board_id: int, now: datetime) -> bool:
        """The case came through this board's QR code; False where there is no such board."""
        ...

    async def is_about(self, case_id: CaseId, board_id: int | None, now: datetime) -> None:
        """The case is about this board, whatever was said before; None: about none."""
        ...

    async def of_case(self, case_id: CaseId) -> tuple[Board | None, Board | None]:
        """The board it came through, and the one that it is about."""
        ...

    async def cases_of(self, viewer: Viewer, board_id: int, *, most: int = 50) -> list[tuple[CaseCode, bool, datetime]]:
        """Cases that the viewer may see, newest first: code, whether it is about the board, and when it came."""
        ...


class Ledger(Protocol):
    """What was done for the codes, the residential groups, and what a ward decided."""

    async def add(self, new: NewEntry, *, doubts: Sequence[str], staff_id: StaffId, now: datetime) -> int:
        """With doubts: this member says that it is right all the same. Returns its id."""
        ...

    async def strike(self, entry_id: int, now: datetime) -> bool:
        """It counts no more. False: it did not before."""
        ...

    async def numbers(self, ward_code: WardCode, kind: EntryKind) -> list[tuple[date, int]]:
        """Days and numbers of the ward's entries of this kind, newest first, at most 500."""
        ...

    async def entries(
        self,
        viewer: Viewer,
        ward_code: WardCode | None = None,
        *,
        first: date,
        last: date,
        kind: EntryKind | None = None,
        most: int = 500,
    ) -> list[Entry]:
        """Those that count, newest first."""
        ...

    async def get(self, viewer: Viewer, entry_id: int) -> Entry | None: ...

    async def add_groups(self, ward_code: WardCode, names: Sequence[str]) -> None:
        """Names that are there stay; one that was gone is there again."""
        ...

    async def drop_group(self, ward_code: WardCode, group_id: int) -> bool:
        """It is there no more; that it was reached stays."""
        ...

    async def groups(self, ward_code: WardCode, *, first: date, last: date) -> list[ResidentialGroup]:
        """Those that are there, in the order they were entered, each with its last seminar in these days."""
        ...

    async def setting(self, ward_code: WardCode) -> LedgerSetting: ...

    async def decide(self, ward_code: WardCode, setting: LedgerSetting, now: datetime) -> None: ...


class Praises(Protocol):
    """Who is to be praised, and the contest *người tốt, việc tốt*."""

    async def add(self, new: NewPraise) -> int | None:
        """Its id; None where its case is entered already."""
        ...

    async def put(self, praise: Praise, *, decider: StaffId | None) -> None:
        """All of it as it stands now. Raises LedgerChanged."""
        ...

    async def of(
        self, viewer: Viewer, ward_code: WardCode | None = None, *, first: date, last: date, most: int = 500
    ) -> list[Praise]:
        """Those that came in these days, newest first."""
        ...

    async def get(self, viewer: Viewer, praise_id: int) -> tuple[Praise, StaffId | None, CaseCode | None] | None:
        """With who decided it and the case that it came with."""
        ...

    async def of_case(self, case_id: CaseId) -> int | None: ...

    async def fade(self, decided_until: date, *, most: int) -> list[int]:
        """Take the words out of those decided by then; returns their ids."""
        ...
