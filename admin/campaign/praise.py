"""One submission: who is praised for what, whether they agree to be named, and the decision with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.campaign.common import PRAISES, Head, head_of, options, shown_day, submit
from admin.campaign.praises import PraiseLine, praise_line, whom_fields
from admin.guard import Visit
from admin.pages import Frame
from admin.settings.fields import Field, Option, Typed, ask
from admin.settings.forms import number_in_path
from bot.domain.ledger import LONGEST_WORDS, Consent, EssayState, Photo
from bot.domain.rights import Right
from bot.ports import UnitOfWork
from bot.services.praise import LONGEST_ANSWER, change_praise, decide_praise, record_consent
from bot.services.setting import BadFields, holds
from bot.web import keys, render
from bot.web.forms import Form

WHOM, CONSENT, DECIDE = "praise-whom-form", "praise-consent-form", "praise-decide-form"


@dataclass(frozen=True, kw_only=True)
class PraisePage:
    """Everything `staff/campaign/praise.html` may use. A form without fields is not theirs, or its time is over."""

    head: Head
    frame: Frame
    praise: PraiseLine
    version: int
    case_code: str  # the message that it came with, where the viewer may see it
    submitter: str
    agreed: str  # the day on which the one who told it agreed that it is entered
    consent_how: str
    consent_on: str
    decided_on: str
    decided_by: str
    reason: str
    answered: bool
    whom_fields: Sequence[Field]
    consent_fields: Sequence[Field]
    decide_fields: Sequence[Field]
    typed_form: str


async def show_praise(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_whom(visit: Visit) -> web.StreamResponse:
    number = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, form: Form, _photo: Photo | None) -> None:
        await change_praise(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            praise_id=number,
            version=form.number("version"),
            name=form.text("name"),
            is_group=form.text("is_group") == "yes",
            deed=form.text("deed"),
            is_listed=form.text("is_listed") == "yes",
            praised=form.text("praised"),
            zone=visit.request.app[keys.SETTINGS].zone,
            now=visit.now,
        )

    return await submit(visit, WHOM, act, _show, then=f"{PRAISES}/{number}")


async def post_consent(visit: Visit) -> web.StreamResponse:
    number = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, form: Form, _photo: Photo | None) -> None:
        await record_consent(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            praise_id=number,
            version=form.number("version"),
            consent=form.text("consent"),
            how=form.text("how"),
            zone=visit.request.app[keys.SETTINGS].zone,
            now=visit.now,
        )

    return await submit(visit, CONSENT, act, _show, then=f"{PRAISES}/{number}")


async def post_decision(visit: Visit) -> web.StreamResponse:
    number = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, form: Form, _photo: Photo | None) -> None:
        outcome = form.text("outcome")
        if outcome not in (EssayState.COMMENDED.value, EssayState.DECLINED.value):
            raise BadFields(outcome="settings_choice_unknown")
        await decide_praise(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            praise_id=number,
            version=form.number("version"),
            is_commended=outcome == EssayState.COMMENDED.value,
            reason=form.text("reason"),
            answer=form.text("answer"),
            wards=visit.request.app[keys.WARDS],
            zone=visit.request.app[keys.SETTINGS].zone,
            now=visit.now,
        )

    return await submit(visit, DECIDE, act, _show, then=f"{PRAISES}/{number}", right=Right.COMMEND)


async def _show(visit: Visit, typed: Typed) -> web.Response:
    number = number_in_path(visit, "id")
    async with visit.request.app[keys.STORAGE].reading() as uow:
        found = await uow.praises.get(visit.viewer, number)
        if found is None:
            raise web.HTTPNotFound
        praise, decider, code = found
        case = await uow.cases.visible(visit.viewer, code) if code else None
        ward = praise.new.ward_code
        colleagues = await uow.staff.of_ward(ward) if ward else []
    is_open, may_enter = decider is None and not praise.is_faded, holds(visit.viewer, Right.LEDGER, ward)
    may_decide = is_open and holds(visit.viewer, Right.COMMEND, ward)
    zone = visit.request.app[keys.SETTINGS].zone
    listed = "yes" if praise.state is EssayState.SHORTLISTED else ""
    whom = [
        *whom_fields(typed, WHOM, colleagues, praise),
        ask(typed, WHOM, "is_listed", "praise_is_listed", kept=listed, kind="tick"),
    ]
    page = PraisePage(
        head=head_of(visit, typed, ward),
        frame=visit.frame,
        praise=praise_line(visit, praise, is_one_ward=True),
        version=praise.version,
        case_code=case.code if case else "",
        submitter=praise.new.submitter,
        agreed=shown_day(praise.new.agreed_at.astimezone(zone).date()) if praise.new.agreed_at else "",
        consent_how=praise.consent_how,
        consent_on=shown_day(praise.consent_on),
        decided_on=shown_day(praise.decided_on),
        decided_by=praise.decided_by,
        reason=praise.reason,
        answered=praise.answered_at is not None,
        whom_fields=whom if may_enter and is_open else [],
        consent_fields=_consent_fields(visit, typed) if may_enter and not praise.is_faded else [],
        decide_fields=_decide_fields(visit, typed, has_chat=code is not None) if may_decide else [],
        typed_form=typed.form,
    )
    return render(visit.request, "staff/campaign/praise.html", page)


def _consent_fields(visit: Visit, typed: Typed) -> list[Field]:
    said = options(visit, (Consent.GIVEN, Consent.REFUSED, Consent.WITHDRAWN), "praise_consent_")
    return [
        ask(typed, CONSENT, "consent", "praise_consent", kind="select", options=said, is_needed=True),
        ask(typed, CONSENT, "how", "praise_consent_how", longest=500, hint_key="praise_consent_hint", is_needed=True),
    ]


def _decide_fields(visit: Visit, typed: Typed, *, has_chat: bool) -> list[Field]:
    ends = [Option(value="", label="—"), *options(visit, (EssayState.COMMENDED, EssayState.DECLINED), "praise_state_")]
    found = [
        ask(typed, DECIDE, "outcome", "praise_outcome", kind="select", options=ends, is_needed=True),
        ask(typed, DECIDE, "reason", "praise_reason", kind="textarea", longest=LONGEST_WORDS, is_needed=True),
    ]
    if has_chat:
        found.append(
            ask(
                typed,
                DECIDE,
                "answer",
                "praise_answer",
                kind="textarea",
                longest=LONGEST_ANSWER,
                hint_key="praise_answer_hint",
            )
        )
    return found
