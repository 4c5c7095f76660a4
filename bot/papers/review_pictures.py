"""The charts and the map of a review: the same drawings in every document and on the desk's page."""

from collections.abc import Callable, Iterator, Sequence

from bot.domain.outcome import Outcome
from bot.domain.review import Row
from bot.papers.blocks import Picture
from bot.papers.charts import Bar, Drawn, draw_bars
from bot.papers.hot_map import draw_map, spots_shown
from bot.papers.review_facts import Facts, is_marked, most_first, with_cases

_MOST_CATEGORIES = 10
_WIDE, _TALL = 160.0, 120.0  # millimetres at most: the room between the margins, and half a page


def kinds_chart(facts: Facts) -> Picture | None:
    return _chart(facts, "kinds", _bars(facts, with_cases(facts.review.kinds), facts.kind_name))


def categories_chart(facts: Facts) -> Picture | None:
    rows = [row for row in most_first(with_cases(facts.review.categories)) if not is_marked(row)]
    return _chart(facts, "categories", _bars(facts, rows[:_MOST_CATEGORIES], facts.category_name))


def outcomes_chart(facts: Facts) -> Picture | None:
    total = facts.review.total
    if not total.now.closed and not (facts.review.has_before and total.before.closed):
        return None
    bars = [
        _bar(facts, facts.say(f"paper_col_{one.value}"), total.now.outcomes.of(one), total.before.outcomes.of(one))
        for one in Outcome
    ]
    return _chart(facts, "outcomes", bars)


def deadlines_chart(facts: Facts) -> Picture | None:
    now, before = facts.review.total.now, facts.review.total.before
    if not now.kept + now.missed:
        return None
    bars = [
        _bar(facts, facts.say("paper_col_kept"), now.kept, before.kept),
        _bar(facts, facts.say("paper_col_missed"), now.missed, before.missed),
    ]
    return _chart(facts, "deadlines", bars)


def spots_map(facts: Facts) -> Picture | None:
    """None where there is nothing to show, or no border to show it in."""
    spots = spots_shown(facts.review.hot_spots)
    if not spots:
        return None
    said = facts.say("paper_map_said", place=facts.place, n=len(spots))
    drawn = draw_map(spots, facts.review.ward_code, facts.places, facts.language, said)
    return _picture(drawn, facts.say("paper_chart_map"), said) if drawn else None


def _bars(facts: Facts, rows: Sequence[Row], name_of: Callable[[str], str]) -> list[Bar]:
    return [
        Bar(name_of(row.key), None, None, row.mark("accepted") or facts.number(row.now.accepted), "")
        if is_marked(row)
        else _bar(facts, name_of(row.key), row.now.accepted, row.before.accepted)
        for row in rows
    ]


def _bar(facts: Facts, name: str, now: int, before: int) -> Bar:
    if not facts.review.has_before:
        return Bar(name, now, None, facts.number(now))
    return Bar(name, now, before, facts.number(now), facts.number(before))


def _chart(facts: Facts, name: str, bars: Sequence[Bar]) -> Picture | None:
    if all(bar.now is None for bar in bars):
        return None
    caption = facts.say(f"paper_chart_{name}", n="{n}")
    told = "; ".join(_told(facts, bar) for bar in bars)
    said = facts.say("paper_chart_said", caption=caption.split(". ", 1)[-1], list=told)
    before = facts.say("paper_chart_before") if facts.review.has_before else ""
    drawn = draw_bars(name, bars, now=facts.say("paper_chart_now"), before=before, said=said)
    return _picture(drawn, caption, said)


def _told(facts: Facts, bar: Bar) -> str:
    if bar.before is None:
        return f"{bar.name} {bar.now_text}"
    return facts.say("paper_chart_said_one", name=bar.name, now=bar.now_text, before=bar.before_text)


def _picture(drawn: Drawn, caption: str, said: str) -> Picture:
    scale = min(_WIDE / drawn.width, _TALL / drawn.height)
    return Picture(svg=drawn.svg, caption=caption, said=said, width=drawn.width * scale, height=drawn.height * scale)


def all_pictures(facts: Facts) -> Iterator[Picture]:
    """In the order of the document, for a page that shows them."""
    for draw in (kinds_chart, categories_chart, outcomes_chart, deadlines_chart, spots_map):
        if picture := draw(facts):
            yield picture
