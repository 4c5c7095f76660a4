"""What undoes an act of a moment ago: a case as it stood before it, an answer that nobody was sent."""

from sqlalchemy import bindparam, update

from bot.domain.case import Case
from bot.domain.thread import Author
from bot.errors import StaleVersion
from storage.case_rows import case_from
from storage.link import Link
from storage.tables import cases, messages
from storage.types import Id, UtcDateTime

_put_back = (
    update(cases)
    .where(cases.c.id == bindparam("row", type_=Id), cases.c.version == bindparam("seen_version"))
    .values(
        ward_code=bindparam("ward"),
        desk=bindparam("at_desk"),
        owner_id=bindparam("owner", type_=Id),
        owner_until=bindparam("until", type_=UtcDateTime),
        hops=bindparam("times"),
        version=cases.c.version + 1,
    )
    .returning(cases)
)
_make_note = update(messages).where(messages.c.id == bindparam("message", type_=Id)).values(author=Author.NOTE.value)
_touch = update(cases).where(cases.c.id == bindparam("row", type_=Id)).values(version=cases.c.version + 1)


class TakenBack:
    """The part of `bot.ports.Cases` that undoes."""

    _link: Link

    async def put_back(self, case: Case, before: Case) -> Case:
        row = await self._link.row(
            _put_back,
            {
                "row": case.id,
                "seen_version": case.version,
                "ward": before.ward_code,
                "at_desk": before.desk.value,
                "owner": before.owner_id,
                "until": before.owner_until,
                "times": before.hops,
            },
        )
        if row is None:
            raise StaleVersion(code=case.code, version=case.version)
        return case_from(row)

    async def keep_as_note(self, case: Case, message_id: int) -> None:
        await self._link.run(_make_note, {"message": message_id})
        await self._link.run(_touch, {"row": case.id})
