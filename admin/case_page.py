"""A case as a page: what is known, what was said, what happened, and the forms."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from aiohttp import web

from admin.case.board import read_board_part
from admin.case.clocks import clocks_part
from admin.case.disputing import dispute_part, is_barred
from admin.case.evidence import RecordedLine, read_record
from admin.case.gallery import photo_lines
from admin.case.map import map_part
from admin.case.parts import CaseBoardPart, KindOption, OwnerPart, ReplyPart, SecondPart
from admin.case.present import note_presence, other_line
from admin.case.proposed import read_second
from admin.case.reaching import reach_part
from admin.case.reply_part import read_reply_part
from admin.case.reporters import Threads, joined_of, main_answers, main_of, reporter_parts
from admin.case.telling import as_told, tell_part
from admin.case.ties import may_be_told, read_ties, ties_part
from admin.case.timeline import folded
from admin.case.trace import trace_lines
from admin.guard import Visit
from admin.labels import category_name, kind_key, lateness, map_url, sorting_key
from admin.pages import CaseFacts, CasePage, Typed, WardOption
from admin.thread_lines import resident_name, thread_line, timeline_line
from admin.watch import note_opening
from bot.domain.case import CITY_DESKS, WARD_DESKS, Case, CaseCode, CaseKind, CaseStatus, Desk, read_code
from bot.domain.closing import Ground
from bot.domain.correction import MoveReason
from bot.domain.outcome import Outcome
from bot.domain.people import Language, StaffId, StaffMember
from bot.domain.publishing import PUBLIC_KINDS
from bot.domain.rights import Right
from bot.domain.staffing import Presence
from bot.domain.thread import CaseEvent, Revision
from bot.domain.ward import WardKind
from bot.domain.working_time import with_changes
from bot.ports import UnitOfWork
from bot.routing.wards import Wards
from bot.services.next_hand import barred_from
from bot.services.staff_change import ward_name
from bot.web import keys, render

DONE = frozenset(
    {
        "answered",
        "noted",
        "attached",
        "taken",
        "assigned",
        "handed_back",
        "linked",
        "unlinked",
        "merged",
        "parted",
        "split",
        "draft",
        "told",
        "disputed",
        "reached",
        "board_tied",
        "closed",
        "sent_again",
        "proposed",
        "decided",
        "postponed",
    }
)
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
    done_key = f"desk_done_{done}" if done in DONE else ""
    if page.tell and page.tell.untold and done in ("answered", "closed"):
        done_key = f"counter_done_{done}"
    return render(visit.request, "staff/case.html", replace(page, done_key=done_key))


async def show_again(
    visit: Visit,
    code: CaseCode,
    typed: Typed,
    *,
    trouble: str,
    status: int,
    at: str = "",
    stale_since: str | None = None,
) -> web.Response:
    """The page once more, with what was typed still in its form and why it was not taken.

    Args:
        at: The field that the trouble is about; empty for none.
        stale_since: The form's `seen`, when the case has changed: the page then shows what came after it.
    """
    page = await build_page(visit, code)
    page = replace(page, typed=typed, trouble=trouble, trouble_at=at)
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
        read = await _read(visit, uow, case)
    note_presence(visit, case.id)
    note_opening(visit, case)
    thread, joined = read.threads.get(case.id, ()), joined_of(case, read.named)
    calendar = with_changes(visit.request.app[keys.CALENDAR].current(), read.calendar_changes)
    visible = {other.code: other for other in read.named}
    tell = tell_part(visit, case, thread, read.timeline)
    told = [event for event in read.timeline if may_be_told(event, visible)]
    timeline = [timeline_line(visit, event, visible) for event in told]
    return CasePage(
        frame=visit.frame,
        case=_facts(visit, case),
        thread=as_told(
            [thread_line(visit, case.code, message, read.revisions.get(message.id, ())) for message in thread], tell
        ),
        tell=tell,
        timeline=timeline,
        story=folded(visit, told, timeline),
        wards=ward_options(visit.language, visit.request.app[keys.WARDS]),
        outcomes={outcome.value: f"outcome_{outcome.value}" for outcome in Outcome},
        grounds={ground.value: f"closing_ground_{ground.value}" for ground in Ground},
        reasons={reason.value: f"desk_move_why_{reason.value}" for reason in MoveReason},
        reach=reach_part(visit, case, thread),
        dispute=dispute_part(visit, case, read.timeline, is_barred=read.is_barred),
        is_at_city=case.desk in CITY_DESKS,
        seen=f"{len(thread)}.{len(told)}",
        rights=_rights(visit, case, is_barred=read.is_barred),
        owner=_owner_part(visit, case, read),
        ties=ties_part(visit, case, read.named, read.near, read.timeline),
        board=read.board,
        kinds=[
            KindOption(value=kind.value, wording_key=kind_key(kind.value), is_chosen=kind is case.kind) for kind in CaseKind
        ],
        reply=read.reply,
        second=read.second,
        map=map_part(case),
        others=[other_line(one) for one in read.others],
        clocks=clocks_part(visit, case, read.timeline, calendar),
        trace=trace_lines(visit, case.routing_trace),
        evidence=[one.line for one in read.evidence],
        photos=photo_lines(visit, case, joined, read.threads),
        reporters=reporter_parts(visit, joined, read.threads),
        main_answers=main_answers(visit, main_of(case, read.named), read.threads),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What the database has about a case that is shown."""

    threads: Threads  # the case's own, and those of the cases it is one matter with
    revisions: Mapping[int, Sequence[Revision]]  # by message
    timeline: Sequence[CaseEvent]
    colleagues: Sequence[StaffMember]  # of its ward, and its owner
    named: Sequence[Case]
    near: Sequence[Case]
    board: CaseBoardPart | None
    reply: ReplyPart
    others: Sequence[Presence]
    calendar_changes: Mapping[date, bool]
    second: SecondPart
    evidence: Sequence[RecordedLine]
    barred: Collection[StaffId]  # who closed it, or one that joined it, and the resident disputed that
    is_barred: bool  # whoever looks is one of them


async def _read(visit: Visit, uow: UnitOfWork, case: Case) -> _Read:
    timeline = await uow.cases.timeline(case.id)
    named, near = await read_ties(visit, uow, case, timeline)
    main = main_of(case, named)
    reply = await read_reply_part(visit, uow, case)
    threads = await uow.cases.threads(
        [case.id, *(other.id for other in joined_of(case, named)), *([main.id] if main else [])]
    )
    was_edited = any(message.edited_at for message in threads.get(case.id, ()))
    record = await read_record(visit, uow, case, timeline)
    barred = await barred_from(uow, case, timeline, joined_of(case, named))
    return _Read(
        threads=threads,
        revisions=await uow.cases.revisions(case.id) if was_edited else {},
        timeline=timeline,
        colleagues=await _colleagues(uow, case),
        named=named,
        near=near,
        board=await read_board_part(visit, uow, case, timeline),
        reply=reply,
        second=await read_second(visit, uow, case, timeline, Language(reply.language), record),
        others=await uow.presences.others(case.id, but=visit.staff.id, now=visit.now),
        calendar_changes=await uow.calendar.changes(),
        evidence=record,
        barred=barred,
        is_barred=await is_barred(visit, uow, case, barred),
    )


async def _colleagues(uow: UnitOfWork, case: Case) -> list[StaffMember]:
    """The ward's staff, where the case waits in one; at the city's desks its owner alone."""
    if case.ward_code is not None and case.desk in WARD_DESKS:
        return await uow.staff.of_ward(case.ward_code)
    owner = await uow.staff.get(case.owner_id) if case.owner_id is not None else None
    return [owner] if owner else []


def _rights(visit: Visit, case: Case, *, is_barred: bool) -> frozenset[str]:
    """What the forms ask for. Whose disputed closing it was has no form to close it with; an erased case takes no words."""
    found = {right for right in Right if visit.viewer.may(right)}
    found -= {Right.CLOSE} if is_barred else set()
    found -= {Right.NOTE} if case.erased_at is not None else set()
    return frozenset(right.value for right in found)


def _owner_part(visit: Visit, case: Case, read: _Read) -> OwnerPart:
    owner = next((member.full_name for member in read.colleagues if member.id == case.owner_id), "")
    return OwnerPart(
        name=owner or ("?" if case.owner_id is not None else ""),
        is_me=case.owner_id == visit.staff.id,
        until=case.owner_until,
        may_take=visit.viewer.may(Right.TAKE) and not read.is_barred,
        may_assign=visit.viewer.may(Right.ASSIGN),
        colleagues=[
            (member.username, member.full_name)
            for member in read.colleagues
            if not member.is_disabled and member.id not in read.barred
        ],
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
        lateness=lateness(case.due_at, case.status, case.clocks.waits_since or visit.now, app[keys.SETTINGS].zone),
        map_url=map_url(case.point),
        is_open=case.status is CaseStatus.OPEN,
        is_restricted=case.desk is Desk.RESTRICTED,
        is_publishable=case.desk is Desk.GENERAL and case.kind in PUBLIC_KINDS and not case.is_anonymous,
        resident=resident_name(visit, case.code),
        is_anonymous=case.is_anonymous,
        disputes=case.disputes,
        is_waiting=case.clocks.waits_since is not None,
    )
