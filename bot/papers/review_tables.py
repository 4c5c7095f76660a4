"""The tables of a review. A cell is a number, a text that stands for one, or None where nobody counted."""

from collections.abc import Callable, Sequence

from bot.domain.figures import Figures, share_of
from bot.domain.outcome import Outcome
from bot.domain.review import Row, Satisfaction
from bot.papers.blocks import Cell, Column, Table, Unit, one_line
from bot.papers.hot_map import spots_shown
from bot.papers.review_facts import Facts, most_first, with_cases

_NUMBERS = ("closed", *(f"outcomes.{one.value}" for one in Outcome), "kept", "missed", "disputed", "reopened")
_CASE_COLUMNS = ("accepted", "accepted_before", *(name.removeprefix("outcomes.") for name in _NUMBERS))


def case_tables(facts: Facts) -> list[Table]:
    """By kind, category, ward (of a city) and channel: those there is anything in."""
    review = facts.review
    asked: list[tuple[str, str, Sequence[Row], Callable[[str], str]]] = [
        ("kinds", "kind", review.kinds, facts.kind_name),
        ("categories", "category", most_first(with_cases(review.categories)), facts.category_name),
        ("wards", "ward", review.wards if review.ward_code is None else (), facts.ward_name),
        ("channels", "channel", review.channels, facts.channel_name),
    ]
    return [_case_table(facts, *one) for one in asked if one[2]]


def _case_table(facts: Facts, name: str, first: str, rows: Sequence[Row], name_of: Callable[[str], str]) -> Table:
    columns = [Column(facts.say(f"paper_col_{first}"), Unit.TEXT, 14)]
    columns += [Column(facts.say(f"paper_col_{column}")) for column in _CASE_COLUMNS]
    cells = [[name_of(row.key), *_case_cells(facts, row)] for row in rows]
    cells.append([facts.say("paper_total"), *_case_cells(facts, facts.review.total)])
    is_withheld = any(row.few or row.untold or row.few_before or row.untold_before for row in rows)
    return Table(
        name=facts.say(f"paper_sheet_{name}"),
        caption=facts.say(f"paper_table_{name}", n="{n}"),
        columns=columns,
        rows=cells,
        has_total=True,
        notes=[facts.say("review_note_few")] if is_withheld else [],
    )


def _case_cells(facts: Facts, row: Row) -> list[Cell]:
    """In the order of `_CASE_COLUMNS`."""
    return [facts.cell(row, "accepted"), facts.cell_before(row, "accepted"), *(facts.cell(row, name) for name in _NUMBERS)]


def closing_table(facts: Facts) -> Table:
    """Deadlines, quality and satisfaction, with the term before beside them."""
    total, review = facts.review.total, facts.review
    before = _closing_numbers(total.before, review.satisfaction_before)
    rows: list[list[Cell]] = [
        [facts.say(f"paper_fig_{name}"), number, before[name] if review.has_before else None]
        for name, number in _closing_numbers(total.now, review.satisfaction).items()
    ]
    stars, stars_before = review.satisfaction.stars, review.satisfaction_before.stars
    if stars or stars_before:
        for star in range(5, 0, -1):
            name = facts.say("paper_fig_stars", n=star)
            rows.append([name, stars.get(star, 0), facts.before(stars_before.get(star, 0))])
    return _pairs(facts, "closing", rows)


def _closing_numbers(figures: Figures, satisfaction: Satisfaction) -> dict[str, int | None]:
    return {
        "kept": figures.kept,
        "missed": figures.missed,
        "share_kept": share_of(figures.kept, figures.kept + figures.missed),
        "median": figures.to_close.within(0.5),
        "longest": figures.to_close.within(1.0),
        "answer": figures.to_answer.within(0.5),
        "disputed": figures.disputed,
        "reopened": figures.reopened,
        "closings": figures.closings,
        "objections": figures.objections,
        "reopenings": figures.reopenings,
        "told": figures.told,
        "bare": figures.bare,
        "quick": figures.quick,
        "overrides": figures.overrides,
        "moved": figures.moved,
        "postponed": figures.postponed,
        "escalated": figures.escalated,
        "undelivered": figures.undelivered,
        "asked": satisfaction.asked or None,  # nought is nobody asked, or nobody who counted it
        "resolved": None if satisfaction.is_few else satisfaction.resolved,
        "unresolved": None if satisfaction.is_few else satisfaction.unresolved,
    }


def campaign_table(facts: Facts) -> Table:
    """What the ledger says. Groups that nobody entered are no figure, and never nought."""
    now, before = facts.review.campaign, facts.review.campaign_before
    boards, boards_before = now.boards, before.boards
    asked: list[tuple[str, int | None, int | None]] = [
        ("boards", boards.standing, boards_before.standing),
        ("boards_good", boards.good, boards_before.good),
        ("boards_worn", boards.worn, boards_before.worn),
        ("boards_torn", boards.torn, boards_before.torn),
        ("boards_missing", boards.missing, boards_before.missing),
        ("boards_posted", boards.posted, boards_before.posted),
        ("boards_checked", boards.checked, boards_before.checked),
        ("boards_repaired", boards.repaired, boards_before.repaired),
        ("boards_reported", boards.reported, boards_before.reported),
        ("boards_overdue", boards.overdue, boards_before.overdue),
        ("panels", now.panels, before.panels),
        ("inspections", now.inspections, before.inspections),
        ("violations", now.violations_found, before.violations_found),
        ("reminded", now.reminded, before.reminded),
        ("criticised", now.criticised, before.criticised),
        ("disciplined", now.disciplined, before.disciplined),
        ("seminars", now.seminars, before.seminars),
        ("people", now.seminar_people, before.seminar_people),
        ("groups_reached", now.groups_reached, before.groups_reached),
        ("groups", now.groups or None, before.groups or None),
        ("leaflets", now.leaflets, before.leaflets),
        ("radio", now.radio_slots, before.radio_slots),
        ("meetings", now.unit_meetings, before.unit_meetings),
        ("essays", now.essays, before.essays),
        ("shortlisted", now.essays_shortlisted, before.essays_shortlisted),
        ("commended_people", now.commended_people, before.commended_people),
        ("commended_groups", now.commended_groups, before.commended_groups),
    ]
    has_before = facts.has_ledger_before
    rows: list[list[Cell]] = [
        [facts.say(f"paper_fig_{name}"), number, earlier if has_before else None] for name, number, earlier in asked
    ]
    return _pairs(facts, "campaign", rows)


def _pairs(facts: Facts, name: str, rows: list[list[Cell]]) -> Table:
    columns = [
        Column(facts.say("paper_col_figure"), Unit.TEXT, 12),
        Column(facts.say("paper_col_now")),
        Column(facts.say("paper_col_before")),
    ]
    has_gaps = any(cell is None for row in rows for cell in row)
    return Table(
        name=facts.say(f"paper_sheet_{name}"),
        caption=facts.say(f"paper_table_{name}", n="{n}"),
        columns=columns,
        rows=rows,
        notes=[facts.say("paper_note_uncounted")] if has_gaps else [],
    )


def spots_table(facts: Facts) -> Table | None:
    """The hot spots, numbered as on the map."""
    spots = spots_shown(facts.review.hot_spots)
    if not spots:
        return None
    columns = [
        Column(facts.say("paper_col_rank"), Unit.COUNT, 1),
        Column(facts.say("paper_col_spot"), Unit.TEXT, 5),
        Column(facts.say("paper_col_most"), Unit.TEXT, 8),
        Column(facts.say("paper_col_cases"), Unit.COUNT, 2),
    ]
    rows: list[list[Cell]] = [
        [number, facts.ward_name(spot.ward_code or ""), facts.category_name(spot.category), spot.cases]
        for number, spot in enumerate(spots, start=1)
    ]
    return Table(name=facts.say("paper_sheet_spots"), caption=facts.say("paper_table_spots"), columns=columns, rows=rows)


def commended_table(facts: Facts) -> Table | None:
    """Those who agreed to be named."""
    named = [one for one in facts.review.campaign.commended if one_line(one.name)]
    if not named:
        return None
    columns = [
        Column(facts.say("paper_col_name"), Unit.TEXT, 5),
        Column(facts.say("paper_col_sort"), Unit.TEXT, 2),
        Column(facts.say("paper_col_deed"), Unit.TEXT, 8),
    ]
    rows: list[list[Cell]] = [
        [one_line(one.name), facts.say("paper_group" if one.is_group else "paper_person"), one_line(one.deed)]
        for one in named
    ]
    return Table(
        name=facts.say("paper_sheet_commended"), caption=facts.say("paper_table_commended"), columns=columns, rows=rows
    )
