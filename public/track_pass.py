"""What a browser holds once it has shown a receipt's secret: for half an hour, for this case, for this browser.

The secret itself is in no page and no address: a page is kept in a history, an address in a log. The pass is worth nothing
without the cookie of the browser that it was made for.
"""

import re

from aiohttp import web

from bot.domain.case import CaseCode, read_code
from bot.web import keys
from bot.web.cookies import read_cookie
from bot.web.tokens import same, sign

COOKIE = "track"
LASTS = 30 * 60  # seconds
_FILE = re.compile(r"([0-9A-Z]{4}-[0-9A-Z]{4})\.(\d{1,15})\.(\d{1,12})\.([0-9a-f]{64})")


def grant(request: web.Request, code: CaseCode, ticket: str) -> str:
    """The pass for this case, from now on."""
    until = int(request.app[keys.CLOCK].now().timestamp()) + LASTS
    return f"{until}.{_signed(request, f'{ticket}:{code}:{until}')}"


def holds(request: web.Request, code: CaseCode, granted: str) -> bool:
    """Was it made for this browser and this case, and not too long ago?"""
    until, _, signature = granted.partition(".")
    ticket = read_cookie(request, COOKIE)
    is_ours = same(signature, _signed(request, f"{ticket}:{code}:{until}")) if ticket else False
    return is_ours and int(until) > request.app[keys.CLOCK].now().timestamp()


def file_path(request: web.Request, code: CaseCode, attachment_id: int) -> str:
    """Where this browser finds that picture for some minutes."""
    until = int(request.app[keys.CLOCK].now().timestamp()) + LASTS
    about = f"{code}.{attachment_id}.{until}"
    return f"/track/files/{about}.{_signed(request, f'{_ticket(request)}:{about}')}"


def read_file_path(request: web.Request, name: str) -> tuple[CaseCode, int] | None:
    """The case and the file that this browser was shown under that name; None for everything else."""
    found = _FILE.fullmatch(name)
    ticket = read_cookie(request, COOKIE)
    if found is None or not ticket:
        return None
    code, attachment_id, until, signature = found.groups()
    fits = same(signature, _signed(request, f"{ticket}:{code}.{attachment_id}.{until}"))
    if not fits or int(until) <= request.app[keys.CLOCK].now().timestamp():
        return None
    read = read_code(code)
    return (read, int(attachment_id)) if read else None


def _ticket(request: web.Request) -> str:
    return read_cookie(request, COOKIE) or ""


def _signed(request: web.Request, about: str) -> str:
    return sign(request.app[keys.SECRET_KEY], "track_pass", about)
