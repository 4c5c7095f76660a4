"""The residential groups of a ward: entered once, a line each; which of them were reached by a seminar this year."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.campaign.common import GROUPS, Head, asked_ward, asked_year, entered_ward, head_of, of_year, shown_day, submit
from admin.guard import Visit
from admin.pages import Frame
from admin.settings.fields import Field, Typed, ask
from admin.settings.forms import number_in_path
from bot.domain.ledger import Photo
from bot.ports import UnitOfWork
from bot.services.ledger import add_groups, drop_group
from bot.web import keys, render
from bot.web.forms import Form

FORM, DROP = "groups-form", "group-drop-form"
LONGEST_LIST = 5000  # characters that are shown again
BAR = 300  # units of the drawn bar


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group, and the day of its last seminar this year; empty for none."""

    id: int
    name: str
    reached: str


@dataclass(frozen=True, kw_only=True)
class GroupsPage:
    """Everything `staff/campaign/groups.html` may use."""

    head: Head
    frame: Frame
    year: int
    groups: Sequence[GroupLine]
    reached: int
    share: int  # percent
    bar: int
    fields: Sequence[Field]


async def show_groups(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_groups(visit: Visit) -> web.StreamResponse:
    async def act(uow: UnitOfWork, form: Form, _photo: Photo | None) -> None:
        await add_groups(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            ward_code=entered_ward(visit, form),
            lines=form.text("lines"),
            now=visit.now,
        )

    return await submit(visit, FORM, act, _show, then=GROUPS)


async def post_drop(visit: Visit) -> web.StreamResponse:
    number = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, form: Form, _photo: Photo | None) -> None:
        await drop_group(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            ward_code=entered_ward(visit, form),
            group_id=number,
            now=visit.now,
        )

    return await submit(visit, DROP, act, _show, then=GROUPS)


async def _show(visit: Visit, typed: Typed) -> web.Response:
    head, ward, year = head_of(visit, typed), asked_ward(visit), asked_year(visit)
    first, last = of_year(year)
    async with visit.request.app[keys.STORAGE].reading() as uow:
        found = await uow.ledger.groups(ward, first=first, last=last) if ward else []
    reached = sum(group.reached_on is not None for group in found)
    page = GroupsPage(
        head=head,
        frame=visit.frame,
        year=year,
        groups=[GroupLine(group.id, group.name, shown_day(group.reached_on)) for group in found],
        reached=reached,
        share=100 * reached // len(found) if found else 0,
        bar=BAR * reached // len(found) if found else 0,
        fields=[
            ask(
                typed,
                FORM,
                "lines",
                "campaign_groups_lines",
                kind="textarea",
                hint_key="campaign_groups_hint",
                longest=LONGEST_LIST,
                is_needed=True,
            )
        ]
        if head.may_enter
        else [],
    )
    return render(visit.request, "staff/campaign/groups.html", page)
