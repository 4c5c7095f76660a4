"""What of cases everybody may read, and how it came to that."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.case import CaseCode, CaseId
from bot.domain.people import StaffId
from bot.domain.publishing import Ending, Listed, NewPublication, Place, Publication, PublicationId, Published
from bot.domain.ward import WardCode
from bot.ports.viewing import Viewer


class Publications(Protocol):
    """The texts that were put to residents. What is public is decided anew at every look, by one expression."""

    async def page(
        self, *, now: datetime, most: int, ward_code: WardCode | None = None, after: Place | None = None
    ) -> list[Published]:
        """What everybody may read, newest first; of every ward where none is named."""
        ...

    async def public(self, slug: str, now: datetime) -> Published | None:
        """The one of this slug, if everybody may read it."""
        ...

    async def public_of(self, case_ids: Collection[CaseId], now: datetime) -> Mapping[CaseId, Published]:
        """Of these cases, what everybody may read; a case of which nobody may is left out."""
        ...

    async def known(self, code: CaseCode) -> CaseId | None:
        """The case of this code, if whoever has the code may learn how it stands; None also where there is no such case."""
        ...

    async def may_be_public(self, case_id: CaseId) -> bool:
        """Whether a text about this case could be public at all, as the case stands now."""
        ...

    async def add(self, new: NewPublication) -> PublicationId:
        """Keep a proposed text in place of the one before, whose words go. The case is held by the caller."""
        ...

    async def of_case(self, case_id: CaseId) -> list[Publication]:
        """All that were put to this case's resident or could have been, oldest first."""
        ...

    async def by_slug(self, slug: str) -> Publication | None:
        """The one of this slug, ended or not."""
        ...

    async def listed(self, viewer: Viewer, *, now: datetime, most: int, before: int | None = None) -> Sequence[Listed]:
        """What is under way and what is public of the cases this viewer may see, newest first; nothing that ended."""
        ...

    async def approve(self, publication_id: PublicationId, *, by: StaffId, now: datetime) -> bool:
        """The second of staff agrees. False where it is not to be decided any more, or they proposed it themselves."""
        ...

    async def agree(self, publication_id: PublicationId, *, now: datetime, published_at: datetime) -> bool:
        """The resident agrees. False where nobody asked, or it was decided before."""
        ...

    async def end(self, publication_id: PublicationId, ending: Ending, *, now: datetime, by: StaffId | None = None) -> bool:
        """It is over, and its words are gone. False where it was over before."""
        ...
