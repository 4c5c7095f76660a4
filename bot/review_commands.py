"""`homthu review`: what it is asked, and what it says. What is counted is `bot.services.review`'s."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

from bot.clock import SystemClock
from bot.domain.people import Language
from bot.domain.review import Review, Term
from bot.domain.ward import WardCode
from bot.papers import PaperForm, write_review
from bot.papers.places import Places
from bot.review_facts import as_json, as_text
from bot.routing.wards import Wards, city_folder, load_wards
from bot.services.review import COMPLETE, TermToCome, make_review
from bot.settings import Settings

Do = Callable[[Settings, argparse.Namespace], Awaitable[int]]
DONE, FAILED, WRONG = 0, 1, 2
_WRITTEN = {"json": as_json, "text": as_text}


def add(add_command: Callable[[str, Do, str], argparse.ArgumentParser]) -> None:
    """The command, for the command line's parser."""
    review = add_command("review", _review, "The review of a half year, a year or some days: every case, as its operator.")
    review.add_argument("--ward", metavar="CODE", help="one ward's; without it the whole city's")
    when = review.add_mutually_exclusive_group(required=True)
    when.add_argument("--half", type=_half, metavar="YYYY-1|2", help="a half year, like 2026-1")
    when.add_argument("--year", type=_year, metavar="YYYY", help="a year")
    when.add_argument("--from", dest="since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="some days, with --to")
    review.add_argument("--to", dest="until", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the last of them")
    review.add_argument("--format", choices=[*_WRITTEN, *(form.value for form in PaperForm)], default="text")
    review.add_argument("--language", choices=[one.value for one in Language], default=Language.VI.value)
    review.add_argument("--out", type=Path, metavar="FILE", help="where it goes; without it to stdout")


def _half(text: str) -> Term:
    term = Term.read(text)
    if "-" not in text or "_" in text:
        raise ValueError(text)
    return term


def _year(text: str) -> Term:
    if "-" in text:
        raise ValueError(text)
    return Term.read(text)


def _term(chosen: argparse.Namespace) -> Term | str:
    """What was asked for, or what is wrong with it."""
    if chosen.half or chosen.year:
        return "--to goes with --from" if chosen.until else chosen.half or chosen.year
    if chosen.until is None:
        return "--from needs --to"
    if chosen.until < chosen.since:
        return "--to is before --from"
    try:
        return Term.read(f"{chosen.since.isoformat()}_{chosen.until.isoformat()}")
    except ValueError as wrong:
        return f"--from: {wrong}"


def _say(line: str, code: int) -> int:
    print("homthu:", line, file=sys.stderr)
    return code


async def _review(settings: Settings, chosen: argparse.Namespace) -> int:
    term, wards = _term(chosen), load_wards(city_folder(settings.data_dir))
    if isinstance(term, str):
        return _say(term, WRONG)
    if chosen.out is None and chosen.format not in _WRITTEN and sys.stdout.isatty():
        return _say("--out: a document needs a file to go to", WRONG)
    if chosen.ward and chosen.ward not in wards:
        return _say(f"--ward: there is no ward {chosen.ward}; a code has five digits, like 00091", WRONG)
    try:
        review = await _counted(settings, term, WardCode(chosen.ward) if chosen.ward else None)
    except TermToCome:
        return _say(f"{term.first.isoformat()} is still to come: there is nothing to review yet", WRONG)
    written = await asyncio.to_thread(_written, review, settings, wards, chosen)
    if chosen.out is None:
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()
        return DONE
    try:
        await asyncio.to_thread(chosen.out.write_bytes, written)
    except OSError as wrong:
        return _say(f"--out: {chosen.out} cannot be written ({wrong.strerror})", FAILED)
    return DONE


def _written(review: Review, settings: Settings, wards: Wards, chosen: argparse.Namespace) -> bytes:
    language = Language(chosen.language)
    if chosen.format in _WRITTEN:
        return _WRITTEN[chosen.format](review, wards, language).encode()
    return write_review(review, Places.load(city_folder(settings.data_dir)), language, PaperForm(chosen.format))


async def _counted(settings: Settings, term: Term, ward: WardCode | None) -> Review:
    from bot.app import open_database

    is_watched = sys.stderr.isatty()

    async def tell(done: int, total: int) -> None:
        if is_watched:
            print(f"\r{100 * done // total:3} %", end="\n" if done == total else "", file=sys.stderr, flush=True)

    async with open_database(settings, beside_others=True) as database, database.reading() as uow:
        return await make_review(uow, COMPLETE, term, ward, now=SystemClock().now(), zone=settings.zone, tell=tell)
