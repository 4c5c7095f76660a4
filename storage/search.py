"""Cases by their words, newest first; those that have exactly the marks that were typed come before the others.

A word that a million cases have costs no more than one that few have: each engine stops when a page is full. How it gets
there is its own affair: `storage.finding_on_sqlite`, `storage.finding_on_postgres`.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from bot.domain.case import read_code
from bot.domain.queueing import QueueFilter, QueueKey, QueuePage, Sort
from bot.domain.words import Sought
from bot.ports import Viewer
from storage.finding import Look, Stretch
from storage.finding_on_postgres import find_on_postgres
from storage.finding_on_sqlite import find_on_sqlite
from storage.link import Link
from storage.queue_lines import line_from, lines_of
from storage.tables import cases
from storage.visible_cases import visible_to


def stretches(sought: Sought, key: QueueKey | None, *, is_backwards: bool) -> list[Stretch]:
    """What to walk, in which order, to fill a page from that place on."""
    both = [False, True] if sought.has_marks else [True]
    if is_backwards:
        both.reverse()
    if key is None:
        return [Stretch(is_folded) for is_folded in both]
    begin = both.index(key.is_folded) if key.is_folded in both else 0
    return [Stretch(is_folded, key.case_id if at == 0 else None) for at, is_folded in enumerate(both[begin:])]


class CaseSearch:
    """The part of `bot.ports.Cases` that finds cases by words."""

    _link: Link

    async def _search(
        self, viewer: Viewer, wanted: QueueFilter, key: QueueKey | None, most: int, *, is_backwards: bool
    ) -> QueuePage:
        code = read_code(wanted.words)
        if code is not None and key is None:
            of_code = select(cases.c.id).where(visible_to(viewer), cases.c.code == code)
            if rows := await self._link.rows(lines_of(of_code, Sort.NEWEST)):
                return QueuePage(lines=(line_from(rows[0]),))
        sought = Sought.read(wanted.words)
        if not sought.folded:
            return QueuePage(lines=())
        find = find_on_postgres if self._link.is_postgres else find_on_sqlite
        look = Look(viewer, wanted, sought, is_backwards=is_backwards, vault=self._link.vault)
        keys: list[QueueKey] = []
        for stretch in stretches(sought, key, is_backwards=is_backwards):
            if stretch.is_folded and key is None:  # all of the exact ones fitted on this page, the first
                stretch = replace(stretch, exact=tuple(one.case_id for one in keys))
            found = await find(self._link, look, stretch, most + 1 - len(keys))
            keys += [QueueKey(case_id=case_id, is_folded=stretch.is_folded) for case_id in found]
            if len(keys) > most:
                break
        return await self._found(keys, most, is_backwards=is_backwards, is_first=key is None)

    async def _found(self, keys: Sequence[QueueKey], most: int, *, is_backwards: bool, is_first: bool) -> QueuePage:
        """The page of these places; one more than a page was asked for, at the end it was walked to."""
        has_more, shown = len(keys) > most, list(keys[:most])
        if is_backwards:
            shown.reverse()
        if not shown:
            return QueuePage(lines=())
        ids = select(cases.c.id).where(cases.c.id.in_([key.case_id for key in shown]))
        lines = {row.id: line_from(row) for row in await self._link.rows(lines_of(ids, Sort.NEWEST))}
        has_before, has_after = (has_more, True) if is_backwards else (not is_first, has_more)
        return QueuePage(
            lines=tuple(lines[key.case_id] for key in shown),
            before=shown[0] if has_before else None,
            after=shown[-1] if has_after else None,
        )
