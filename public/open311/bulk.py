"""All cases of a span as one table: GeoReport Bulk's columns, RFC 4180, read and sent a page at a time.

The same cases as in the lists, with the same words and no others; cells that a spreadsheet would compute are made safe.
"""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import hdrs, web

from bot.domain.case import CaseStatus
from bot.domain.people import Language
from bot.domain.serving import Place, ServedCase, Sought
from bot.exporting import as_cell
from bot.web import keys
from bot.web.language import page_language
from public.open311.asking import read_span
from public.open311.requests import as_request
from public.open311.spoken import add_headers, moment, plain

COLUMNS = (
    *("service_request_id", "requested_datetime", "updated_datetime", "closed_date", "status_description", "status_notes"),
    *("source", "service_name", "service_subtype", "description", "agency_responsible", "address", "lat", "long"),
)
ROWS = 500  # of one page
_MARK = "\ufeff"  # without it a spreadsheet reads Vietnamese as something else


async def stream_bulk(request: web.Request) -> web.StreamResponse:
    """`GET /bulk.csv?start_date=&end_date=`: both ends belong to it, at most 90 days; without them the latest ones."""
    sought = read_span(request.query, request.app[keys.CLOCK].now())
    first = await _page(request, None, sought)  # before anything is sent: what goes wrong can still be said
    response = web.StreamResponse()
    add_headers(request, response)
    response.headers["Content-Type"] = "text/csv; charset=utf-8; header=present"
    response.headers["Content-Disposition"] = 'attachment; filename="requests.csv"'
    await response.prepare(request)
    if request.method == hdrs.METH_HEAD:  # a body would be read as the next answer
        return response
    await response.write((_MARK + lines([COLUMNS])).encode())
    async for page in _pages(request, first, sought):
        await response.write(lines([_row(request, case) for case in page]).encode())
    await response.write_eof()
    return response


def lines(rows: list[Any]) -> str:
    """Rows as RFC 4180 has them."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


async def _pages(request: web.Request, page: list[ServedCase], sought: Sought) -> AsyncIterator[list[ServedCase]]:
    while page:
        yield page
        if len(page) < ROWS:
            return
        page = await _page(request, Place(page[-1].requested_at, page[-1].code), sought)


async def _page(request: web.Request, after: Place | None, sought: Sought) -> list[ServedCase]:
    async with request.app[keys.STORAGE].reading() as uow:
        return await uow.served.oldest(sought, ROWS, request.app[keys.CLOCK].now(), after=after)


def _row(request: web.Request, case: ServedCase) -> list[str]:
    language: Language = page_language(request)
    told = as_request(case, request.app[keys.WARDS], language)
    is_closed = case.status is CaseStatus.CLOSED
    told |= {
        "closed_date": case.updated_at if is_closed else None,
        "status_description": told["status"],
        "source": None,
        "service_subtype": None,
    }
    return [_cell(told[name]) for name in COLUMNS]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)  # a number, also below nought: what a spreadsheet reads as one
    return as_cell(str(plain(value))) if isinstance(value, str) else moment(value)
