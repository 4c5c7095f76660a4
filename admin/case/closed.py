"""A page of its own for what is closed about a case: opening what is sealed, and who is barred from it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web

from admin.case_page import asked_code
from admin.guard import Visit
from admin.pages import Frame
from admin.troubles import field_of
from bot.domain.case import Case, CaseCode
from bot.domain.people import StaffId
from bot.domain.rights import Right
from bot.domain.staffing import IdentityOpening, Why
from bot.errors import BotError, CaseNotFound, StaleVersion
from bot.ports import UnitOfWork
from bot.services.exclude import NobodyToBar, bar_from_case, barred_of, let_back_in
from bot.services.identity import Opened, ask_identity, decide_identity, is_open_to, open_identity
from bot.web import keys, render
from bot.web.forms import Form, read_form


@dataclass(frozen=True, kw_only=True)
class OpeningLine:
    """An asking to open the seal. `state_key` is the wording of where it stands."""

    id: int
    asked_by: str
    reason: str
    asked_at: datetime
    state_key: str
    may_decide: bool
    may_look: bool


@dataclass(frozen=True, kw_only=True)
class BarredLine:
    """Somebody who is barred."""

    staff_id: StaffId
    name: str
    why_key: str


@dataclass(frozen=True, kw_only=True)
class ClosedPage:
    """Everything `staff/case_closed.html` may use."""

    frame: Frame
    code: CaseCode
    version: int
    is_anonymous: bool
    openings: Sequence[OpeningLine]
    may_ask: bool
    barred: Sequence[BarredLine]
    may_bar: bool
    whys: Mapping[str, str]  # value to its wording key
    opened: Opened | None = None
    reason: str = ""  # as typed
    username: str = ""
    why: str = ""
    form: str = ""  # the one that was not taken: "identity"
    trouble: str = ""
    trouble_at: str = ""  # the field that it is about, empty for none


Act = Callable[[UnitOfWork, Visit, CaseCode, Form], Awaitable[object]]


async def show_closed(visit: Visit) -> web.StreamResponse:
    return render(visit.request, "staff/case_closed.html", await _page(visit, asked_code(visit.request)))


async def post_identity(visit: Visit) -> web.StreamResponse:
    return await _act(visit, "identity", _ask)


async def post_decision(visit: Visit) -> web.StreamResponse:
    return await _act(visit, "decision", _decide)


async def post_look(visit: Visit) -> web.StreamResponse:
    """Shown on the page that answers and nowhere else: no address leads to it."""
    return await _act(visit, "look", _look)


async def post_bar(visit: Visit) -> web.StreamResponse:
    return await _act(visit, "bar", _bar)


async def post_let_in(visit: Visit) -> web.StreamResponse:
    return await _act(visit, "letin", _let_in)


async def _ask(uow: UnitOfWork, visit: Visit, code: CaseCode, form: Form) -> None:
    await ask_identity(uow, staff=visit.staff, code=code, reason=form.text("reason"), now=visit.now)


async def _decide(uow: UnitOfWork, visit: Visit, code: CaseCode, form: Form) -> None:
    await decide_identity(
        uow,
        staff=visit.staff,
        code=code,
        opening_id=form.number("opening"),
        is_granted=form.text("grant") == "yes",
        now=visit.now,
    )


async def _look(uow: UnitOfWork, visit: Visit, code: CaseCode, form: Form) -> Opened:
    sealer = visit.request.app[keys.SEALER]
    return await open_identity(
        uow, staff=visit.staff, code=code, opening_id=form.number("opening"), sealer=sealer, now=visit.now
    )


async def _bar(uow: UnitOfWork, visit: Visit, code: CaseCode, form: Form) -> None:
    chosen = form.text("why")
    why = Why(chosen) if chosen in set(Why) else Why.OTHER
    await bar_from_case(
        uow,
        staff=visit.staff,
        code=code,
        version=form.number("version"),
        username=form.text("username"),
        why=why,
        now=visit.now,
    )


async def _let_in(uow: UnitOfWork, visit: Visit, code: CaseCode, form: Form) -> None:
    number = form.number("staff")
    if number < 1:
        raise NobodyToBar(code=code)
    await let_back_in(
        uow, staff=visit.staff, code=code, version=form.number("version"), staff_id=StaffId(number), now=visit.now
    )


async def _act(visit: Visit, form_name: str, act: Act) -> web.StreamResponse:
    code = asked_code(visit.request)
    async with read_form(visit.request, token=visit.session.form_token) as form:
        try:
            async with visit.request.app[keys.STORAGE].begin() as uow:
                done = await act(uow, visit, code, form)
                await uow.commit()
        except CaseNotFound:
            raise web.HTTPNotFound from None
        except BotError as refused:
            page = await _page(visit, code)
            page = replace(
                page,
                form=form_name,
                trouble=visit.say(refused.wording_key),
                trouble_at=field_of(refused.wording_key, form_name),
                reason=form.text("reason")[:500],
                username=form.text("username")[:200],
                why=form.text("why"),
            )
            status = 409 if isinstance(refused, StaleVersion) else 400
            return render(visit.request, "staff/case_closed.html", page, status=status)
    if isinstance(done, Opened):
        return render(visit.request, "staff/case_closed.html", replace(await _page(visit, code), opened=done))
    raise web.HTTPSeeOther(f"/staff/cases/{code}/closed")


async def _page(visit: Visit, code: CaseCode) -> ClosedPage:
    """Only for who may change something about the case: an inspector finds no such page."""
    async with visit.request.app[keys.STORAGE].reading() as uow:
        case = await uow.cases.visible(visit.viewer.wanting(Right.OPEN_IDENTITY), code)
        if case is None:
            raise web.HTTPNotFound
        openings = await uow.openings.of_case(case.id)
        may_bar = await uow.cases.visible(visit.viewer.wanting(Right.EXCLUDE_STAFF), code) is not None
        may_decide = await uow.cases.visible(visit.viewer.wanting(Right.APPROVE_IDENTITY), code) is not None
        excluded = await uow.exclusions.of_case(case.id) if may_bar else []
        colleagues = await uow.staff.of_ward(case.ward_code) if case.ward_code is not None else []
        missing = {one.staff_id for one in excluded} | {one.asked_by for one in openings}
        missing -= {member.id for member in colleagues}
        others = [await uow.staff.get(staff_id) for staff_id in sorted(missing)[:20]]
    members = [*colleagues, *(member for member in others if member is not None)]
    names = {member.id: member.full_name for member in members}
    return ClosedPage(
        frame=visit.frame,
        code=case.code,
        version=case.version,
        is_anonymous=case.is_anonymous,
        openings=[_opening_line(visit, case, one, names.get(one.asked_by, ""), may_decide=may_decide) for one in openings],
        may_ask=not case.is_anonymous,
        barred=[
            BarredLine(staff_id=member.id, name=member.full_name, why_key=f"desk_case_barred_why_{why.value}")
            for member, why in barred_of(excluded, members)
        ],
        may_bar=may_bar,
        whys={why.value: f"desk_case_barred_why_{why.value}" for why in Why},
    )


def _opening_line(visit: Visit, case: Case, opening: IdentityOpening, asked_by: str, *, may_decide: bool) -> OpeningLine:
    state = "waits"
    if opening.is_granted is not None:
        state = "granted" if opening.is_granted else "refused"
    if opening.opened_at is not None:
        state = "opened"
    is_mine = opening.asked_by == visit.staff.id
    return OpeningLine(
        id=opening.id,
        asked_by=asked_by,
        reason=opening.reason,
        asked_at=opening.asked_at,
        state_key=f"desk_case_identity_{state}",
        may_decide=may_decide and not is_mine and opening.is_granted is None,
        may_look=not case.is_anonymous and is_open_to(opening, visit.staff, visit.now),
    )
