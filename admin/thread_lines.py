"""Messages and events of a case as lines of its page."""

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import date

from admin.guard import Visit
from admin.pages import EditLine, FileLine, ThreadLine, TimelineLine
from bot.domain.assisting import Way
from bot.domain.case import CaseCode
from bot.domain.city_day import shown_date, shown_day
from bot.domain.clocks.setting import Setting
from bot.domain.clocks.state import Clock, Step
from bot.domain.difference import difference
from bot.domain.disputing import TO_CITY
from bot.domain.incoming import FileKind, StoredFile
from bot.domain.people import Channel
from bot.domain.privacy import pseudonym
from bot.domain.reaching import ReachedBy
from bot.domain.reply import DeliveryState
from bot.domain.thread import Attachment, Author, CaseEvent, EventKind, Revision, ThreadMessage
from bot.errors import UnknownWard
from bot.services.staff_change import ward_name
from bot.web import keys


def thread_line(visit: Visit, code: CaseCode, message: ThreadMessage, revisions: Sequence[Revision] = ()) -> ThreadLine:
    """A message as it is now, and what each edit changed in it (`revisions`: its earlier words, oldest first)."""
    delivery = message.delivery if message.author is Author.STAFF else None
    return ThreadLine(
        author=message.author.value,
        who=message.staff_name or resident_name(visit, code),
        text=message.text,
        at=message.at,
        edited_at=message.edited_at,
        files=[_file_line(code, attachment) for attachment in message.attachments],
        delivery_key=f"desk_delivery_{delivery.value}" if delivery else "",
        is_undelivered=delivery is DeliveryState.FAILED,
        delivery_error=failure_of(visit, message.delivery_error) if delivery is DeliveryState.FAILED else "",
        id=message.id,
        is_masked=message.is_masked,
        repeats=message.repeats,
        edits=_edits(message, revisions),
    )


def resident_name(visit: Visit, code: CaseCode) -> str:
    """What the resident of a case is called wherever they are named: never by a name or an address of theirs."""
    return visit.say("desk_resident", name=pseudonym(code))


def failure_of(visit: Visit, error: str) -> str:
    """Why it did not arrive: in words where they are known, in the channel's own otherwise."""
    if not error:
        return visit.say("desk_page_failed_unknown")
    is_shut_out = any(word in error.lower() for word in ("blocked", "deactivated", "chat not found"))
    return visit.say("desk_page_failed_blocked") if is_shut_out else error


def _edits(message: ThreadMessage, revisions: Sequence[Revision]) -> list[EditLine]:
    became = [*(revision.text for revision in revisions[1:]), message.text]
    return [
        EditLine(at=revision.at, pieces=difference(revision.text, after))
        for revision, after in zip(revisions, became, strict=False)
    ]


def is_servable(file: StoredFile) -> bool:
    """Images only as their re-encoded copy: an original holds where and with what it was taken, and stays sealed."""
    if file.trouble or not file.key:
        return False
    return bool(file.shown_key) or not is_picture(file)


def is_picture(file: StoredFile) -> bool:
    return file.kind is FileKind.PHOTO or file.media_type.startswith("image/")


def _file_line(code: CaseCode, attachment: Attachment) -> FileLine:
    file = attachment.file
    trouble = "" if is_servable(file) else f"desk_file_{file.trouble.value if file.trouble else 'sealed'}"
    return FileLine(
        name=file.name or "",
        kind_key=f"desk_file_kind_{file.kind.value}",
        url="" if trouble else f"/staff/cases/{code}/files/{attachment.id}",
        is_image=bool(file.shown_key),
        trouble_key=trouble,
        page=f"/staff/cases/{code}/photos/{attachment.id}",
    )


def timeline_line(visit: Visit, event: CaseEvent, known: Container[str] = frozenset()) -> TimelineLine:
    """The event in words. Another case's code stands in it only if it is among the `known`."""
    detail = _DETAILS.get(event.kind, _other_case)(visit, event.details or {}, known)
    return TimelineLine(at=event.at, words=visit.say(f"desk_event_{event.kind.value}"), who=event.staff_name, detail=detail)


Details = Mapping[str, str]


def _moved(visit: Visit, details: Details, _known: Container[str]) -> str:
    words = f"{_place(visit, details.get('from_ward'))} → {_place(visit, details.get('ward'))}"
    if wished := details.get("wished"):
        words += f" ({visit.say('desk_case_wished', ward=_place(visit, wished))})"
    return f"{words}. {why}" if (why := details.get("words")) else words


def _proposed(visit: Visit, details: Details, _known: Container[str]) -> str:
    is_day = details.get("what") == "postpone"
    words = visit.say("second_what_postpone" if is_day else "second_what_close")
    return f"{words}: {why}" if (why := details.get("words")) else words


def _closed(visit: Visit, details: Details, _known: Container[str]) -> str:
    outcome = details.get("outcome")
    words = visit.say(f"outcome_{outcome}") if outcome else ""
    override = details.get("override")
    return visit.say("closing_overridden", outcome=words, words=override) if override else words


def _added(visit: Visit, details: Details, known: Container[str]) -> str:
    return visit.say("desk_case_reopened") if details.get("reopened") else _other_case(visit, details, known)


def _disputed(visit: Visit, details: Details, _known: Container[str]) -> str:
    if details.get(TO_CITY):
        return visit.say("dispute_event_city")
    return visit.say("dispute_event_to", name=details["to"]) if details.get("to") else ""


def _who(_visit: Visit, details: Details, _known: Container[str]) -> str:
    return details.get("to") or details.get("from") or ""


def _way(visit: Visit, details: Details, _known: Container[str]) -> str:
    way = details.get("way", "")
    return visit.say(f"counter_way_{way}") if way in set(Way) else ""


def _redirected(visit: Visit, details: Details, _known: Container[str]) -> str:
    ends = [details.get(name, "") for name in ("from", "to")]
    if any(end not in set(Channel) for end in ends):
        return ""
    start, goal = (visit.say(f"desk_channel_{end}") for end in ends)
    return visit.say("desk_event_redirected_way", start=start, goal=goal)


def _reached(visit: Visit, details: Details, _known: Container[str]) -> str:
    way = details.get("way", "")
    words = visit.say(f"reach_way_{way}") if way in set(ReachedBy) else ""
    try:
        return f"{words}, {shown_date(date.fromisoformat(details['day']))}"
    except (KeyError, ValueError):
        return words


def _identity(visit: Visit, details: Details, _known: Container[str]) -> str:
    what = details.get("what", "")
    return visit.say(f"desk_case_identity_{what}") if what in ("asked", "granted", "refused", "opened") else ""


def _due(visit: Visit, details: Details, _known: Container[str]) -> str:
    setting = Setting.read(details)
    if setting is None:
        return ""
    zone = visit.request.app[keys.SETTINGS].zone
    return visit.say("desk_event_due", day=shown_day(setting.due_at, zone))


def _escalated(visit: Visit, details: Details, _known: Container[str]) -> str:
    clock, step = details.get("clock", ""), details.get("step", "")
    if clock not in set(Clock) or step not in set(Step):
        return ""
    return f"{visit.say(_CLOCKS[Clock(clock)])}: {visit.say(f'desk_page_clock_step_{step}')}"


_CLOCKS = {
    Clock.ACCEPT: "desk_page_clock_accept",
    Clock.URGENT: "desk_page_clock_urgent",
    Clock.ANSWER: "desk_page_clock_answer",
    Clock.RESOLVE: "desk_page_clock_close",
    Clock.DAYS45: "desk_page_clock_days45",
}


def _other_case(visit: Visit, details: Details, known: Container[str]) -> str:
    for name in ("main", "joined", "other"):
        if (code := details.get(name)) and code in known:
            return visit.say("desk_case_unlinked", code=code) if details.get("off") else code
    for name in ("left", "left_main"):
        if (code := details.get(name)) and code in known:
            return visit.say("desk_case_left", code=code)
    return ""


_DETAILS: Mapping[EventKind, Callable[[Visit, Details, Container[str]], str]] = {
    EventKind.MOVED: _moved,
    EventKind.CLOSED: _closed,
    EventKind.REDIRECTED: _redirected,
    EventKind.PROPOSED: _proposed,
    EventKind.UNPROPOSED: _proposed,
    EventKind.CAME_BACK: _due,
    EventKind.ADDED: _added,
    EventKind.EDITED: _added,
    EventKind.DISPUTED: _disputed,
    EventKind.ASSIGNED: _who,
    EventKind.RETURNED: _who,
    EventKind.IDENTITY: _identity,
    EventKind.ASSISTED: _way,
    EventKind.TOLD: _way,
    EventKind.GOES_ON: _due,
    EventKind.DEADLINE_MOVED: _due,
    EventKind.POSTPONED: _due,
    EventKind.ESCALATED: _escalated,
    EventKind.REACHED: _reached,
}


def _place(visit: Visit, ward_code: str | None) -> str:
    if not ward_code:
        return visit.say("desk_place_city")
    try:
        return ward_name(visit.language, visit.request.app[keys.WARDS][ward_code])
    except UnknownWard:  # a ward that the city had once
        return ward_code
