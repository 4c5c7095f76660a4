"""A question's parameters: which cases, from when to when, how many, in which order. Whatever is none of them is ignored.

A parameter that is empty is as one that was not sent. Both ends of a span belong to it, to the second: a case is found by
the very moments that it is shown with. Moments have a zone ("Z" or "+07:00"); a "+" that came as a space is one.

Beyond GeoReport: `page` and `page_size`, or `after` (the id of the last case read) with `page_size`, read the oldest first,
so that what comes in meanwhile stands at the end; `updated_after` and `updated_before`; `extensions=true`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.case import CaseCode, CaseStatus, read_code
from bot.domain.serving import LONGEST_SPAN, MOST_SERVED, Place, Sought
from public.open311.refusing import Refused, missing, wrong
from public.open311.services import categories_of, service_codes

USUAL_PAGE, LARGEST_PAGE = 50, 500
FARTHEST = 5_000  # rows that pages lead to; whoever reads on uses `after`, which costs the same everywhere
MOST_IDS = 500  # of one question: an address of 8 KB holds no more
BEGINNING, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)
_A_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question for a list. `ids` overrides everything else; `page_size` 0: no paging, the newest first."""

    ids: tuple[CaseCode, ...] | None
    sought: Sought
    page_size: int = 0
    page: int = 1
    after: str = ""  # an `after` as `cursor` makes it
    is_extended: bool = False


def read_question(query: Mapping[str, str], now: datetime) -> Asked:
    """What is asked for.

    Raises:
        Refused: A parameter is malformed, a span is too long, or there is no such service.
    """
    is_extended = wants_extensions(query)
    if ids := _items(query, "service_request_id"):
        if len(ids) > MOST_IDS:
            raise wrong("open311_too_many_ids", most=MOST_IDS)
        codes = tuple(dict.fromkeys(code for one in ids if (code := read_id(one)) is not None))
        return Asked(ids=codes, sought=_everything(now), is_extended=is_extended)
    since, until = _span(query, now)
    sought = Sought(
        categories=categories_of(_services(query)),
        statuses=_statuses(query),
        since=since,
        until=until,
        updated_since=_moment(query, "updated_after") or BEGINNING,
        updated_until=_to_the_second(_moment(query, "updated_before") or END),
    )
    page, page_size, after = _pages(query)
    return Asked(ids=None, sought=sought, page=page, page_size=page_size, after=after, is_extended=is_extended)


def read_id(text: str) -> CaseCode | None:
    """The case's code, exactly as we gave it out: an id is no number, and nothing is guessed at. None where it is none."""
    code = read_code(text)
    return code if code == text else None


def wants_extensions(query: Mapping[str, str]) -> bool:
    return _one(query, "extensions").lower() == "true"


def read_span(query: Mapping[str, str], now: datetime) -> Sought:
    """The span alone, with every service and state, for a table of all."""
    since, until = _span(query, now)
    everything = _everything(now)
    return Sought(
        categories=everything.categories,
        statuses=everything.statuses,
        since=since,
        until=until,
        updated_since=BEGINNING,
        updated_until=END,
    )


def cursor(at: datetime, code: CaseCode) -> str:
    """Where to read on: everything in it stands in the answer as well."""
    micros = int((at - BEGINNING) / timedelta(microseconds=1))
    return f"{micros}.{code}"


def place_of(after: str) -> Place | None:
    """None: from the beginning."""
    if not after:
        return None
    micros, _, text = after.partition(".")
    code = read_id(text)
    if code is None or not (micros.isascii() and micros.isdigit() and len(micros) <= 17):
        raise wrong("open311_bad_after")
    return Place(BEGINNING + timedelta(microseconds=int(micros)), code)


def _everything(now: datetime) -> Sought:
    return Sought(
        categories=categories_of(service_codes()),
        statuses=tuple(CaseStatus),
        since=now - LONGEST_SPAN,
        until=_to_the_second(now),
        updated_since=BEGINNING,
        updated_until=END,
    )


def _one(query: Mapping[str, str], name: str) -> str:
    return query.get(name, "").strip()


def _items(query: Mapping[str, str], name: str) -> list[str]:
    return [item.strip() for item in _one(query, name).split(",") if item.strip()]


def _services(query: Mapping[str, str]) -> tuple[str, ...]:
    codes = tuple(_items(query, "service_code"))
    if set(codes) - set(service_codes()):
        raise missing("open311_no_such_service")
    return codes or service_codes()


def _statuses(query: Mapping[str, str]) -> tuple[CaseStatus, ...]:
    try:
        return tuple(dict.fromkeys(CaseStatus(item) for item in _items(query, "status"))) or tuple(CaseStatus)
    except ValueError:
        raise wrong("open311_bad_status") from None


def _span(query: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    """First moment and the one behind the last. One end alone means the 90 days from it on, or before it."""
    start, end = _moment(query, "start_date"), _moment(query, "end_date")
    if start is None:
        end = end or now
        start = max(end - LONGEST_SPAN, BEGINNING)
    elif end is None:
        end = start + LONGEST_SPAN
    if end < start:
        raise wrong("open311_span_backwards")
    if end - start > LONGEST_SPAN:
        raise wrong("open311_span_too_long", days=LONGEST_SPAN.days)
    return start.replace(microsecond=0), _to_the_second(end)


def _to_the_second(end: datetime) -> datetime:
    return end.replace(microsecond=0) + _SECOND


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    text = _one(query, name)
    if not text:
        return None
    found = read_moment(text)
    if found is None:
        raise wrong("open311_bad_moment", name=name)
    return found


def read_moment(text: str) -> datetime | None:
    """The moment, in UTC; None where it is none, has no zone, or lies where nothing of ours can."""
    text = re.sub(r" (?=\d\d:\d\d$)", "+", text.strip().upper())
    if not _A_MOMENT.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if BEGINNING <= found <= END - LONGEST_SPAN else None


def _pages(query: Mapping[str, str]) -> tuple[int, int, str]:
    """The page's number, its size (0: no paging was asked for) and where to read on."""
    page, size, after = _one(query, "page"), _one(query, "page_size"), _one(query, "after")
    if page and after:
        raise wrong("open311_page_and_after")
    place_of(after)  # refuses what is none
    if not (page or size or after):
        return 1, 0, ""
    rows = _number(size or str(USUAL_PAGE), "page_size", LARGEST_PAGE)
    return _number(page or "1", "page", FARTHEST // rows), rows, after


def _number(text: str, name: str, most: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
    if not 0 < number <= most:
        raise wrong("open311_bad_number", name=name, most=most)
    return number


__all__ = ["MOST_SERVED", "Asked", "Refused", "cursor", "place_of", "read_id", "read_moment", "read_question", "read_span"]
