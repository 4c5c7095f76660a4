"""A case as a page: what is known, what was said, what happened, and the forms."""

import re
from dataclasses import replace

from aiohttp import web

from admin.guard import Visit
from admin.labels import category_name, kind_key, lateness, map_url, sorting_key
from admin.pages import CaseFacts, CasePage, Typed, WardOption
from admin.thread_lines import thread_line, timeline_line
from bot.domain.case import Case, CaseCode, CaseStatus, Desk, read_code
from bot.domain.correction import MoveReason
from bot.domain.outcome import Outcome
from bot.domain.people import Language
from bot.domain.ward import WardKind
from bot.routing.wards import Wards
from bot.services.staff_change import ward_name
from bot.web import keys, render

DONE = frozenset({"answered", "noted", "attached"})
_SEEN = re.compile(r"(\d{1,6})\.(\d{1,6})", re.ASCII)
CITY_OPTION = "city"  # the move form's word for "back to the city's desk"


def asked_code(request: web.Request) -> CaseCode:
    """The code in the path. What is no code is as unknown as any other."""
    code = read_code(request.match_info["code"][:40])
    if code is None:
        raise web.HTTPNotFound
    return code


async def show_case(visit: Visit) -> web.StreamResponse:
    done = visit.request.query.get("done", "")
    page = await build_page(visit, asked_code(visit.request))
    return render(visit.request, "staff/case.html", replace(page, done_key=f"desk_done_{done}" if done in DONE else ""))


async def show_again(
    visit: Visit, code: CaseCode, typed: Typed, *, trouble: str, status: int, stale_since: str | None = None
) -> web.Response:
    """The page once more, with what was typed still in its form and why it was not taken.

    Args:
        stale_since: The form's `seen`, when the case has changed: the page then shows what came after it.
    """
    page = await build_page(visit, code)
    page = replace(page, typed=typed, trouble=trouble)
    if stale_since is not None:
        messages, events = read_seen(stale_since)
        page = replace(page, is_stale=True, new_messages=page.thread[messages:], new_events=page.timeline[events:])
    return render(visit.request, "staff/case.html", page, status=status)


async def build_page(visit: Visit, code: CaseCode) -> CasePage:
    """Raises web.HTTPNotFound when there is no such case for this member."""
    async with visit.request.app[keys.STORAGE].reading() as uow:
        case = await uow.cases.visible(visit.viewer, code)
        if case is None:
            raise web.HTTPNotFound
        thread = await uow.cases.thread(case.id)
        timeline = await uow.cases.timeline(case.id)
    return CasePage(
        frame=visit.frame,
        case=_facts(visit, case),
        thread=[thread_line(visit, case.code, message) for message in thread],
        timeline=[timeline_line(visit, event) for event in timeline],
        wards=ward_options(visit.language, visit.request.app[keys.WARDS]),
        outcomes={outcome.value: f"outcome_{outcome.value}" for outcome in Outcome},
        reasons={reason.value: f"desk_move_why_{reason.value}" for reason in MoveReason},
        is_at_city=case.desk in (Desk.UNPLACED, Desk.LEADERS),
        seen=f"{len(thread)}.{len(timeline)}",
    )


def read_seen(text: str) -> tuple[int, int]:
    """How many messages and events a form's page showed; nothing at all when it does not say."""
    found = _SEEN.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def ward_options(language: Language, wards: Wards) -> list[WardOption]:
    """Every ward, in the order of the alphabet."""
    options = [
        WardOption(
            code=ward.code, name=ward.name if language is Language.VI else ward.name_en, is_xa=ward.kind is WardKind.XA
        )
        for ward in wards
    ]
    return sorted(options, key=lambda option: sorting_key(option.name))


def _facts(visit: Visit, case: Case) -> CaseFacts:
    app = visit.request.app
    return CaseFacts(
        code=case.code,
        version=case.version,
        kind_key=kind_key(case.kind.value),
        category=category_name(case.category, visit.language),
        ward_name=ward_name(visit.language, app[keys.WARDS][case.ward_code]) if case.ward_code else "",
        desk_key=f"desk_desk_{case.desk.value}",
        channel_key=f"desk_channel_{case.address.channel.value}",
        created_at=case.created_at,
        due_at=case.due_at,
        closed_at=case.closed_at,
        outcome_key=f"outcome_{case.outcome.value}" if case.outcome else "",
        lateness=lateness(case.due_at, case.status, visit.now, app[keys.SETTINGS].zone),
        map_url=map_url(case.point),
        is_open=case.status is CaseStatus.OPEN,
        is_restricted=case.desk is Desk.RESTRICTED,
    )
