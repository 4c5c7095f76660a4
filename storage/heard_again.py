"""What was said before: a case's newest messages, how often the same came again, and what edited words were at first."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select, update

from bot.domain.case import CaseId
from bot.domain.thread import Author, Revision, Said
from storage.link import Link
from storage.tables import message_revisions, messages
from storage.types import Id

_newest = (
    select(messages.c.id, messages.c.author, messages.c.text, messages.c.at, messages.c.repeats)
    .where(messages.c.case_id == bindparam("case"))
    .order_by(messages.c.id.desc())
    .limit(bindparam("most", type_=Id))
)
# The case's version stays: that somebody says the same again makes no form of the desk out of date.
_repeat = (
    update(messages)
    .where(messages.c.id == bindparam("message", type_=Id))
    .values(repeats=messages.c.repeats + 1)
    .returning(messages.c.repeats)
)
_revisions = (
    select(message_revisions.c.id, message_revisions.c.message_id, message_revisions.c.text, message_revisions.c.at)
    .select_from(message_revisions.join(messages, messages.c.id == message_revisions.c.message_id))
    .where(messages.c.case_id == bindparam("case"))
)


class HeardAgain:
    """The part of `bot.ports.Cases` that is about what was said before."""

    _link: Link

    async def newest_messages(self, case_id: CaseId, *, most: int = 5) -> list[Said]:
        return [
            Said(id=row.id, author=Author(row.author), text=row.text, at=row.at, repeats=row.repeats)
            for row in await self._link.rows(_newest, {"case": case_id, "most": most})
        ]

    async def repeat(self, message_id: int) -> int:
        return int(await self._link.value(_repeat, {"message": message_id}) or 0)

    async def revisions(self, case_id: CaseId) -> Mapping[int, Sequence[Revision]]:
        found: defaultdict[int, list[Revision]] = defaultdict(list)
        # Few, and sorted here: the database would sort them in a table of its own.
        for row in sorted(await self._link.rows(_revisions, {"case": case_id}), key=lambda row: row.id):
            found[row.message_id].append(Revision(text=row.text, at=row.at))
        return dict(found)
