"""What could not be handled and what could not be delivered, for whoever runs the system: to try again, or to be done with.

It shows when, over which channel and why, in words of ours or of the channel's; never a resident's words, nor of which case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from admin.guard import Visit
from admin.pages import Frame
from admin.settings.fields import Field, Typed, ask
from admin.settings.forms import change, is_saved
from bot.domain.rights import Right
from bot.ports import UnitOfWork
from bot.services.mend_trouble import LONGEST_REASON, Chosen, Which, discard, try_again
from bot.services.setting import BadFields
from bot.web import keys, render
from bot.web.forms import Form

TROUBLE = "/staff/trouble"
MOST = 50  # of each, on the page
LONGEST_WHY = 200  # characters that are shown
FORMS = {Which.UPDATES: "updates-form", Which.REPLIES: "replies-form"}


@dataclass(frozen=True, slots=True)
class TroubleLine:
    """One of them. `name` is its tick's."""

    name: str
    number: int
    at: datetime
    channel_key: str
    why: str
    why_key: str  # where we have words for it
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class TroubleList:
    """One form: all that is in it, and what is wrong with it."""

    which: str
    title_key: str
    none_key: str  # where there are no lines
    again_key: str
    testid: str
    lines: Sequence[TroubleLine]  # newest first
    total: int
    everything: Field
    fields: Sequence[Field]
    trouble_key: str


@dataclass(frozen=True, kw_only=True)
class TroublePage:
    """Everything `staff/trouble.html` may use."""

    frame: Frame
    lists: Sequence[TroubleList]
    is_saved: bool
    zalo_is_refused: bool  # its token is


async def show_trouble(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_updates(visit: Visit) -> web.StreamResponse:
    """`act` "again" or "discard" (with a `reason`), ticks by number, or `everything`."""
    return await _post(visit, Which.UPDATES)


async def post_replies(visit: Visit) -> web.StreamResponse:
    """The same for replies."""
    return await _post(visit, Which.REPLIES)


async def _post(visit: Visit, which: Which) -> web.StreamResponse:
    async def act(uow: UnitOfWork, form: Form) -> None:
        ids = [number for name in form.fields if (number := _number(which, name))]
        chosen = Chosen(which, ids, everything=form.text("everything") == "yes")
        if form.text("act") == "discard":
            await discard(uow, chosen, form.text("reason"), staff=visit.staff, viewer=visit.viewer, now=visit.now)
        elif form.text("act") == "again":
            await try_again(uow, chosen, staff=visit.staff, viewer=visit.viewer, now=visit.now)
        else:
            raise BadFields(act="settings_choice_unknown")

    return await change(visit, FORMS[which], act, _show, then=TROUBLE)


async def _show(visit: Visit, typed: Typed) -> web.Response:
    if not visit.viewer.may(Right.OPERATE):
        raise web.HTTPForbidden
    async with visit.request.app[keys.STORAGE].reading() as uow:
        updates, replies = await uow.inbox.failed(most=MOST), await uow.outbox.dead(most=MOST)
        counts = (await uow.inbox.backlog()).failed, (await uow.outbox.backlog(visit.now)).failed
    failed = [(one.id, one.received_at, one.channel, one.reason, "") for one in updates]
    dead = [(one.id, one.created_at, one.channel, one.error, "trouble_held" if one.is_held else "") for one in replies]
    page = TroublePage(
        frame=visit.frame,
        lists=[_list(Which.UPDATES, typed, counts[0], failed), _list(Which.REPLIES, typed, counts[1], dead)],
        is_saved=is_saved(visit),
        zalo_is_refused=visit.request.app[keys.WAYS_IN].zalo_is_refused,
    )
    return render(visit.request, "staff/trouble.html", page)


def _list(which: Which, typed: Typed, total: int, found: Sequence[tuple[int, datetime, str, str, str]]) -> TroubleList:
    form = FORMS[which]
    lines = [
        TroubleLine(
            name=(name := f"{which.value}-{number}"),
            number=number,
            at=at,
            channel_key=f"desk_channel_{channel}",
            why=why[:LONGEST_WHY],
            why_key=why_key,
            is_ticked=bool(typed.value(form, name)),
        )
        for number, at, channel, why, why_key in found
    ]
    everything = ask(typed, form, "everything", "trouble_everything", kind="tick")
    reason = ask(typed, form, "reason", "trouble_reason", longest=LONGEST_REASON, hint_key="trouble_reason_hint")
    return TroubleList(
        which=which.value,
        title_key=f"trouble_{which.value}",
        none_key=f"trouble_none_{which.value}",
        again_key=f"trouble_again_{which.value}",
        testid=form,
        lines=lines,
        total=total,
        everything=everything,
        fields=[reason],
        trouble_key=typed.trouble(form, "act") or typed.about(form),
    )


def _number(which: Which, name: str) -> int:
    """The number in a tick's name; 0 where it is none."""
    number = name.removeprefix(f"{which.value}-")
    return int(number) if number != name and number.isascii() and number.isdigit() and len(number) <= 15 else 0
