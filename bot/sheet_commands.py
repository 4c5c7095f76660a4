"""`homthu export`, `register` and `bulletin`: cases as a file or a text, for whoever has the server in their hands.

They see everything there is, so each is recorded and the inspectors hear of it before the first row leaves. A file appears
under its name only when it is whole. What is made is `bot.sheet_making`'s.
"""

import argparse
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from time import monotonic
from typing import BinaryIO

from bot.bulletins import gather
from bot.clock import SystemClock
from bot.commands import record_export
from bot.domain.city_day import city_day
from bot.domain.ward import Ward, WardCode
from bot.errors import SettingsError
from bot.memory import collect_seldom
from bot.papers.bulletin import minutes, write_bulletin
from bot.papers.spoken_vietnamese import syllables
from bot.routing.wards import Wards, city_folder, load_wards
from bot.settings import Settings
from bot.sheet_making import SheetForm, Wanted, export, place_named, register, register_of

Do = Callable[[Settings, argparse.Namespace], Awaitable[int]]
Add = Callable[[str, Do, str], argparse.ArgumentParser]

_TELL_EVERY = 0.5  # seconds


def add(command: Add) -> None:
    """Tell the parser of them."""
    made = command("export", _export, "Every case, one a row, in the order of acceptance.")
    _add_choices(made, [form.value for form in SheetForm], SheetForm.JSONL)
    made.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of a line instead, and what version it is"
    )
    made = command("register", _register, "The citizen reception register, form 03/TCD, a row a matter.")
    _add_choices(made, [SheetForm.XLSX.value, SheetForm.CSV.value], SheetForm.XLSX)
    made = command("bulletin", _bulletin, "A text for a ward's loudspeakers from the figures of some days.")
    made.add_argument("--ward", metavar="CODE", required=True)
    _add_days(made)


def _add_days(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="accepted on or after")
    parser.add_argument("--to", dest="until", type=date.fromisoformat, metavar="YYYY-MM-DD", help="accepted on or before")


def _add_choices(parser: argparse.ArgumentParser, forms: list[str], usual: SheetForm) -> None:
    parser.add_argument("--format", choices=forms, default=usual.value)
    _add_days(parser)
    parser.add_argument("--ward", metavar="CODE", help="one ward's cases only")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write it there (default: to what it is piped into)")


async def _export(settings: Settings, chosen: argparse.Namespace) -> int:
    if chosen.schema:
        print(json.dumps(export_schema(), ensure_ascii=False, indent=1))
        return 0
    return await _make(settings, chosen, "cases_exported")


async def _register(settings: Settings, chosen: argparse.Namespace) -> int:
    return await _make(settings, chosen, "register_made")


async def _bulletin(settings: Settings, chosen: argparse.Namespace) -> int:
    """As staff left it, or as the figures have it; how long it is goes to whoever watches."""
    from bot import app

    wards, now = load_wards(city_folder(settings.data_dir)), SystemClock().now()
    ward = _known_ward(wards, chosen.ward)
    last: date = chosen.until or city_day(now, settings.zone)
    first: date = chosen.since or last - timedelta(days=29)
    if first > last:
        raise SettingsError(line="--from: is after --to")
    async with app.open_database(settings, beside_others=True) as database, database.reading() as uow:
        kept = await uow.bulletins.get(ward.code, first, last)
        text = (
            kept.text
            if kept
            else write_bulletin(
                await gather(
                    uow,
                    ward=ward,
                    viewer=None,
                    first=first,
                    last=last,
                    now=now,
                    zone=settings.zone,
                    public_url=settings.public_url,
                )
            )
        )
    print(text)
    told = "as staff left it" if kept else "a draft: read and change it at the desk before use"
    print(f"{syllables(text)} syllables, about {minutes(text):.1f} minutes; {told}.", file=sys.stderr)
    return 0


def _known_ward(wards: Wards, code: str) -> Ward:
    if code not in wards:
        raise SettingsError(line=f"--ward: there is no ward {code}; a code has five digits, like 00091")
    return wards[code]


def export_schema() -> object:
    """The JSON Schema of a line of JSONL; its `version` is the line's `v`."""
    return json.loads((files("bot.papers") / "data" / "export.schema.json").read_text(encoding="utf-8"))


async def _make(settings: Settings, chosen: argparse.Namespace, action: str) -> int:
    from bot import app  # which sees everything, and takes its time

    wards = load_wards(city_folder(settings.data_dir))
    if chosen.ward:
        _known_ward(wards, chosen.ward)
    wanted = Wanted(
        form=SheetForm(chosen.format),
        first=chosen.since,
        last=chosen.until,
        ward=WardCode(chosen.ward) if chosen.ward else None,
    )
    if wanted.form is SheetForm.XLSX and not chosen.out and sys.stdout.isatty():
        raise SettingsError(line="--out: a workbook is nothing for a terminal; name a file, or pipe it into one")
    now, progress = SystemClock().now(), Progress()
    collect_seldom()
    async with app.open_database(settings, beside_others=True) as database:
        await record_export(database, what=action, now=now, zone=settings.zone, details=wanted.asked())
        everything = wanted.chosen(None, settings.zone)
        if action == "cases_exported":
            made = export(database, wards, wanted, everything, progress.tell)
        else:
            of = register_of(wanted, wards, settings.zone, place_named(wanted.ward, wards))
            made = register(database, wanted, everything, of, progress.tell)
        with _opened(chosen.out) as out:
            await _write(out, made)
    progress.finish()
    return 0


async def _write(out: BinaryIO, made: AsyncIterator[bytes]) -> None:
    async for chunk in made:
        out.write(chunk)


@contextmanager
def _opened(path: Path | None) -> Iterator[BinaryIO]:
    """A file that has its name once it is whole, or what this command is piped into."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    half = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        half.replace(path)
    except OSError as trouble:
        if trouble.errno is None or trouble.filename is None:
            raise
        raise SettingsError(line=f"--out: {path} cannot be written ({trouble.strerror}); choose another place") from None
    finally:
        with suppress(FileNotFoundError):
            half.unlink()


class Progress:
    """A line at a terminal that says how far it is, how quick, and how long yet; nothing where nobody looks."""

    def __init__(self) -> None:
        self._is_seen = sys.stderr.isatty()
        self._began = monotonic()
        self._tell_at = 0.0

    async def tell(self, done: int, total: int) -> None:
        now = monotonic()
        if self._is_seen and now >= self._tell_at:
            self._tell_at = now + _TELL_EVERY
            print(f"\r\x1b[K{progress_line(done, total, now - self._began)}", end="", file=sys.stderr, flush=True)

    def finish(self) -> None:
        if self._is_seen:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def progress_line(done: int, total: int, seconds: float) -> str:
    """ "12,400 of 100,000 cases (12 %), 6,200 a second, 14 s to go"."""
    told = f"{done:,} of {total:,} cases"
    if not done or seconds <= 0:
        return told
    rate = done / seconds
    return f"{told} ({100 * done // total} %), {rate:,.0f} a second, {(total - done) / rate:.0f} s to go"
