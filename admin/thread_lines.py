"""Messages and events of a case as lines of its page."""

from admin.guard import Visit
from admin.pages import FileLine, ThreadLine, TimelineLine
from bot.domain.case import CaseCode
from bot.domain.incoming import FileKind, StoredFile
from bot.domain.reply import DeliveryState
from bot.domain.thread import Attachment, Author, CaseEvent, EventKind, ThreadMessage
from bot.errors import UnknownWard
from bot.services.staff_change import ward_name
from bot.web import keys


def thread_line(visit: Visit, code: CaseCode, message: ThreadMessage) -> ThreadLine:
    delivery = message.delivery if message.author is Author.STAFF else None
    return ThreadLine(
        author=message.author.value,
        who=message.staff_name or visit.say("desk_resident"),
        text=message.text,
        at=message.at,
        edited_at=message.edited_at,
        files=[_file_line(code, attachment) for attachment in message.attachments],
        delivery_key=f"desk_delivery_{delivery.value}" if delivery else "",
        is_undelivered=delivery is DeliveryState.FAILED,
        delivery_error=message.delivery_error if delivery is DeliveryState.FAILED else "",
    )


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
    )


def timeline_line(visit: Visit, event: CaseEvent) -> TimelineLine:
    details = event.details or {}
    detail = ""
    if event.kind is EventKind.MOVED:
        detail = f"{_place(visit, details.get('from_ward'))} → {_place(visit, details.get('ward'))}"
    elif event.kind is EventKind.CLOSED and (outcome := details.get("outcome")):
        detail = visit.say(f"outcome_{outcome}")
    return TimelineLine(at=event.at, words=visit.say(f"desk_event_{event.kind.value}"), who=event.staff_name, detail=detail)


def _place(visit: Visit, ward_code: str | None) -> str:
    if not ward_code:
        return visit.say("desk_place_city")
    try:
        return ward_name(visit.language, visit.request.app[keys.WARDS][ward_code])
    except UnknownWard:  # a ward that the city had once
        return ward_code
