"""What was done for the codes in a year, kind by kind, and the form that enters more.

A number that is not credible comes back once with the reason beside it and a second button, "it is right".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.campaign.common import (
    ENTRIES,
    Head,
    asked_ward,
    asked_year,
    codes,
    entered_ward,
    head_of,
    number,
    of_year,
    shown_day,
    submit,
)
from admin.campaign.common import today as today_of
from admin.guard import Visit
from admin.pages import Frame
from admin.settings.choices import ward_of
from admin.settings.fields import Field, Option, Typed, ask
from admin.settings.forms import number_in_path
from bot.domain.ledger import LONGEST_WORDS, Entry, EntryKind, Photo, ResidentialGroup
from bot.ports import UnitOfWork
from bot.services.ledger import NUMBERS, Doubted, enter, strike_entry
from bot.web import keys, render
from bot.web.forms import Form

FORM, STRIKE = "entry-form", "entry-strike-form"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """An entry of the year."""

    id: int
    day: str
    ward: str
    code_key: str
    number: str
    facts: Sequence[str]
    words: str
    doubt_keys: Sequence[str]
    sure_by: str
    made_by: str


@dataclass(frozen=True, slots=True)
class GroupTick:
    """A residential group to tick."""

    id: int
    name: str
    is_ticked: bool
    reached: str  # the day it was last reached this year


@dataclass(frozen=True, kw_only=True)
class EntriesPage:
    """Everything `staff/campaign/entries.html` may use."""

    head: Head
    frame: Frame
    kind: str
    kinds: Sequence[Option]
    year: int
    entries: Sequence[EntryLine]
    total: str
    total_key: str
    number_key: str
    fields: Sequence[Field]
    groups: Sequence[GroupTick]
    has_groups: bool  # False: a seminar is asked for groups, and none are entered yet
    groups_trouble: str
    is_doubted: bool  # the form may be sent as it is
    months: Sequence[tuple[int, bool]]  # of the year so far, and whether a meeting was entered; for meetings alone


async def show_entries(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_entry(visit: Visit) -> web.StreamResponse:
    kind = _asked_kind(visit)

    async def act(uow: UnitOfWork, form: Form, _photo: Photo | None) -> None:
        await enter(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            ward_code=entered_ward(visit, form),
            typed={**form.fields, "kind": kind.value},
            groups=_ticked(form.fields),
            is_sure=form.text("sure") == "yes",
            zone=visit.request.app[keys.SETTINGS].zone,
            now=visit.now,
        )

    return await submit(visit, FORM, act, _show, then=f"{ENTRIES}?kind={kind.value}")


async def post_strike(visit: Visit) -> web.StreamResponse:
    entry = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, _form: Form, _photo: Photo | None) -> None:
        await strike_entry(uow, staff=visit.staff, viewer=visit.viewer, entry_id=entry, now=visit.now)

    return await submit(visit, STRIKE, act, _show, then=f"{ENTRIES}?kind={_asked_kind(visit).value}")


async def _show(visit: Visit, typed: Typed) -> web.Response:
    kind, year, ward = _asked_kind(visit), asked_year(visit), asked_ward(visit)
    head, today = head_of(visit, typed), today_of(visit)
    first, last = of_year(year)
    async with visit.request.app[keys.STORAGE].reading() as uow:
        found = await uow.ledger.entries(visit.viewer, ward, first=first, last=last, kind=kind)
        wants_groups = kind is EntryKind.SEMINAR and ward is not None
        groups = await uow.ledger.groups(ward, first=first, last=last) if wants_groups and ward else []
    months = range(1, (today.month if year == today.year else 12) + 1)
    met = {entry.new.day.month for entry in found}
    page = EntriesPage(
        head=head,
        frame=visit.frame,
        kind=kind.value,
        kinds=[Option(value=one.value, label=visit.say(f"campaign_kind_{one.value}")) for one in EntryKind],
        year=year,
        entries=[_line(visit, entry, is_one_ward=ward is not None) for entry in found],
        total_key=f"campaign_total_{kind.value}",
        number_key=f"campaign_number_{kind.value}",
        total=number(sum(entry.new.number for entry in found)),
        fields=_fields(visit, typed, kind) if head.may_enter else [],
        groups=_ticks(groups, typed),
        has_groups=bool(groups),
        groups_trouble=typed.trouble(FORM, "groups"),
        is_doubted=typed.form == FORM and typed.trouble_key == Doubted.wording_key,
        months=[(month, month in met) for month in months]
        if kind is EntryKind.MEETING and ward and year <= today.year
        else [],
    )
    return render(visit.request, "staff/campaign/entries.html", page)


def _fields(visit: Visit, typed: Typed, kind: EntryKind) -> list[Field]:
    """Numbers are words to a browser: it must not refuse the dots."""
    day = today_of(visit).isoformat()
    found = [
        ask(typed, FORM, "day", "campaign_day", kept=day, kind="date"),
        ask(typed, FORM, "code", "campaign_code", kind="select", options=codes(visit)),
        ask(
            typed,
            FORM,
            "number",
            f"campaign_number_{kind.value}",
            kept="1" if kind is EntryKind.MEETING else "",
            hint_key="campaign_number_hint",
            longest=30,
            is_needed=True,
        ),
    ]
    if kind is EntryKind.INSPECTION:
        ways = [
            Option(value="yes", label=visit.say("campaign_planned")),
            Option(value="no", label=visit.say("campaign_unannounced")),
        ]
        found.append(ask(typed, FORM, "is_planned", "campaign_inspection_way", kind="select", options=ways))
        found += [ask(typed, FORM, name, f"campaign_{name}", longest=30) for name in NUMBERS[1:]]
    return [*found, ask(typed, FORM, "words", f"campaign_words_{kind.value}", kind="textarea", longest=LONGEST_WORDS)]


def _line(visit: Visit, entry: Entry, *, is_one_ward: bool) -> EntryLine:
    new = entry.new
    facts = []
    if new.kind is EntryKind.INSPECTION:
        facts.append(visit.say("campaign_planned" if new.is_planned else "campaign_unannounced"))
        facts += [f"{visit.say(f'campaign_{name}')}: {number(getattr(new, name))}" for name in NUMBERS[1:]]
    if entry.group_names:
        facts.append(", ".join(entry.group_names))
    return EntryLine(
        id=entry.id,
        day=shown_day(new.day),
        ward="" if is_one_ward else ward_of(visit, new.ward_code),
        code_key=f"campaign_code_{new.code.value}",
        number=number(new.number),
        facts=facts,
        words=new.words,
        doubt_keys=entry.doubts,
        sure_by=entry.sure_by,
        made_by=entry.made_by,
    )


def _ticks(groups: Sequence[ResidentialGroup], typed: Typed) -> list[GroupTick]:
    ticked = _ticked(typed.fields) if typed.form == FORM else []
    return [GroupTick(group.id, group.name, group.id in ticked, shown_day(group.reached_on)) for group in groups]


def _ticked(fields: Iterable[str]) -> list[int]:
    """The ids of the ticked groups: fields "group-12"."""
    names = [name.removeprefix("group-") for name in fields if name.startswith("group-")]
    return [int(name) for name in names if name.isascii() and name.isdigit() and len(name) <= 15]


def _asked_kind(visit: Visit) -> EntryKind:
    asked = visit.request.query.get("kind", "")
    return next((kind for kind in EntryKind if kind.value == asked), EntryKind.INSPECTION)
