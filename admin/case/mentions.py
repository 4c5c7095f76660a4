"""What is one's own: the notes that name oneself, of cases one may see at present, and drafts that were never sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.guard import Visit
from admin.pages import Frame
from bot.domain.case import CaseCode
from bot.domain.staffing import StaffDraft
from bot.domain.thread import Mention
from bot.web import keys, render


@dataclass(frozen=True, kw_only=True)
class MentionsPage:
    """Everything `staff/mentions.html` may use."""

    frame: Frame
    username: str
    mentions: Sequence[Mention]
    drafts: Sequence[tuple[CaseCode | None, StaffDraft]]  # no code: the case is no longer theirs to see


async def show_mentions(visit: Visit) -> web.StreamResponse:
    """What is new stays marked on this page, and on no later one."""
    storage = visit.request.app[keys.STORAGE]
    async with storage.reading() as uow:
        found = await uow.mentions.of(visit.viewer)
        drafts = await uow.drafts.of(visit.viewer)
    if any(mention.is_new for mention in found):
        async with storage.begin() as uow:
            await uow.mentions.see(visit.staff.id, visit.now)
            await uow.commit()
    page = MentionsPage(frame=visit.frame, username=visit.staff.username, mentions=found, drafts=drafts)
    return render(visit.request, "staff/mentions.html", page)
