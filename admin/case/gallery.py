"""The pictures of a case as lines of its page: everybody's who wrote about it, its joined neighbours among them."""

from collections.abc import Iterable, Sequence

from admin.case.parts import PhotoLine
from admin.case.reporters import Threads
from admin.guard import Visit
from admin.thread_lines import is_servable, resident_name
from bot.domain.case import Case, CaseCode
from bot.domain.thread import ThreadMessage


def photo_lines(visit: Visit, case: Case, others: Sequence[Case], threads: Threads) -> list[PhotoLine]:
    """Of this case and the others, oldest first. Their pages lie below this case."""
    found = [
        line
        for one in (case, *others)
        for message in threads.get(one.id, ())
        for line in _of_message(visit, case.code, one.code, message)
    ]
    return sorted(found, key=lambda line: (line.at, line.id))


def _of_message(visit: Visit, at: CaseCode, code: CaseCode, message: ThreadMessage) -> Iterable[PhotoLine]:
    for attachment in message.attachments:
        if attachment.file.shown_key and is_servable(attachment.file):
            url = f"/staff/cases/{code}/files/{attachment.id}"
            yield PhotoLine(
                id=attachment.id,
                url=url,
                small=f"{url}/small",
                page=f"/staff/cases/{at}/photos/{attachment.id}",
                who=message.staff_name or resident_name(visit, code),
                at=message.at,
            )
