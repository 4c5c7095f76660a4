"""What is due on top: boards to look at, months without a meeting, groups not reached, submissions that wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.campaign.common import BOARDS, ENTRIES, GROUPS, HOME, PRAISES, Head, asked_ward, entered_ward, head_of, submit
from admin.campaign.common import number as dotted
from admin.campaign.common import today as today_of
from admin.guard import Visit
from admin.pages import Frame
from admin.settings.fields import Field, Typed, ask
from bot.domain.ledger import EntryKind, LedgerDue, LedgerSetting, Photo
from bot.ports import UnitOfWork
from bot.services.ledger import decide_ledger
from bot.web import keys, render
from bot.web.forms import Form

FORM = "ledger-setting-form"
BAR = 300  # units of the drawn bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A line of what is to be done, and where."""

    testid: str
    words: str
    path: str
    is_late: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A number of the year."""

    value: str
    label_key: str
    path: str


@dataclass(frozen=True, kw_only=True)
class OverviewPage:
    """Everything `staff/campaign/overview.html` may use."""

    head: Head
    frame: Frame
    year: int
    due: Sequence[Due]
    tiles: Sequence[Tile]
    is_empty: bool
    groups: int
    groups_reached: int
    share: int  # percent
    bar: int  # of BAR
    fields: Sequence[Field]


async def show_overview(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_setting(visit: Visit) -> web.StreamResponse:
    async def act(uow: UnitOfWork, form: Form, _photo: Photo | None) -> None:
        await decide_ledger(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            ward_code=entered_ward(visit, form),
            check_months=form.text("check_months"),
            inhabitants=form.text("inhabitants"),
            now=visit.now,
        )

    return await submit(visit, FORM, act, _show, then=HOME)


async def _show(visit: Visit, typed: Typed) -> web.Response:
    head, ward, today = head_of(visit, typed), asked_ward(visit), today_of(visit)
    async with visit.request.app[keys.STORAGE].reading() as uow:
        due = await uow.campaign.due(visit.viewer, ward, today=today)
        setting = await uow.ledger.setting(ward) if ward else LedgerSetting()
    counts = due.counts or {}
    people = dotted(setting.inhabitants) if setting.inhabitants else ""
    page = OverviewPage(
        head=head,
        frame=visit.frame,
        year=today.year,
        due=_due(visit, due, head, today.month),
        tiles=[
            Tile(value=dotted(counts.get(kind, 0)), label_key=f"campaign_kind_{kind.value}", path=_entries(head.query, kind))
            for kind in EntryKind
        ],
        is_empty=not (due.boards or due.groups or due.essays_open or any(counts.values())),
        groups=due.groups,
        groups_reached=due.groups_reached,
        share=100 * due.groups_reached // due.groups if due.groups else 0,
        bar=BAR * due.groups_reached // due.groups if due.groups else 0,
        fields=[
            ask(
                typed,
                FORM,
                "check_months",
                "campaign_check_months",
                kept=str(setting.check_months),
                hint_key="campaign_check_months_hint",
                longest=4,
                is_needed=True,
            ),
            ask(
                typed,
                FORM,
                "inhabitants",
                "campaign_inhabitants",
                kept=people,
                hint_key="campaign_inhabitants_hint",
                longest=12,
            ),
        ]
        if head.may_enter
        else [],
    )
    return render(visit.request, "staff/campaign/overview.html", page)


def _due(visit: Visit, due: LedgerDue, head: Head, month: int) -> list[Due]:
    """The present month is due as well, and not yet late. Of many wards together no month can be said to be missing."""
    found: list[Due] = []
    query = head.query
    if due.boards_due:
        words = visit.say("campaign_due_boards", n=due.boards_due)
        found.append(Due(testid="due-boards", words=words, path=f"{BOARDS}{query}"))
    if due.boards_broken:
        words = visit.say("campaign_due_broken", n=due.boards_broken)
        found.append(Due(testid="due-broken", words=words, path=f"{BOARDS}{query}"))
    missing = [one for one in range(1, month + 1) if one not in due.months_met]
    if missing and head.ward:
        words = visit.say("campaign_due_months", months=", ".join(str(one) for one in missing))
        found.append(
            Due(testid="due-months", words=words, path=_entries(query, EntryKind.MEETING), is_late=missing != [month])
        )
    if due.groups > due.groups_reached:
        words = visit.say("campaign_due_groups", n=due.groups - due.groups_reached)
        found.append(Due(testid="due-groups", words=words, path=f"{GROUPS}{query}", is_late=False))
    if due.essays_open:
        words = visit.say("campaign_due_essays", n=due.essays_open)
        found.append(Due(testid="due-essays", words=words, path=f"{PRAISES}{query}", is_late=False))
    return found


def _entries(query: str, kind: EntryKind) -> str:
    return f"{ENTRIES}{query}{'&' if query else '?'}kind={kind.value}"
