"""The sentences of a review, section by section. Each reads well also for none, for one, and without a term before."""

from collections.abc import Callable, Iterator

from bot.domain.case import CaseKind
from bot.domain.figures import SMALL, Hours, share_of
from bot.domain.outcome import Outcome
from bot.domain.people import Language
from bot.domain.review import Left, Row, Section
from bot.papers.blocks import Manner, Paragraph, clean, one_line
from bot.papers.hot_map import spots_shown
from bot.papers.numbers import count, day
from bot.papers.review_facts import Facts, is_marked, most_first
from bot.wording import has

_DAYS_FROM = 72  # hours; a longer time is said in days
_MOST_NAMED = 3


def opening(facts: Facts) -> Iterator[str]:
    yield facts.say("paper_opening", office=facts.office, term=facts.term)
    if facts.review.is_early and facts.review.counted_to:
        yield facts.say("paper_early", day=day(facts.review.counted_to))


def by_staff(facts: Facts, section: Section) -> Iterator[Paragraph]:
    """What staff wrote, paragraph by paragraph, or the gap that they have to fill."""
    lines = [line for line in map(one_line, clean(facts.review.texts.get(section, "")).split("\n")) if line]
    if not lines:
        yield Paragraph(facts.say("paper_gap"), Manner.GAP)
    for line in lines:
        yield Paragraph(line)


def leadership(facts: Facts) -> Iterator[str]:
    yield _counted(facts, "paper_meetings", facts.review.campaign.unit_meetings, facts.review.campaign_before.unit_meetings)


def officials(facts: Facts) -> Iterator[str]:
    row = facts.kind(CaseKind.CONDUCT)
    if is_marked(row):
        yield facts.say("paper_conduct_small")
        return
    yield _counted(facts, "paper_conduct", row.now.accepted, row.before.accepted, of_ledger=False, place=facts.place)
    if row.mark("closed"):
        return
    if row.now.accepted and row.now.closed == row.now.accepted:
        yield facts.say("paper_conduct_closed_all")
    elif row.now.accepted:
        yield facts.say("paper_conduct_closed", n=row.now.closed, closed=facts.number(row.now.closed))


def boards(facts: Facts) -> Iterator[str]:
    now = facts.review.campaign.boards
    numbers = {name: facts.number(getattr(now, name)) for name in ("good", "worn", "torn", "missing")}
    if now.standing:
        yield facts.counted("paper_boards_standing", now.standing, **numbers)
    else:
        yield facts.say("paper_boards_none")
    if now.posted or now.checked or now.repaired or now.reported:
        done = {name: facts.number(getattr(now, name)) for name in ("posted", "checked", "repaired", "reported")}
        yield facts.say("paper_boards_done", **done)
    if now.overdue:
        yield facts.counted("paper_boards_overdue", now.overdue)
    if panels := facts.review.campaign.panels:
        yield facts.counted("paper_panels", panels)


def campaign(facts: Facts) -> Iterator[str]:
    now, before = facts.review.campaign, facts.review.campaign_before
    yield _counted(facts, "paper_seminars", now.seminars, before.seminars, people=facts.number(now.seminar_people))
    if now.groups:
        share = share_of(min(now.groups_reached, now.groups), now.groups)
        numbers = {"reached": facts.number(now.groups_reached), "groups": facts.number(now.groups)}
        if share is None:
            yield facts.say("paper_groups_few", **numbers)
        else:
            yield facts.say("paper_groups", share=f"{share}%", **numbers)
    else:
        yield facts.say("paper_groups_unknown")
    yield _counted(facts, "paper_leaflets", now.leaflets, before.leaflets)
    yield _counted(facts, "paper_radio", now.radio_slots, before.radio_slots)


def doubtful(facts: Facts) -> Iterator[Paragraph]:
    """Entries that look wrong, to be mended before anybody signs."""
    found = facts.review.campaign.doubtful
    if found:
        yield Paragraph(facts.say("paper_doubtful"), Manner.GAP)
    for line in found:
        yield Paragraph("- " + (facts.say(line) if has(facts.language, line) else one_line(line)), Manner.GAP)


def inspections(facts: Facts) -> Iterator[str]:
    now, before = facts.review.campaign, facts.review.campaign_before
    yield _counted(
        facts, "paper_inspections", now.inspections, before.inspections, violations=facts.number(now.violations_found)
    )
    came = {name: facts.number(getattr(now, name)) for name in ("reminded", "criticised", "disciplined")}
    if now.reminded or now.criticised or now.disciplined:
        yield facts.say("paper_inspections_came", **came)
    yield from _of_kind(facts, "paper_public", CaseKind.VIOLATION)


def received(facts: Facts) -> Iterator[str]:
    review = facts.review
    now, before = review.total.now.accepted, review.total.before.accepted
    yield _counted(facts, "paper_received", now, before, of_ledger=False, place=facts.place)
    shown = [row for row in most_first(review.categories) if row.now.accepted]
    if shown and now >= SMALL:
        yield facts.say("paper_most", list=_list(facts, shown[:_MOST_NAMED], facts.category_name))
    channels = [row for row in review.channels if row.now.accepted]
    if channels:
        yield facts.say("paper_channels", list=_list(facts, channels, facts.channel_name))
    if review.ward_code is None and review.wards:
        with_some = sum(1 for row in review.wards if row.key and row.now.accepted)
        yield facts.say("paper_wards_with", count=facts.number(with_some), all=facts.number(len(facts.places.wards)))


def outcomes(facts: Facts) -> Iterator[str]:
    now = facts.review.total.now
    still_open = facts.number(max(now.accepted - now.closed, 0))
    if not now.accepted:
        yield facts.say("paper_nothing_to_close")
    elif not now.closed:
        yield facts.say("paper_closed_none", open=still_open)
    else:
        ended = [
            facts.say("paper_outcome_one", name=facts.say(f"outcome_{one.value}"), count=facts.number(now.outcomes.of(one)))
            for one in Outcome
            if now.outcomes.of(one)
        ]
        yield facts.say(
            "paper_closed", n=now.closed, closed=facts.number(now.closed), open=still_open, list="; ".join(ended)
        )


def deadlines(facts: Facts) -> Iterator[str]:
    now, before = facts.review.total.now, facts.review.total.before
    due = now.kept + now.missed
    numbers = {"kept": facts.number(now.kept), "missed": facts.number(now.missed)}
    if not due:
        yield facts.say("paper_kept_none")
    elif due < SMALL:
        yield facts.say("paper_kept_few", **numbers)
    else:
        earlier = facts.share(before.kept, before.kept + before.missed) if facts.review.has_before else ""
        beside = f" {facts.say('paper_kept_before', share=earlier)}" if earlier else ""
        yield facts.say("paper_kept", share=facts.share(now.kept, due), change=beside, **numbers)
    if now.to_answer.number:
        yield facts.say("paper_answer_hours", median=_hours(facts, now.to_answer, 0.5))
    if now.to_close.number:
        yield facts.say("paper_hours", median=_hours(facts, now.to_close, 0.5), longest=_hours(facts, now.to_close, 1.0))


def quality(facts: Facts) -> Iterator[str]:
    now, before = facts.review.total.now, facts.review.total.before
    change = facts.change(now.disputed, before.disputed)
    if now.disputed:
        yield facts.say(
            "paper_disputed",
            n=now.disputed,
            disputed=facts.number(now.disputed),
            change=change,
            reopened=facts.number(now.reopened),
        )
    else:
        yield facts.say("paper_disputed_none", change=change)
    if now.told:
        told = {name: facts.number(getattr(now, name)) for name in ("told", "bare", "quick", "overrides")}
        yield facts.say("paper_bare", n=now.told, **told)
    if now.untold:
        yield facts.counted("paper_bare_untold", now.untold)
    if now.moved or now.postponed or now.escalated or now.undelivered:
        moved = {name: facts.number(getattr(now, name)) for name in ("moved", "postponed", "escalated", "undelivered")}
        yield facts.say("paper_moved", **moved)


def satisfaction(facts: Facts) -> Iterator[str]:
    now, before = facts.review.satisfaction, facts.review.satisfaction_before
    answered = now.resolved + now.unresolved
    numbers = {"resolved": facts.number(now.resolved), "unresolved": facts.number(now.unresolved)}
    if now.is_few and now.asked:
        yield facts.say("paper_satisfied_few", n=now.asked, asked=facts.number(now.asked))
    elif now.asked:
        asked = facts.number(now.asked)
        yield facts.say("paper_satisfied", n=now.asked, asked=asked, answered=facts.number(answered), **numbers)
    elif answered:
        yield facts.say("paper_satisfied_answers", n=answered, answered=facts.number(answered), **numbers)
    else:
        yield facts.say("paper_satisfied_none")
    stars = sum(now.stars.values())
    if stars >= SMALL:
        tenths = (20 * sum(star * number for star, number in now.stars.items()) + stars) // (2 * stars)
        point = "," if facts.language is Language.VI else "."
        yield facts.counted("paper_stars", stars, mean=f"{tenths // 10}{point}{tenths % 10}")
    if facts.review.has_before and before.resolved + before.unresolved:
        yield facts.say(
            "paper_satisfied_before", resolved=facts.number(before.resolved), unresolved=facts.number(before.unresolved)
        )


def spots(facts: Facts) -> str:
    return facts.say("paper_spots" if spots_shown(facts.review.hot_spots) else "paper_spots_none", least=SMALL)


def commended(facts: Facts) -> Iterator[str]:
    now, before = facts.review.campaign, facts.review.campaign_before
    people, groups = now.commended_people, now.commended_groups
    if people or groups:
        yield facts.say(
            "paper_commended",
            people=facts.number(people),
            people_change=facts.change(people, before.commended_people, of_ledger=True),
            groups=facts.number(groups),
            groups_change=facts.change(groups, before.commended_groups, of_ledger=True),
        )
    else:
        yield facts.say(
            "paper_commended_none", change=facts.change(0, before.commended_people + before.commended_groups, of_ledger=True)
        )
    yield from _of_kind(facts, "paper_praise", CaseKind.COMMENDATION)
    if now.essays:
        shortlisted = facts.number(now.essays_shortlisted)
        change = facts.change(now.essays, before.essays, of_ledger=True)
        yield facts.counted("paper_essays", now.essays, change=change, shortlisted=shortlisted)
    named = sum(1 for one in now.commended if one_line(one.name))
    if named and people + groups > named:
        yield facts.counted("paper_unnamed", people + groups - named)
    elif named:
        yield facts.say("paper_named")


def method(facts: Facts) -> Iterator[str]:
    """How the figures were made, and every case that is not among them."""
    review = facts.review
    term, before = review.term, review.term.before
    days = {"before_first": day(before.first), "before_last": day(before.last)}
    yield facts.say("paper_method_term", first=day(term.first), last=day(term.last), **days)
    if not review.has_before:
        yield facts.say("paper_method_uncounted")
    elif review.is_early and review.counted_to:
        yield facts.say("paper_method_early", day=day(review.counted_to))
    if review.counted_on:
        yield facts.say("paper_method_stand", day=day(review.counted_on))
    yield from map(facts.say, review.notes)
    yield from _left_out(facts)
    yield facts.say("paper_method_map")
    yield facts.say("paper_method_machine")


def _left_out(facts: Facts) -> Iterator[str]:
    review = facts.review
    if joined := review.left_out.get(Left.JOINED, 0):
        yield facts.counted("paper_method_joined", joined)
    hidden = review.left_out.get(Left.HIDDEN)
    if hidden is not None:  # told in fives
        yield (
            facts.say("paper_method_hidden", count=facts.number(hidden)) if hidden else facts.say("paper_method_hidden_few")
        )
    if not joined and hidden is None:
        yield facts.say("paper_method_none_left")
    if review.wordless:
        yield facts.counted("paper_method_wordless", review.wordless)


def _counted(facts: Facts, key: str, now: int, before: int, *, of_ledger: bool = True, **values: object) -> str:
    """The sentence of this number, or `<key>_none` for nought."""
    change = facts.change(now, before, of_ledger=of_ledger)
    if now == 0:
        values.pop("people", None)
        values.pop("violations", None)
        return facts.say(f"{key}_none", change=change, **values)
    return facts.counted(key, now, change=change, **values)


def _of_kind(facts: Facts, key: str, kind: CaseKind) -> Iterator[str]:
    row = facts.kind(kind)
    if not is_marked(row):
        yield _counted(facts, key, row.now.accepted, row.before.accepted, of_ledger=False)


def _list(facts: Facts, rows: list[Row], name_of: Callable[[str], str]) -> str:
    return "; ".join(
        facts.say("paper_most_one", name=name_of(row.key), count=count(row.now.accepted, facts.language)) for row in rows
    )


def _hours(facts: Facts, hours: Hours, share: float) -> str:
    """ "5 giờ", "4 ngày": rounded up to whole days from three days on."""
    number = hours.within(share) or 0
    if number < 1:
        return facts.say("paper_hour_less")
    if number < _DAYS_FROM:
        return facts.say("paper_hours_one", n=number)
    return facts.say("paper_days_one", n=-(-number // 24))
