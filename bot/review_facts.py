"""A review as JSON for programs, and as plain text for a terminal; what stands in a document is `bot.papers`' affair.

Both say what may be told and no more: a number that is not told is its mark ("< 5", "*").
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.figures import Figures, Hours
from bot.domain.hushing import COLUMNS, value_of
from bot.domain.people import Language
from bot.domain.review import FEW, Left, Review, Row, Satisfaction, Section
from bot.routing.wards import Wards
from bot.services.staff_change import ward_name
from bot.services.term_names import term_name
from bot.understanding.categories import load_categories
from bot.wording import say

SCHEMA = 1  # of the JSON; rises when a field changes its meaning or goes
TABLES = ("kinds", "categories", "wards", "channels")
_TIMES = ("to_answer", "to_close")
# What the text says of each row, and of all; the JSON says everything.
FACTS = (
    *("accepted", "closed", "kept", "missed", "disputed", "reopened", "bare"),
    *("waiting", "overdue"),
)


def row_name(language: Language, table: str, key: str, wards: Wards) -> str:
    """What a row of a table is called."""
    if table == "wards":
        if not key:
            return say(language, "desk_no_ward")
        name = ward_name(language, wards[key]) if key in wards else key
        return name[:1].upper() + name[1:]
    if not key:
        return say(language, "dashboard_none")
    if table == "categories":
        known = load_categories().get(key)
        return key if known is None else known.vi if language is Language.VI else known.en
    return say(language, f"desk_{'kind' if table == 'kinds' else 'channel'}_{key}")


def as_json(review: Review, wards: Wards, language: Language) -> str:
    """One line; keys in a fixed order. Times are whole hours, None without a case; days are ISO 8601."""
    term = {"kind": review.term.kind.value, "first": str(review.term.first), "last": str(review.term.last)}
    told = {
        "schema": SCHEMA,
        "term": term | {"name": review.term.name},
        "ward": review.ward_code,
        "counted_to": str(review.counted_to),
        "counted_on": str(review.counted_on),
        "is_early": review.is_early,
        "total": _sides(review.total),
        **{
            table: [{"key": row.key, "name": row_name(language, table, row.key, wards), **_sides(row)} for row in rows]
            for table in TABLES
            for rows in [getattr(review, table)]
        },
        "satisfaction": {"now": _satisfied(review.satisfaction), "before": _satisfied(review.satisfaction_before)},
        "hot_spots": [
            {"lat": one.point.lat, "lon": one.point.lon, "ward": one.ward_code, "category": one.category, "cases": one.cases}
            for one in review.hot_spots
        ],
        "left_out": {reason.value: _left(review, reason) for reason in review.left_out},
        "wordless": review.wordless,
        "texts": {section.value: review.texts.get(section, "") for section in Section},
        "notes": [say(language, key) for key in review.notes],
    }
    return json.dumps(told, ensure_ascii=False) + "\n"


def _left(review: Review, reason: Left) -> int | str:
    number = review.left_out[reason]
    return FEW if reason is Left.HIDDEN and not number else number


def _sides(row: Row) -> dict[str, Any]:
    return {"now": _side(row, row.now, before=False), "before": _side(row, row.before, before=True)}


def _side(row: Row, figures: Figures, *, before: bool) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name in COLUMNS:
        if before and name in ("waiting", "overdue"):  # of now alone
            continue
        mark = row.mark(name, before=before)
        told[name] = mark or (_hours(getattr(figures, name)) if name in _TIMES else value_of(figures, name))
    return told


def _hours(hours: Hours) -> dict[str, int | None]:
    return {"cases": hours.number, "median": hours.within(0.5), "longest": hours.within(1)}


def _satisfied(told: Satisfaction) -> dict[str, Any]:
    stars: Mapping[int, int] = told.stars
    return {
        "asked": told.asked,
        "resolved": None if told.is_few else told.resolved,
        "unresolved": None if told.is_few else told.unresolved,
        "stars": {str(number): stars.get(number, 0) for number in range(1, 6)} if stars else None,
    }


def as_text(review: Review, wards: Wards, language: Language) -> str:
    """For reading in a terminal, or aloud; the last part says how everything is counted."""
    return "\n".join(_lines(review, wards, language)) + "\n"


def _lines(review: Review, wards: Wards, language: Language) -> Iterator[str]:
    place = row_name(language, "wards", review.ward_code, wards) if review.ward_code else say(language, "review_city")
    yield say(language, "review_heading", place=place, term=term_name(language, review.term))
    yield say(language, "review_counted", to=f"{review.counted_to:%d/%m/%Y}", on=f"{review.counted_on:%d/%m/%Y}")
    if review.is_early:
        yield say(language, "review_early")
    if not review.total.now.accepted:
        yield say(language, "review_empty")
    yield ""
    yield from (f"{say(language, f'review_fact_{name}')}: {_told(review.total, name)}" for name in FACTS)
    for name in _TIMES:
        yield f"{say(language, f'review_fact_{name}')}: {_times(language, getattr(review.total.now, name))}"
    for outcome in COLUMNS:
        if outcome.startswith("outcomes."):
            key = f"figures_outcome_{outcome.removeprefix('outcomes.')}"
            yield f"{say(language, key)}: {_told(review.total, outcome)}"
    yield from _opinions(review, language)
    for table in TABLES:
        yield from ("", say(language, f"review_table_{table}"))
        for row in getattr(review, table):
            numbers = "; ".join(f"{say(language, f'review_fact_{name}')} {_told(row, name)}" for name in FACTS)
            yield f"- {row_name(language, table, row.key, wards)}: {numbers}"
    for section in Section:
        if review.texts.get(section):
            yield from ("", say(language, f"review_section_{section.value}"), review.texts[section])
    yield from ("", say(language, "review_left_out"))
    for reason in review.left_out:
        yield f"- {say(language, f'review_left_{reason.value}')}: {_left(review, reason)}"
    yield f"- {say(language, 'review_left_wordless')}: {review.wordless}"
    yield from ("", say(language, "review_notes"))
    yield from (f"- {say(language, key)}" for key in review.notes)


def _opinions(review: Review, language: Language) -> Iterator[str]:
    now = review.satisfaction
    if now.is_few:
        yield say(language, "review_satisfaction_few", asked=now.asked)
    else:
        yield say(language, "review_satisfaction", asked=now.asked, resolved=now.resolved, unresolved=now.unresolved)


def _told(row: Row, name: str) -> str:
    """The number, and that of the term before in brackets."""
    now = row.mark(name) or str(value_of(row.now, name))
    if name in ("waiting", "overdue"):
        return now
    return f"{now} ({row.mark(name, before=True) or value_of(row.before, name)})"


def _times(language: Language, hours: Hours) -> str:
    median, longest = hours.within(0.5), hours.within(1)
    if median is None or longest is None:
        return "–"
    return say(language, "review_times", median=median, longest=longest)
