"""Makes exports and registers as streams of bytes, from the database to the file, for the command line and for the desk.

What stands in a row is `bot.exporting`'s and `bot.papers`'; which cases, storage's: everything is asked through a `Chosen`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from enum import StrEnum

from bot.commands import export_rows
from bot.domain.case import CaseStatus
from bot.domain.city_day import city_span
from bot.domain.people import Language
from bot.domain.ward import WardCode
from bot.exporting import as_line
from bot.long_work import Bench
from bot.papers.export_sheet import cells_of, export_layout, stream_csv, titles_of
from bot.papers.reception_register import Matter, RegisterOf, register_cells, register_layout
from bot.papers.streamed_xlsx import Cell, stream_xlsx
from bot.ports import Chosen, Storage, Viewer
from bot.routing.wards import Wards
from bot.wording import say

Tell = Callable[[int, int], Awaitable[None]]
_CHUNK = 1 << 17  # characters of lines that wait before they are written
_TOLD_EVERY = 250  # cases


class SheetForm(StrEnum):
    """What kind of file; the value is its ending."""

    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPE = {
    SheetForm.JSONL: "application/jsonl; charset=utf-8",
    SheetForm.CSV: "text/csv; charset=utf-8",
    SheetForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asked for: days (both included) and a ward, as far as they named any."""

    form: SheetForm
    first: date | None = None
    last: date | None = None
    ward: WardCode | None = None

    @classmethod
    def of(cls, bench: Bench) -> "Wanted":
        """As `asked` wrote it."""
        asked = bench.asked
        return cls(
            form=SheetForm(asked["format"]),
            first=date.fromisoformat(asked["from"]) if asked.get("from") else None,
            last=date.fromisoformat(asked["until"]) if asked.get("until") else None,
            ward=WardCode(asked["ward"]) if asked.get("ward") else None,
        )

    def asked(self) -> dict[str, str]:
        """For the trail and for whoever makes it: what was asked, nothing that was found."""
        given = {"format": self.form.value, "from": self.first, "until": self.last, "ward": self.ward}
        return {name: str(value) for name, value in given.items() if value}

    def chosen(self, viewer: Viewer | None, zone: tzinfo) -> Chosen:
        start, end = city_span(self.first, self.last, zone)
        return Chosen(viewer=viewer, start=start, end=end, ward_code=self.ward)


async def export(storage: Storage, wards: Wards, wanted: Wanted, chosen: Chosen, tell: Tell) -> AsyncIterator[bytes]:
    """Every case that is chosen, in order of acceptance; see `bot.exporting.export_row`."""
    async with storage.reading() as uow:
        total, newest = await uow.cases.extent(chosen)
    chosen = replace(chosen, up_to=newest)
    await tell(0, total)
    done = 0
    counting = export_rows(storage, wards, chosen)

    async def rows() -> AsyncIterator[list[Cell]]:
        nonlocal done
        async for row in counting:
            yield cells_of(row)
            done += 1
            if done % _TOLD_EVERY == 0:
                await tell(done, total)

    if wanted.form is SheetForm.JSONL:
        waiting: list[str] = []
        async for row in counting:
            waiting.append(as_line(row))
            done += 1
            if done % _TOLD_EVERY == 0:
                yield ("\n".join(waiting) + "\n").encode()
                waiting.clear()
                await tell(done, total)
        yield "".join(line + "\n" for line in waiting).encode()
    else:
        layout = export_layout()
        made = stream_csv(titles_of(layout), rows()) if wanted.form is SheetForm.CSV else stream_xlsx(layout, rows())
        async for chunk in made:
            yield chunk
    await tell(done, total)


async def register(storage: Storage, wanted: Wanted, chosen: Chosen, of: RegisterOf, tell: Tell) -> AsyncIterator[bytes]:
    """Form 03/TCD of what is chosen; see `bot.papers.reception_register`."""
    async with storage.reading() as uow:
        total, newest = await uow.cases.extent(chosen)
    chosen = replace(chosen, up_to=newest)
    await tell(0, total)
    layout = register_layout(of)
    rows = _register_rows(storage, chosen, of, total, tell)
    made = stream_csv(titles_of(layout), rows) if wanted.form is SheetForm.CSV else stream_xlsx(layout, rows)
    async for chunk in made:
        yield chunk


async def _register_rows(
    storage: Storage, chosen: Chosen, of: RegisterOf, total: int, tell: Tell
) -> AsyncIterator[list[Cell]]:
    after = number = done = 0
    while True:
        async with storage.reading() as uow:
            page = await uow.cases.matters(chosen, after_id=after)
            closed = [one.case.id for one in page.rows if one.case.status is CaseStatus.CLOSED]
            closings = await uow.closings.last_of(closed)
        for one in page.rows:
            number += 1
            matter = Matter(case=one.case, people=one.people, closing=closings.get(one.case.id), main_code=one.main_code)
            yield register_cells(number, matter, of)
        if not page.scanned:
            return
        after, done = page.last_id, done + page.scanned
        await tell(done, total)


def register_of(wanted: Wanted, wards: Wards, zone: tzinfo, place: str, language: Language = Language.VI) -> RegisterOf:
    return RegisterOf(
        place=place,
        first=wanted.first,
        last=wanted.last,
        zone=zone,
        ward_names={ward.code: ward.full_name[:1].upper() + ward.full_name[1:] for ward in wards},
        language=language,
    )


def place_named(code: str | None, wards: Wards, language: Language = Language.VI) -> str:
    """ "phường Tây Hồ", or that it is the whole city."""
    return wards[code].full_name if code else say(language, "register_whole_city")


async def make_export(bench: Bench) -> AsyncIterator[bytes]:
    """For the desk: what the one who asks may see, and nothing else."""
    wanted = Wanted.of(bench)
    chosen = wanted.chosen(bench.viewer, bench.settings.zone)
    async for chunk in export(bench.storage, bench.wards, wanted, chosen, bench.tell):
        yield chunk


async def make_register(bench: Bench) -> AsyncIterator[bytes]:
    """The same for a register. It is a paper of the office: in Vietnamese, whoever asks."""
    wanted = Wanted.of(bench)
    zone = bench.settings.zone
    own = wanted.ward or (bench.viewer.ward_code if bench.viewer.ward_code else None)
    of = register_of(wanted, bench.wards, zone, place_named(own, bench.wards))
    async for chunk in register(bench.storage, wanted, wanted.chosen(bench.viewer, zone), of, bench.tell):
        yield chunk


def file_name(stem: str, wanted: Wanted) -> str:
    """ "xuat-ho-so_00091_2026-01-01_2026-06-30.csv": letters that every system takes."""
    parts = [stem, wanted.ward, wanted.first and wanted.first.isoformat(), wanted.last and wanted.last.isoformat()]
    return "_".join(part for part in parts if part) + f".{wanted.form.value}"
