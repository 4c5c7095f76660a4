"""The schema can be walked up and down with people in it, and the tables in the code are the tables in the database."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, inspect, text

from bot.domain.bulletin import Bulletin
from bot.domain.case import CaseId, CaseStatus, Desk
from bot.domain.clocks.state import next_alarm
from bot.domain.closing import NewClosing
from bot.domain.correction import Correction
from bot.domain.evidence import Finding, FindingKind
from bot.domain.guessing import Counted
from bot.domain.ledger import CodeOf, EntryKind, LedgerSetting, NewBoard, NewEntry, NewPraise, Source
from bot.domain.long_work import NewWork, WorkKind
from bot.domain.neighbours import CHOICES, NewSubscription
from bot.domain.notices import Choices, Reason
from bot.domain.outcome import Outcome
from bot.domain.people import Address, Channel, Language, Role, StaffId, Unit
from bot.domain.proposal import NewProposal, ProposalKind
from bot.domain.publishing import NewPublication, Wording
from bot.domain.review import Section, Term
from bot.domain.review_texts import Round, TextsDraft
from bot.domain.signing_in import HalfSession
from bot.domain.staffing import DraftForm, Exclusion, NewTemplate, StaffDraft, Why
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage
from bot.domain.trail import TrailHead, TrailPoint
from bot.ports import Rating, UnitOfWork, Viewer
from storage import Database, migrating
from storage.case_tally import digits
from storage.migrations import HEAD
from storage.tables import case_keys, is_ours, metadata, resident_keys, sealed_tables, vault_keys
from tests.closing import report
from tests.databases import PostgresDatabases
from tests.storage.cast import (
    BA_DINH,
    HOA,
    LAN,
    LATER,
    NOW,
    TAY_HO,
    a_case,
    file_case,
    hire,
    keep,
    photo,
    resident,
    says,
    update,
)

HOA_ON_ZALO = Address(Channel.ZALO, "77ab")
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A database without tables, not yet opened."""
    if request.param == "sqlite":
        return Database("", data_dir=tmp_path / "data")
    return Database(request.getfixturevalue("empty_postgres"))


@pytest.fixture
async def empty_postgres(postgres_server: PostgresDatabases) -> str:
    return await postgres_server.empty()


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(migrating.SCRIPTS))
    return ScriptDirectory.from_config(config)


def revisions() -> list[str]:
    """Oldest first."""
    return [script.revision for script in reversed(list(scripts().walk_revisions()))]


async def walk(database: Database, direction: str, revision: str) -> None:
    async with database._transaction() as connection:
        await getattr(migrating, f"{direction}grade")(connection, revision)
        await connection.commit()


async def tables(database: Database) -> set[str]:
    async with database._transaction() as connection:
        found = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        return {name for name in found if is_ours(None, name)}


async def differences(database: Database) -> list[object]:
    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_ours})
        return list(compare_metadata(context, metadata))

    async with database._transaction() as connection:
        return await connection.run_sync(compare)


async def furnish(uow: UnitOfWork, case_id: CaseId, minh: StaffId) -> None:
    """What staff keep beside the cases."""
    chief = (await hire(uow, "chief", role=Role.WARD_LEADER, unit=Unit.LEADERSHIP)).id
    await hire(uow, "inspector", None, Role.INSPECTOR)
    away = {"staff_id": chief, "deputy_id": minh, "from_at": NOW, "until_at": LATER, "made_by": chief}
    await uow.absences.add(**away, now=NOW)  # type: ignore[arg-type]  # ids and moments, each where it belongs
    await uow.exclusions.add([Exclusion(case_id=case_id, staff_id=chief, why=Why.ACCUSED)])
    await uow.exclusions.name_unit(case_id, Unit.POLICE)
    await uow.drafts.put(StaffDraft(staff_id=minh, case_id=case_id, form=DraftForm.REPLY, text="x", updated_at=NOW))
    await uow.views.put(minh, "x", "status=open")
    await uow.templates.add(NewTemplate(ward_code=TAY_HO, name="x", language=Language.VI, text="x"))
    await uow.presences.say(case_id, minh, NOW, is_writing=True)
    await uow.openings.ask(case_id, asked_by=minh, reason="x", now=NOW)
    await uow.staff_chats.begin(minh, Channel.ZALO, "0" * 64, until=LATER)
    await uow.staff_chats.link(HOA_ON_ZALO, "0" * 64, NOW)
    await uow.staff_chats.begin(minh, Channel.TELEGRAM, "1" * 64, until=LATER)
    await uow.notices.choose(minh, Choices(), digest_at=NOW)
    await uow.notices.note(case_id, EventKind.NOTED, NOW, by=chief, about=minh)
    await uow.notices.spread([], {minh: [(case_id, Reason.ARRIVED)]}, NOW)
    await uow.second_factors.put(minh, "sealed", NOW)
    await uow.second_factors.put_codes(minh, ["0" * 64])
    await uow.second_factors.use_step(minh, 59_000_000)
    await uow.guesses.put({"0" * 64: Counted((1.5,), 1, 1.5)})
    half = HalfSession(id_hash="0" * 64, staff_id=minh, browser_hash="1" * 64, created_at=NOW)
    await uow.sessions.add_half(half, drop_before=NOW)
    await uow.prints.put("f" * 64, [3, 7], NOW)
    finding = Finding(photo="f" * 64, kind=FindingKind.NO_DATA)
    await uow.evidence.add(case_id, [finding], staff_id=minh, reason="", now=NOW)


async def fill_ledger(uow: UnitOfWork, case_id: CaseId, minh: StaffId) -> None:
    """A board that the case came through and is about, a seminar for a group, somebody to be praised."""
    day = NOW.date()
    board = NewBoard(ward_code=TAY_HO, code=CodeOf.PUBLIC, place="x", point=None, posted_on=day, due_on=day)
    number = await uow.boards.add(board, staff_id=minh, now=NOW)
    await uow.boards.came_from(case_id, number, NOW)
    await uow.boards.is_about(case_id, number, NOW)
    await uow.ledger.add_groups(TAY_HO, ["Tổ dân phố số 1"])
    [group] = await uow.ledger.groups(TAY_HO, first=day, last=day)
    entry = NewEntry(
        ward_code=TAY_HO, kind=EntryKind.SEMINAR, day=day, code=CodeOf.BOTH, number=40, words="x", groups=(group.id,)
    )
    await uow.ledger.add(entry, doubts=["doubt_future"], staff_id=minh, now=NOW)
    await uow.ledger.decide(TAY_HO, LedgerSetting(inhabitants=60_000), NOW)
    praise = NewPraise(ward_code=TAY_HO, name="x", is_group=False, deed="x", source=Source.CHAT, day=day, case_id=case_id)
    await uow.praises.add(praise)


async def populate(database: Database) -> None:
    """Somebody in every table."""
    await keep(database, update(1, "lan"), update(2, "hoa", unreadable="not JSON"))
    async with database.begin() as uow:
        case, minh = await file_case(uow), await hire(uow)
        message = NewMessage(case_id=case.id, author=Author.STAFF, text="x", at=NOW, staff_id=minh.id, files=(photo(),))
        message_id = await uow.cases.add_message(message)
        await uow.cases.edit_message(message_id, "y", NOW)
        await uow.outbox.add([says("x", case=case, message_id=message_id)], NOW)
        await uow.corrections.add(
            Correction(case_id=case.id, text="x", point=case.point, guess=(TAY_HO,), truth=BA_DINH, at=NOW)
        )
        await uow.ratings.put(Rating(case_id=case.id, closed_at=NOW, is_resolved=True, stars=5, at=NOW))
        await uow.tries.add(LAN, now=NOW, window=timedelta(hours=1))
        await uow.deadlines.put("vio_noise", 3, NOW)
        await uow.calendar.sweep(date(2026, 12, 31), NOW)
        await uow.audit.record(action="x", now=NOW, staff_id=minh.id, subject=TAY_HO)
        await uow.audit.add_head(TrailHead(number=1, at=NOW, point=TrailPoint(1, 1, "0" * 64), previous="", key="K"))
        await uow.mentions.add(case.id, message_id, minh.id, NOW)
        await furnish(uow, case.id, minh.id)
        await fill_ledger(uow, case.id, minh.id)
        await uow.api_keys.add("x", "0" * 64, per_minute=1, now=NOW, by=minh.id)
        await uow.service_lists.became("0" * 64, NOW)
        told = NewSubscription(name="x", address="https://x.example", secret="x", kinds=frozenset(CHOICES), made_by=minh.id)
        await uow.neighbours.ping((await uow.neighbours.add(told, NOW)).id, "evt_x", NOW)
        await uow.file_links.add("0" * 64, "f" * 64, until=LATER, now=NOW)
        await uow.closings.add(
            NewClosing(case_id=case.id, at=NOW, closer_id=minh.id, report=report(), message_id=message_id, minutes_open=5)
        )
        await uow.proposals.add(
            NewProposal(case_id=case.id, kind=ProposalKind.CLOSE, by=minh.id, at=NOW, version=case.version, report=report())
        )
        await uow.publications.add(
            NewPublication(
                case_id=case.id,
                ward_code=TAY_HO,
                category="lighting",
                slug="0123456789ab",
                wording=Wording(title="x", text="x", answer="x"),
                by=minh.id,
                at=NOW,
                disputes=0,
            )
        )
        await uow.long_works.begin(
            NewWork(
                staff_id=minh.id, kind=WorkKind.EXPORT, asked={"ward": TAY_HO}, file_name="x.csv", media_type="text/csv"
            ),
            NOW,
        )
        await uow.bulletins.put(
            Bulletin(ward_code=TAY_HO, first=date(2026, 1, 1), last=date(2026, 6, 30), text="x", version=0), minh.id, NOW
        )
        half = Term.half(2026, 1)
        await uow.reviews.begin([TAY_HO], half, NOW)
        await uow.reviews.put_draft(TAY_HO, half, TextsDraft(texts={Section.TASKS: "x"}, version=0, at=NOW), by=minh.id)
        await uow.reviews.set_rounds([Round(half, NOW)])
        await uow.commit()
    await wrap_keys(database)


async def wrap_keys(database: Database) -> None:
    """What only a database with a secret key has."""
    async with database._transaction() as connection:
        for table, whose in ((vault_keys, "x"), (case_keys, 1), (resident_keys, 1)):
            [key] = table.primary_key.columns
            await connection.execute(insert(table).values({key.name: whose, "wrapped": "x", "made_at": NOW}))
        await connection.execute(insert(sealed_tables).values(name="x"))
        await connection.commit()


async def test_every_step_can_be_walked_up_down_and_up_again_with_people_in_it(empty: Database) -> None:
    await empty.open(migrate=False)
    assert await tables(empty) <= {"alembic_version"}
    steps = revisions()
    assert steps
    for step, below in zip(steps, ["base", *steps], strict=False):
        await walk(empty, "up", step)
        if step == HEAD:
            await populate(empty)
        await walk(empty, "down", below)
        await walk(empty, "up", step)
    await walk(empty, "down", "base")
    assert await tables(empty) <= {"alembic_version"}
    await empty.migrate()
    await populate(empty)
    await empty.close()


async def test_an_older_database_keeps_its_cases_and_begins_to_keep_corrections(empty: Database) -> None:
    """What was corrected is given up on the way down, and nothing else is."""
    await empty.open()
    await populate(empty)
    await walk(empty, "down", "2026_11_22_begin")
    assert "routing_corrections" not in await tables(empty)
    await walk(empty, "up", "2026_11_22_keep_corrections")
    async with empty._transaction() as connection:
        counted = [
            (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar()
            for table in ("cases", "messages", "routing_corrections")
        ]
    assert counted == [1, 1, 0]
    await empty.close()


async def test_the_last_ward_is_that_of_the_newest_case_that_has_one(empty: Database) -> None:
    """Lan's last case has no ward, the one before has; Hoa never filed any."""
    await empty.open()
    for ward, desk in ((BA_DINH, Desk.GENERAL), (TAY_HO, Desk.RESTRICTED), (None, Desk.UNPLACED)):
        await a_case(empty, ward=ward, desk=desk)
    async with empty.begin() as uow:
        before = [await resident(uow, LAN), await resident(uow, HOA)]
        await uow.commit()
    await walk(empty, "down", "2026_11_22_keep_corrections")
    async with empty._transaction() as connection:
        columns = await connection.run_sync(lambda sync: inspect(sync).get_columns("conversations"))
    assert "last_ward" not in {column["name"] for column in columns}
    await walk(empty, "up", "2026_11_22_remember_last_ward")
    await walk(empty, "up", HEAD)  # today's code reads today's tables
    async with empty.reading() as uow:
        after = [await uow.conversations.get(LAN), await uow.conversations.get(HOA)]
    assert after == [replace(before[0], last_ward=TAY_HO), before[1]]
    await empty.close()


async def test_closings_from_before_the_gate_know_their_outcome_and_their_moment(empty: Database) -> None:
    """One is closed, one open: the closed one has a row, and nobody is said to have proved anything."""
    await empty.open()
    async with empty.begin() as uow:
        minh = await hire(uow)
        await uow.commit()
    done, waiting = await a_case(empty), await a_case(empty, address=HOA)
    async with empty.begin() as uow:
        closed = await uow.cases.change(done, status=CaseStatus.CLOSED, outcome=Outcome.REFUSED, closed_at=NOW)
        await uow.closings.add(
            NewClosing(case_id=done.id, at=NOW, closer_id=minh.id, report=report(), message_id=None, minutes_open=5)
        )
        await uow.commit()
    await walk(empty, "down", "2026_11_22_hear_the_last_word")
    await walk(empty, "up", HEAD)
    async with empty.reading() as uow:
        [known] = await uow.closings.of_case(done.id)
        assert await uow.closings.newest(waiting.id) is None
    assert (known.report.outcome, known.at) == (closed.outcome, closed.closed_at)
    assert (known.is_gated, known.closer_id, known.minutes_open, known.has_evidence) == (False, None, None, False)
    await empty.close()


async def test_an_answer_that_waits_to_be_told_is_known_again(empty: Database) -> None:
    """One answered, one told, one answered since; and a chat's, which nobody has to tell."""
    await empty.open()
    people = [Address(Channel.COUNTER, name) for name in ("answered", "told", "again")]
    filed = [await a_case(empty, address=address) for address in (*people, LAN)]
    async with empty.begin() as uow:
        minh = await hire(uow)
        for case in filed:
            await uow.cases.add_message(NewMessage(case_id=case.id, author=Author.STAFF, text="x", at=NOW))
        for case in filed[1:3]:
            await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.TOLD, at=NOW, staff_id=minh.id))
            await uow.cases.told(case.id)
        await uow.cases.add_message(NewMessage(case_id=filed[2].id, author=Author.STAFF, text="y", at=LATER))
        await uow.commit()
    for _ in range(2):
        async with empty.reading() as uow:
            waiting = await uow.cases.to_tell(Viewer.of(minh), most=9)
        assert [case.id for case in waiting] == [filed[0].id, filed[2].id]
        await walk(empty, "down", "2026_11_22_tally_a_year")
        await walk(empty, "up", HEAD)
    await empty.close()


async def test_the_tables_in_the_code_are_the_tables_in_the_database(empty: Database) -> None:
    """And the comparison sees a difference when there is one."""
    await empty.open()
    assert await tables(empty) == set(metadata.tables) | {"alembic_version"}
    assert await differences(empty) == []
    async with empty._transaction() as connection:
        await connection.execute(text("DROP INDEX ix_cases_queue"))
        await connection.execute(text("ALTER TABLE staff ADD COLUMN nickname TEXT"))
        await connection.commit()
    assert len(await differences(empty)) == 2
    await empty.close()


async def _upgrade_and_fall_over(database: Database) -> None:
    async with database._transaction() as connection:
        await migrating.upgrade(connection)
        raise RuntimeError("the disk is gone")


async def test_a_step_that_fails_changes_nothing(empty: Database) -> None:
    """Half a schema would stop every later start."""
    await empty.open(migrate=False)

    with pytest.raises(RuntimeError, match="the disk is gone"):
        await _upgrade_and_fall_over(empty)
    assert await tables(empty) == set()
    await empty.migrate()
    assert await tables(empty) == set(metadata.tables) | {"alembic_version"}
    await empty.close()


async def test_nothing_is_done_when_nothing_is_to_be_done(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start does not even import Alembic then."""

    async def refuse(*_: object) -> None:
        raise AssertionError("walked although it was there")

    monkeypatch.setattr("storage.database.upgrade", refuse)
    await database.migrate()


def test_the_newest_step_is_the_one_named_in_the_code() -> None:
    """The quick check at start compares with `HEAD`; Alembic's own answer must be the same."""
    assert scripts().get_heads() == [HEAD]


def test_the_alembic_command_finds_the_same_steps() -> None:
    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_every_step_is_a_dated_sentence() -> None:
    found = sorted((migrating.SCRIPTS / "versions").glob("2*.py"))
    assert len(found) == len(revisions())
    for path in found:
        source = path.read_text(encoding="utf-8")
        assert path.stem[:10].replace("_", "").isdigit()
        assert source.startswith('"""')
        assert "def downgrade() -> None:\n    pass" not in source


async def test_cases_of_before_the_clocks_are_warned_of_from_now_on(empty: Database) -> None:
    """One open, one answered: both keep their deadline as a date, and the answered one counts as taken on."""
    await empty.open()
    waiting, answered = await a_case(empty), await a_case(empty)
    async with empty.begin() as uow:
        await uow.cases.add_message(NewMessage(case_id=answered.id, author=Author.STAFF, text="x", at=NOW))
        await uow.commit()
    await walk(empty, "down", "2026_11_22_close_with_proof")
    await walk(empty, "up", HEAD)
    async with empty.reading() as uow:
        for case, reached in ((waiting, None), (answered, NOW)):
            found = await uow.cases.by_id(case.id)
            assert found
            clocks = found.clocks
            assert (clocks.due_at, clocks.began_at, clocks.counted_days) == (case.due_at, case.created_at, 0)
            assert (clocks.accepted_at, clocks.answered_at, clocks.accept_due_at) == (reached, reached, None)
            alarm = next_alarm(clocks)
            assert alarm
            assert await uow.cases.alarm_of(case.id) == alarm.at
    await empty.close()


async def test_closings_from_before_the_gate_are_told_apart_and_reminders_are_no_answers(empty: Database) -> None:
    """A case closed once before the gate and once after it; an answer and two receipts of it never arrived."""
    await empty.open()
    case, other = await a_case(empty), await a_case(empty, address=HOA)
    async with empty.begin() as uow:
        minh = await hire(uow)
        spoken = await uow.cases.add_message(NewMessage(case_id=case.id, author=Author.STAFF, text="x", at=NOW))
        for words in (spoken, None):
            await uow.outbox.add([says("?", case=case, message_id=words)], NOW)
        for details in ({"outcome": "done"}, {"outcome": "done", "closing": "1"}):
            await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.CLOSED, at=NOW, details=details))
        await uow.closings.add(
            NewClosing(case_id=case.id, at=NOW, closer_id=minh.id, report=report(), message_id=None, minutes_open=50)
        )
        await uow.cases.record(CaseEvent(case_id=other.id, kind=EventKind.CLOSED, at=NOW, details={"outcome": "done"}))
        for one in ({"reply": "1"}, {"reply": "2"}, {"reply": "9"}, {"reply": "9", "answer": "again"}):
            await uow.cases.record(
                CaseEvent(case_id=case.id, kind=EventKind.UNDELIVERED, at=NOW, details={"error": "gone", **one})
            )
        await uow.commit()
    for _ in range(2):
        await walk(empty, "down", "2026_11_22_tally_closings")
        assert (await tallies_of(empty))[case.id] == {"closings": 2, "undelivered": 4}
        await walk(empty, "up", HEAD)
        assert await tallies_of(empty) == {
            case.id: {"closings": 2, "undelivered": 2, "untold": 1},
            other.id: {"closings": 1, "untold": 1},
        }
    await empty.close()


async def tallies_of(database: Database) -> dict[int, dict[str, int]]:
    async with database._transaction() as connection:
        rows = (await connection.execute(text("SELECT id, tally FROM cases ORDER BY id"))).all()
    return {row.id: {name: number for name, number in digits(row.tally).items() if number} for row in rows}
