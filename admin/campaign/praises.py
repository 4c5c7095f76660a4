"""Who is to be praised: what came this year, and the form for what is told at the counter or proposed by staff."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.campaign.common import (
    PRAISES,
    Head,
    asked_ward,
    asked_year,
    entered_ward,
    head_of,
    of_year,
    options,
    shown_day,
    submit,
)
from admin.guard import Visit
from admin.pages import Frame
from admin.settings.choices import people_options, ward_of
from admin.settings.fields import Field, Typed, ask
from bot.domain.ledger import LONGEST_NAME, LONGEST_WORDS, Consent, EssayState, Photo, Praise, Source
from bot.domain.people import StaffMember
from bot.ports import UnitOfWork
from bot.services.praise import enter_praise
from bot.web import keys, render
from bot.web.forms import Form

FORM = "praise-form"


@dataclass(frozen=True, slots=True, kw_only=True)
class PraiseLine:
    """A submission of the list."""

    id: int
    day: str
    ward: str
    name: str  # empty: nobody wrote it down yet, or it may not be known any more
    deed: str
    state_key: str
    is_open: bool
    consent_key: str
    is_essay: bool
    source_key: str
    is_faded: bool


@dataclass(frozen=True, kw_only=True)
class PraisesPage:
    """Everything `staff/campaign/praises.html` may use."""

    head: Head
    frame: Frame
    year: int
    praises: Sequence[PraiseLine]
    fields: Sequence[Field]
    is_open: bool


async def show_praises(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_praise(visit: Visit) -> web.StreamResponse:
    async def act(uow: UnitOfWork, form: Form, _photo: Photo | None) -> None:
        await enter_praise(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            ward_code=entered_ward(visit, form),
            name=form.text("name"),
            is_group=form.text("is_group") == "yes",
            deed=form.text("deed"),
            submitter=form.text("submitter"),
            source=form.text("source"),
            is_essay=form.text("is_essay") == "yes",
            praised=form.text("praised"),
            zone=visit.request.app[keys.SETTINGS].zone,
            now=visit.now,
        )

    return await submit(visit, FORM, act, _show, then=PRAISES)


async def _show(visit: Visit, typed: Typed) -> web.Response:
    head, ward, year = head_of(visit, typed), asked_ward(visit), asked_year(visit)
    first, last = of_year(year)
    async with visit.request.app[keys.STORAGE].reading() as uow:
        found = await uow.praises.of(visit.viewer, ward, first=first, last=last)
        colleagues = await uow.staff.of_ward(ward) if ward and head.may_enter else []
    page = PraisesPage(
        head=head,
        frame=visit.frame,
        year=year,
        praises=[praise_line(visit, praise, is_one_ward=ward is not None) for praise in found],
        fields=_fields(visit, typed, colleagues) if head.may_enter else [],
        is_open=typed.form == FORM or not found,
    )
    return render(visit.request, "staff/campaign/praises.html", page)


def whom_fields(typed: Typed, form: str, colleagues: Sequence[StaffMember], praise: Praise | None = None) -> list[Field]:
    """Who is praised, and for what."""
    new = praise.new if praise else None
    theirs = next((one.username for one in colleagues if new and one.id == new.praised_id), "")
    found = [
        ask(
            typed,
            form,
            "name",
            "praise_name",
            kept=new.name if new else "",
            longest=LONGEST_NAME,
            hint_key="praise_name_hint",
            is_needed=True,
        ),
        ask(typed, form, "is_group", "praise_is_group", kept="yes" if new and new.is_group else "", kind="tick"),
        ask(
            typed,
            form,
            "deed",
            "praise_deed",
            kept=new.deed if new else "",
            kind="textarea",
            longest=LONGEST_WORDS,
            hint_key="praise_deed_hint",
            is_needed=True,
        ),
    ]
    if colleagues:
        found.append(
            ask(
                typed,
                form,
                "praised",
                "praise_colleague",
                kept=theirs,
                kind="select",
                options=people_options(colleagues),
                hint_key="praise_colleague_hint",
            )
        )
    return found


def _fields(visit: Visit, typed: Typed, colleagues: Sequence[StaffMember]) -> list[Field]:
    sources = options(visit, (Source.COUNTER, Source.STAFF), "praise_source_")
    kept = typed.value(FORM, "is_essay") if typed.form == FORM else "yes"
    return [
        *whom_fields(typed, FORM, colleagues),
        ask(typed, FORM, "source", "praise_source", kind="select", options=sources),
        ask(typed, FORM, "submitter", "praise_submitter", longest=300, hint_key="praise_submitter_hint"),
        ask(typed, FORM, "is_essay", "praise_is_essay", kept=kept, kind="tick"),
    ]


def praise_line(visit: Visit, praise: Praise, *, is_one_ward: bool) -> PraiseLine:
    return PraiseLine(
        id=praise.id,
        day=shown_day(praise.new.day),
        ward="" if is_one_ward or not praise.new.ward_code else ward_of(visit, praise.new.ward_code),
        name=praise.new.name,
        deed=praise.new.deed,
        state_key=f"praise_state_{praise.state.value}",
        is_open=praise.state in (EssayState.SUBMITTED, EssayState.SHORTLISTED),
        consent_key="" if praise.consent is Consent.UNASKED else f"praise_consent_{praise.consent.value}",
        is_essay=praise.new.is_essay,
        source_key=f"praise_source_{praise.new.source.value}",
        is_faded=praise.is_faded,
    )
