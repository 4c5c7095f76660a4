"""`homthu poster`: what it is asked, and what it says. What a poster looks like is `bot.papers.posters`' affair."""

import argparse
import asyncio
import csv
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bot.domain.ledger import Board
from bot.domain.office import Office
from bot.domain.people import Language
from bot.domain.ward import Ward
from bot.papers.posters import MOST, Poster, PosterForm, Size, Ways, write_posters
from bot.routing.wards import city_folder, load_wards
from bot.services.review import COMPLETE
from bot.settings import Settings

Do = Callable[[Settings, argparse.Namespace], Awaitable[int]]
DONE, FAILED, WRONG = 0, 1, 2
LARGEST_LIST = 1_000_000  # bytes of a list of places


class NotSo(Exception):
    """What was asked for cannot be; its text says why."""


def add(add_command: Callable[[str, Do, str], argparse.ArgumentParser]) -> None:
    """The command, for the command line's parser."""
    poster = add_command("poster", _poster, "Posters with QR codes of a ward, as PDF or SVG; or stickers, many on a sheet.")
    poster.add_argument("--ward", metavar="CODE", required=True, help="five digits")
    which = poster.add_mutually_exclusive_group()
    which.add_argument("--board", type=_number, metavar="ID", help="a board of the ledger: what it brings is counted")
    which.add_argument("--boards", action="store_true", help="one for each board of the ward's ledger")
    which.add_argument("--file", type=Path, metavar="CSV", help="one a line: a column place, and board or desk if wanted")
    poster.add_argument("--place", default="", metavar="TEXT", help="where it hangs, printed small")
    poster.add_argument("--desk", default="", metavar="TEXT", help="whose it is, printed large under the ward")
    poster.add_argument("--count", type=_number, default=1, metavar="N", help="so many of each")
    poster.add_argument("--sheet", action="store_true", help="stickers, eight on an A4 sheet, instead of a page each")
    poster.add_argument("--format", choices=[one.value for one in PosterForm], default=PosterForm.PDF.value)
    poster.add_argument("--size", choices=[one.value for one in Size], default=Size.A4.value)
    poster.add_argument("--language", choices=[one.value for one in Language], default=Language.VI.value)
    poster.add_argument("--telegram", metavar="NAME", help="the bot's name; without it Telegram is asked, if it is set up")
    poster.add_argument(
        "--zalo", metavar="LINK", help='the Zalo bot\'s link, else HOMTHU_ZALO_LINK; "{start}" in it is the mark'
    )
    poster.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="where it goes; SVG: one a page, FILE-2.svg …"
    )


def _number(text: str) -> int:
    number = int(text)
    if not 0 < number < 1_000_000_000:
        raise ValueError(text)
    return number


async def _poster(settings: Settings, chosen: argparse.Namespace) -> int:
    wards = load_wards(city_folder(settings.data_dir))
    try:
        if chosen.ward not in wards:
            raise NotSo(f"--ward: there is no ward {chosen.ward}; a code has five digits, like 00091")
        if not settings.public_url:
            raise NotSo("HOMTHU_PUBLIC_URL: is missing; the codes lead there. Set it to https://…")
        zalo = _link(settings.zalo_link if chosen.zalo is None else chosen.zalo)
        ways = Ways(settings.public_url, await _telegram(settings, chosen.telegram), zalo)
        posters = await _wanted(settings, chosen, wards[chosen.ward])
        pages = await asyncio.to_thread(
            write_posters,
            posters,
            ways,
            Language(chosen.language),
            Size(chosen.size),
            PosterForm(chosen.format),
            is_sheet=chosen.sheet,
        )
        await asyncio.to_thread(_write, chosen.out, pages)
    except NotSo as why:
        print("homthu:", why, file=sys.stderr)
        return WRONG
    return DONE


def _link(text: str) -> str:
    if text and not text.startswith("https://"):
        raise NotSo("--zalo: must be a link that begins with https://")
    return text


async def _telegram(settings: Settings, name: str | None) -> str:
    """The bot's name: as it was said, else as Telegram says it; empty where it is not set up."""
    if name is not None:
        return name.removeprefix("@")
    from bot.app.looking import telegram_name

    try:
        return await telegram_name(settings)
    except Exception:  # whatever keeps it away, and its text may hold the token
        raise NotSo('--telegram: Telegram cannot be asked for the bot\'s name; say it, or "" for none') from None


async def _wanted(settings: Settings, chosen: argparse.Namespace, ward: Ward) -> list[Poster]:
    from bot.app import open_database

    async with open_database(settings, beside_others=True) as database, database.reading() as uow:
        office = await uow.ward_settings.get(ward.code)
        boards = await uow.boards.of(COMPLETE, ward.code)
    common = _of_office(Poster(ward=ward, place=chosen.place, desk=chosen.desk), office)
    found = _places(chosen, common, boards)
    if not found:
        raise NotSo("there is no board in this ward's ledger" if chosen.boards else "--file: has no place in it")
    if len(found) * chosen.count > MOST:
        raise NotSo(f"{len(found) * chosen.count} posters are too many at once; {MOST} is the most")
    return [one for one in found for _ in range(chosen.count)]


def _of_office(poster: Poster, office: Office) -> Poster:
    return replace(poster, phone=office.phone, hours=office.hours)


def _places(chosen: argparse.Namespace, common: Poster, boards: Sequence[Board]) -> list[Poster]:
    hung = {board.id: board for board in boards}
    if chosen.boards:
        return [replace(common, board_id=board.id, place=board.place) for board in sorted(boards, key=lambda one: one.id)]
    if chosen.file:
        return [_line(row, number, common, hung) for number, row in enumerate(_rows(chosen.file), start=2)]
    if chosen.board is None:
        return [common]
    return [_of_board(common, chosen.board, hung, "--board")]


def _of_board(common: Poster, board_id: int, hung: dict[int, Board], where: str) -> Poster:
    if board_id not in hung:
        raise NotSo(f"{where}: this ward's ledger has no board {board_id} that hangs")
    return replace(common, board_id=board_id, place=common.place or hung[board_id].place)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read(LARGEST_LIST)
        rows = list(csv.DictReader(text.splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        raise NotSo(f"--file: {path} cannot be read as CSV in UTF-8 ({type(wrong).__name__})") from None
    if rows and "place" not in rows[0]:
        raise NotSo("--file: its first line must name a column place")
    return rows


def _line(row: dict[str, str], number: int, common: Poster, hung: dict[int, Board]) -> Poster:
    common = replace(common, place=row.get("place") or common.place, desk=row.get("desk") or common.desk)
    board = (row.get("board") or "").strip()
    if not board:
        return common
    if not (board.isascii() and board.isdigit() and len(board) < 10):
        raise NotSo(f"--file: line {number}: board must be a number")
    return _of_board(common, int(board), hung, f"--file: line {number}")


def _write(path: Path, pages: Sequence[bytes]) -> None:
    """A file a page; the first has the name that was asked for."""
    try:
        for number, page in enumerate(pages, start=1):
            here = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
            here.write_bytes(page)
    except OSError as wrong:
        raise NotSo(f"--out: {path} cannot be written ({wrong.strerror})") from None
