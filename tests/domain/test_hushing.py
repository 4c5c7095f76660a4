"""No table of a review gives away how few wrote about officials, however its reader adds and subtracts."""

from dataclasses import replace
from fractions import Fraction
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.figures import SMALL, Figures, Outcomes
from bot.domain.hushing import COLUMNS, SENSITIVE_KINDS, hush, value_of
from bot.domain.outcome import Outcome
from bot.domain.review import FEW, Review, Row, Term

KIND_OF = {"off_a": "conduct_official", "off_b": "conduct_official", "off_c": "conduct_official", "lamp": "violation_public"}
KIND_OF |= {"litter": "violation_public", "bench": "suggestion", "": ""}
TERM = Term.half(2026, 1)

figures = st.builds(
    Figures,
    accepted=st.integers(0, 7),
    closed=st.integers(0, 7),
    kept=st.integers(0, 6),
    missed=st.integers(0, 2),
    bare=st.integers(0, 6),
    outcomes=st.builds(Outcomes, st.dictionaries(st.sampled_from(Outcome), st.integers(1, 6), max_size=2)),
)


def review_of(now: dict[str, Figures], before: dict[str, Figures]) -> Review:
    """Of figures by category: each case is of its category's kind."""
    nothing = Figures()

    def rows(named: dict[str, str]) -> list[Row]:
        keys = sorted(set(named.values()))
        sums = {
            key: [sum((side.get(one, nothing) for one in named if named[one] == key), nothing) for side in (now, before)]
            for key in keys
        }
        return [Row(key=key, now=sums[key][0], before=sums[key][1]) for key in keys]

    used = {one for one in KIND_OF if one in now or one in before}
    total = Row(key="", now=sum(now.values(), nothing), before=sum(before.values(), nothing))
    return Review(
        term=TERM,
        ward_code=None,
        total=total,
        kinds=rows({one: KIND_OF[one] for one in used}),
        categories=rows({one: one for one in used}),
    )


def solutions(rows: list[dict[str, int]], cell: str) -> bool:
    """Whether some combination of these sums is that cell alone: its unit vector lies in what they span."""

    def rank(matrix: list[list[Fraction]]) -> int:
        matrix, found = [row[:] for row in matrix], 0
        for column in range(len(matrix[0]) if matrix else 0):
            pivot = next((row for row in matrix[found:] if row[column]), None)
            if pivot is None:
                continue
            matrix.remove(pivot)
            matrix = [
                [a - row[column] / pivot[column] * b for a, b in zip(row, pivot, strict=True)] if place >= found else row
                for place, row in enumerate(matrix)
            ]
            matrix.insert(found, pivot)
            found += 1
        return found

    names = sorted(set(chain.from_iterable(rows)) | {cell})
    told = [[Fraction(row.get(name, 0)) for name in names] for row in rows]
    wanted = [Fraction(name == cell) for name in names]
    return rank([*told, wanted]) == rank(told)


def what_a_reader_knows(review: Review, column: str, *, before: bool) -> list[dict[str, int]]:
    """Every sum of cells that is told, over the categories alone, as somebody would write it down who knows the kinds."""
    kinds = {row.key for row in review.kinds}
    categories = [row.key for row in review.categories]
    known = [dict.fromkeys(categories, 1)]  # the total
    # A kind with a line but no category of its own has cases that no category tells: it stands for itself.
    alone = {kind for kind in kinds if not any(KIND_OF.get(key, "") == kind for key in categories)}
    by_kinds = {key: 1 for key in categories if KIND_OF.get(key, "") in kinds} | {f"kind {kind}": 1 for kind in alone}
    known.append(by_kinds)
    for row in review.kinds:
        if not row.mark(column, before=before):
            known.append({key: 1 for key in categories if KIND_OF.get(key, "") == row.key} or {f"kind {row.key}": 1})
    for row in review.categories:
        if not row.mark(column, before=before):
            known.append({row.key: 1})
    return known


@settings(max_examples=30, deadline=None)
@given(
    now=st.dictionaries(st.sampled_from(sorted(KIND_OF)), figures, max_size=7),
    before=st.dictionaries(st.sampled_from(sorted(KIND_OF)), figures, max_size=7),
)
def test_no_small_number_about_officials_can_be_reckoned(now: dict[str, Figures], before: dict[str, Figures]) -> None:
    """Neither by taking what is told from a total, nor by any other sum of what is told; and no hidden number is left."""
    plain = review_of(now, before)
    told = hush(plain, KIND_OF)
    exact = {(table, row.key): row for table, rows in (("k", plain.kinds), ("c", plain.categories)) for row in rows}
    for table, rows in (("k", told.kinds), ("c", told.categories)):
        for row in rows:
            kind = row.key if table == "k" else KIND_OF.get(row.key, "")
            was = exact.get((table, row.key), Row(key="", now=Figures(), before=Figures()))
            for is_before, figures_, before_ in ((False, was.now, row.now), (True, was.before, row.before)):
                for column in COLUMNS:
                    number, mark = value_of(figures_, column), row.mark(column, before=is_before)
                    assert value_of(before_, column) == (0 if mark else number)
                    assert mark != FEW or number < SMALL
                    if kind not in SENSITIVE_KINDS or not 0 < number < SMALL:
                        continue
                    assert mark == FEW, (table, row.key, column)
                    known = what_a_reader_knows(told, column, before=is_before)
                    if table == "c":
                        assert not solutions(known, row.key), (row.key, column)
                    else:
                        own = [key for key in KIND_OF if KIND_OF[key] == kind and any(r.key == key for r in told.categories)]
                        together = [
                            {**{name: n for name, n in sums.items() if name not in own}, "own": sums[own[0]]}
                            for sums in known
                            if len({sums.get(name, 0) for name in own}) == 1
                            for sums in [{**dict.fromkeys(own, 0), **sums}]
                        ]
                        assert not solutions(together, "own"), (row.key, column)


def test_three_reports_about_officials_are_said_to_be_few() -> None:
    """And the lamps, from which one could subtract them, are not told; what is not about officials is told as it is."""
    plain = review_of({"off_a": Figures(accepted=3), "lamp": Figures(accepted=40), "bench": Figures(accepted=2)}, {})
    told = hush(plain, KIND_OF)
    shown = {row.key: row.mark("accepted") or row.now.accepted for row in told.kinds}
    assert shown == {"conduct_official": "< 5", "violation_public": "*", "suggestion": 2}
    assert told.total == plain.total


def test_a_single_line_hides_behind_one_that_nobody_is_in() -> None:
    """Where all that came in is about officials, the total is not the answer."""
    told = hush(review_of({"off_a": Figures(accepted=3)}, {}), KIND_OF)
    assert {row.key: row.mark("accepted") for row in told.kinds} == {"conduct_official": "< 5", "other": "*"}


def test_where_enough_wrote_everything_is_told() -> None:
    """Five are no longer few: the review is left as it is."""
    plain = review_of({"off_a": Figures(accepted=5, closed=5, kept=5), "lamp": Figures(accepted=1)}, {})
    told = hush(plain, KIND_OF)
    assert [row.now for row in told.kinds] == [row.now for row in plain.kinds]
    assert replace(told, kinds=plain.kinds, categories=plain.categories) == plain
