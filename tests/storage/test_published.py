"""What everybody may read: whatever happens to cases in whatever order, it is what a plain reading of the rules says."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from bot.domain.case import Case, CaseKind, Desk
from bot.domain.people import Role, StaffMember, Unit
from bot.domain.publishing import Ending, NewPublication, Place, Publication, State, Wording, new_slug
from bot.domain.staffing import Exclusion, Why
from bot.domain.ward import Point
from bot.ports import UnitOfWork, Viewer
from storage import Database, published
from storage.tables import cases
from storage.unit_of_work import SqlUnitOfWork
from tests.storage.cast import BA_DINH, LATER, NOW, TAY_HO, file_case, hire

TOMORROW = NOW + timedelta(days=1)
KINDS = {CaseKind.SUGGESTION, CaseKind.VIOLATION, CaseKind.PANEL, CaseKind.QUESTION, CaseKind.OTHER}
# What may happen to a case, and how its row says so.
TURNS: dict[str, dict[str, object]] = {
    "goes to the restricted desk": {"desk": "restricted"},
    "goes to the leaders": {"desk": "leaders"},
    "goes to the city as disputed": {"desk": "disputed"},
    "comes back to the general desk": {"desk": "general"},
    "is about an official": {"accused": "official"},
    "is about nobody": {"accused": ""},
    "names a unit": {"accused_unit": "police"},
    "is sensitive": {"is_sensitive": True},
    "is not sensitive": {"is_sensitive": False},
    "is of somebody unknown": {"is_anonymous": True},
    "is of somebody known": {"is_anonymous": False},
    "is an emergency": {"is_emergency": True},
    "is none": {"is_emergency": False},
    "is about conduct": {"kind": "conduct_official"},
    "is praise": {"kind": "commendation"},
    "is a suggestion": {"kind": "suggestion"},
    "moves": {"ward_code": BA_DINH},
    "moves back": {"ward_code": TAY_HO},
    "is closed": {"status": "closed"},
    "is opened": {"status": "open"},
    "shall be forgotten": {"erase_asked_at": NOW},
    "shall stay": {"erase_asked_at": None},
    "is erased": {"erased_at": NOW},
}
ACTS = ("proposes", "approves", "agrees", "declines", "withdraws", "takes down", "disputes", "joins", "leaves", "bars")
FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@dataclass
class Known:
    """What is known of a case without asking the database for it."""

    case: Case
    row: dict[str, object] = field(default_factory=dict)
    main: int | None = None
    disputes: int = 0
    is_barred: bool = False
    text: str = ""  # of the publication that goes on
    state: State = State.ENDED
    seen: tuple[object, int] = ("", 0)  # ward and disputes when it was proposed

    def says(self, name: str, otherwise: object) -> object:
        return self.row.get(name, otherwise)

    @property
    def is_nobodys_secret(self) -> bool:
        return (
            self.says("desk", "general") == "general"
            and CaseKind(str(self.says("kind", "suggestion"))) in KINDS
            and not any(self.says(name, False) for name in ("accused", "accused_unit"))
            and not any(self.says(name, False) for name in ("is_sensitive", "is_anonymous", "is_emergency"))
        )

    def is_public(self, others: "list[Known]") -> bool:
        """The rules, one after the other."""
        if self.state is not State.AGREED or self.seen != (self.says("ward_code", TAY_HO), self.disputes):
            return False
        if not self.is_nobodys_secret or self.main is not None or self.is_barred:
            return False
        if self.says("erased_at", None) or self.says("erase_asked_at", None):
            return False
        if self.disputes and self.says("status", "open") == "open":
            return False
        return all(other.is_nobodys_secret for other in others if other.main == self.case.id)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[int, str]]:
    """Which of three cases, and what happens. They begin with a text that was agreed to, so that there is much to lose."""
    later = st.tuples(st.integers(0, 2), st.one_of(st.sampled_from(sorted(TURNS)), st.sampled_from(ACTS)))
    begun = [(number, act) for number in draw(st.sets(st.integers(0, 2))) for act in ACTS[:3]]
    return begun + draw(st.lists(later, max_size=14))


async def happens(uow: UnitOfWork, all_: list[Known], which: int, act: str, staff: tuple[StaffMember, ...]) -> None:
    """Do it, and note what was done."""
    one, (an, binh) = all_[which], staff
    if act in TURNS:
        one.row |= TURNS[act]
        await _write(uow, one, TURNS[act])
        return
    live = [found for found in await uow.publications.of_case(one.case.id) if found.state is not State.ENDED]
    if act == "proposes":
        one.text, one.state, one.seen = new_slug(), State.PROPOSED, (one.says("ward_code", TAY_HO), one.disputes)
        await uow.publications.add(proposal(one.case, one.text, an, ward=str(one.seen[0]), disputes=one.disputes))
    elif act == "approves" and live:
        done = await uow.publications.approve(live[0].id, by=binh.id, now=NOW)
        assert done == (one.state is State.PROPOSED)
        one.state = State.ASKED if done else one.state
    elif act == "agrees" and live:
        done = await uow.publications.agree(live[0].id, now=NOW, published_at=TOMORROW)
        assert done == (one.state is State.ASKED)
        one.state = State.AGREED if done else one.state
    elif act in ("declines", "withdraws", "takes down") and live:
        ending = {"declines": Ending.DECLINED, "withdraws": Ending.WITHDRAWN}.get(act, Ending.TAKEN_DOWN)
        assert await uow.publications.end(live[0].id, ending, now=NOW, by=an.id)
        one.state = State.ENDED
    elif act == "disputes":
        one.disputes += 1
        one.row["status"] = "open"
        await _write(uow, one, {"disputes": one.disputes, "status": "open"})
    elif act in ("joins", "leaves"):
        one.main = all_[(which + 1) % 3].case.id if act == "joins" else None
        await _write(uow, one, {"main_case_id": one.main})
    elif act == "bars":
        one.is_barred = True
        await uow.exclusions.add([Exclusion(case_id=one.case.id, staff_id=binh.id, why=Why.OTHER)])


async def _write(uow: UnitOfWork, one: Known, values: dict[str, object]) -> None:
    assert isinstance(uow, SqlUnitOfWork)
    await uow._link.run(update(cases).where(cases.c.id == one.case.id).values(values))


def proposal(
    case: Case, text: str, by: StaffMember, *, ward: str = TAY_HO, disputes: int = 0, slug: str = ""
) -> NewPublication:
    return NewPublication(
        case_id=case.id,
        ward_code=TAY_HO if ward == TAY_HO else BA_DINH,
        category=case.category,
        slug=slug or new_slug(),
        wording=Wording(title=f"t{text}", text=text, answer=f"a{text}", point=Point(21.061, 105.824)),
        by=by.id,
        at=NOW,
        disputes=disputes,
    )


async def shown(uow: UnitOfWork, now: datetime = TOMORROW) -> set[str]:
    """The texts that everybody may read, over every way of asking; they must agree."""
    [every, there, elsewhere] = [
        {found.text for found in await uow.publications.page(now=now, most=50, ward_code=ward)}
        for ward in (None, TAY_HO, BA_DINH)
    ]
    assert every == there | elsewhere
    return every


async def found_apart(uow: UnitOfWork, all_: list[Known]) -> set[str]:
    """The same, case by case and slug by slug."""
    ids = [one.case.id for one in all_]
    of_cases = {one.text for one in (await uow.publications.public_of(ids, TOMORROW)).values()}
    slugs = [text.slug for one in all_ for text in await uow.publications.of_case(one.case.id)]
    by_slug = {found.text for slug in slugs if (found := await uow.publications.public(slug, TOMORROW))}
    assert of_cases == by_slug
    return of_cases


@FEW
@given(history=histories())
async def test_a_text_is_public_exactly_while_every_rule_holds(database: Database, history: list[tuple[int, str]]) -> None:
    """After each thing that happens, on both engines; before its day nothing is."""
    async with database.begin() as uow:  # never committed: the next history begins with none
        staff = (await hire(uow, "an"), await hire(uow, "binh", role=Role.WARD_LEADER))
        all_ = [Known(await file_case(uow, kind=CaseKind.SUGGESTION)) for _ in range(3)]
        for which, act in history:
            await happens(uow, all_, which, act, staff)
            expected = {one.text for one in all_ if one.is_public(all_)}
            assert await shown(uow) == expected, (which, act)
        assert await found_apart(uow, all_) == expected if history else True
        assert await shown(uow, TOMORROW - timedelta(seconds=1)) == set()
        for one in all_:
            for ended in await uow.publications.of_case(one.case.id):
                assert ended.state is not State.ENDED or ended.wording == Wording(title="", text="", answer="")


HIDES = [name for name, row in TURNS.items() if any(row.values()) and row not in ({"desk": "general"}, {"status": "closed"})]
HIDES = [name for name in HIDES if name not in ("is a suggestion", "moves back", "is opened")]


@pytest.mark.parametrize("act", [*HIDES, "disputes", "joins", "bars"])
async def test_a_leak_would_be_found(sqlite_database: Database, act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """That it can fail: each thing that hides a text is seen to hide it, and a page that does not ask shows it all."""
    async with sqlite_database.begin() as uow:
        staff = (await hire(uow, "an"), await hire(uow, "binh", role=Role.WARD_LEADER))
        all_ = [Known(await file_case(uow, kind=CaseKind.SUGGESTION)) for _ in range(3)]
        for done in ACTS[:3]:
            await happens(uow, all_, 0, done, staff)
        assert await shown(uow) == {all_[0].text}
        await happens(uow, all_, 0, act, staff)
        assert not all_[0].is_public(all_)
        assert await shown(uow) == set()
        forgets = published._with_case.select().with_only_columns(*published._read.selected_columns)
        monkeypatch.setitem(published._PAGES, (False, False), forgets)
        assert {one.text for one in await uow.publications.page(now=TOMORROW, most=50)} == {all_[0].text}


async def test_pages_are_walked_without_a_gap_and_newest_first(database: Database) -> None:
    """Also where many have the same day: then by their slugs, which are in no order of cases."""
    async with database.begin() as uow:
        an, binh = await hire(uow, "an"), await hire(uow, "binh", role=Role.WARD_LEADER)
        for number in range(7):
            case = await file_case(uow, kind=CaseKind.SUGGESTION)
            added = await uow.publications.add(proposal(case, f"{number}", an))
            await uow.publications.approve(added, by=binh.id, now=NOW)
            await uow.publications.agree(added, now=NOW, published_at=NOW + timedelta(days=number // 3))
        later = NOW + timedelta(days=9)
        walked, after = [], None
        while page := await uow.publications.page(now=later, most=2, ward_code=TAY_HO, after=after):
            walked += page
            after = Place(page[-1].published_at, page[-1].slug)
        assert [one.text for one in walked] != sorted(one.text for one in walked)
        assert {one.text for one in walked} == {str(number) for number in range(7)}
        assert len(walked) == 7
        assert walked == sorted(walked, key=lambda one: (one.published_at, one.slug), reverse=True)


async def test_nobody_is_their_own_second_pair_of_eyes(database: Database) -> None:
    async with database.begin() as uow:
        an = await hire(uow, "an", role=Role.WARD_LEADER)
        case = await file_case(uow, kind=CaseKind.SUGGESTION)
        added = await uow.publications.add(proposal(case, "x", an))
        assert not await uow.publications.approve(added, by=an.id, now=NOW)


async def test_the_desk_lists_what_goes_on_of_the_cases_one_may_see(database: Database) -> None:
    async with database.begin() as uow:
        an, binh = await hire(uow, "an"), await hire(uow, "binh", BA_DINH)
        here, there = await file_case(uow), await file_case(uow, ward=BA_DINH)
        secret = await file_case(uow, desk=Desk.RESTRICTED, accused_unit=Unit.POLICE)
        for case, text in ((here, "here"), (there, "there"), (secret, "secret")):
            await uow.publications.add(proposal(case, text, an, ward=case.ward_code or ""))
        for member, expected in ((an, ["here"]), (binh, ["there"])):
            listed = await uow.publications.listed(Viewer.of(member), now=LATER, most=9)
            assert [one.publication.wording.text for one in listed] == expected
            assert [(one.is_public, one.proposed_by_name) for one in listed] == [(False, "Trần Minh")]


async def test_what_is_erased_leaves_no_text(database: Database) -> None:
    async with database.begin() as uow:
        an = await hire(uow, "an")
        case = await file_case(uow)
        await uow.publications.add(proposal(case, "x", an, slug="0123456789ab"))
        await uow.erasure.erase(case, tombstone="…", now=NOW)
        assert await uow.publications.of_case(case.id) == []
        gone: Publication | None = await uow.publications.by_slug("0123456789ab")
        assert gone is None
