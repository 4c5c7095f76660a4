"""Which review a page is about: a term and a place, read from an address, and offered in its form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from aiohttp import web

from admin.guard import Visit
from admin.settings.choices import ward_options
from admin.settings.fields import Option
from bot.domain.city_day import city_day
from bot.domain.people import WARD_ROLES
from bot.domain.review import Term
from bot.domain.rights import Right
from bot.domain.ward import WardCode
from bot.routing.wards import Wards
from bot.services.setting import read_day
from bot.services.term_names import term_name
from bot.web import keys

REPORTS = "/staff/reports"
REVIEW = f"{REPORTS}/review"
YEARS = 3  # that the form offers


@dataclass(frozen=True, slots=True)
class Asked:
    """A review: its term, and its ward, or None for the city's."""

    term: Term
    ward_code: WardCode | None
    trouble_key: str = ""  # why it is not the one that was asked for

    @property
    def address(self) -> str:
        return f"{REVIEW}?{urlencode({'term': self.term.name, 'ward': self.ward_code or ''})}"


def today_of(visit: Visit) -> date:
    return city_day(visit.now, visit.request.app[keys.SETTINGS].zone)


def read_asked(visit: Visit, query: Mapping[str, str]) -> Asked:
    """What was asked for; where nothing was, the present half year of one's own place.

    Raises:
        web.HTTPForbidden: They may read no reviews, or not of that place.
        web.HTTPNotFound: There is no such ward.
    """
    if not visit.viewer.may(Right.DASHBOARD):
        raise web.HTTPForbidden
    today = today_of(visit)
    term, trouble = _term(query, today)
    if term.first > today:
        term, trouble = _present(today), "review_term_to_come"
    return Asked(term, _place(visit, query.get("ward")), trouble)


def _present(today: date) -> Term:
    return Term.half(today.year, 1 if today.month <= 6 else 2)


def _term(query: Mapping[str, str], today: date) -> tuple[Term, str]:
    first, last = (read_day(query.get(name, "")[:20]) for name in ("from", "to"))
    if query.get("from") or query.get("to"):
        if first is None or last is None or first.year < 2000:
            return _present(today), "review_days_unreadable"
        return (_present(today), "review_days_reversed") if last < first else (Term.days(first, last), "")
    try:
        return (Term.read(query["term"]), "") if query.get("term") else (_present(today), "")
    except ValueError:
        return _present(today), "review_days_unreadable"


def _place(visit: Visit, asked: str | None) -> WardCode | None:
    is_of_ward = visit.staff.role in WARD_ROLES
    if not asked:
        return visit.staff.ward_code if is_of_ward else None
    if asked not in visit.request.app[keys.WARDS]:
        raise web.HTTPNotFound
    may_see = any(one.ward_code in (None, asked) for one in visit.viewer.standings())
    if not may_see or (is_of_ward and not any(one.ward_code == asked for one in visit.viewer.standings())):
        raise web.HTTPForbidden
    return WardCode(asked)


def term_options(visit: Visit) -> list[Option]:
    """The halves and years that have begun, newest first."""
    today = today_of(visit)
    terms = [
        term
        for year in range(today.year, today.year - YEARS, -1)
        for term in (Term.year(year), Term.half(year, 2), Term.half(year, 1))
        if term.first <= today
    ]
    names = [(term.name, term_name(visit.language, term)) for term in terms]
    return [Option(value=value, label=name[:1].upper() + name[1:]) for value, name in names]


def place_options(visit: Visit) -> list[Option]:
    """The city and its wards, for those who see more than one; empty for all others."""
    wards: Wards = visit.request.app[keys.WARDS]
    if visit.staff.role not in WARD_ROLES:
        return ward_options(visit, wards, "review_city")
    own = {one.ward_code for one in visit.viewer.standings()}
    return ward_options(visit, [ward for ward in wards if ward.code in own]) if len(own) > 1 else []
