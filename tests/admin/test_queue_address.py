"""What a queue's address says: read without trouble, written in one way only, marks where a search found something."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.queueing.address import Ask, Due, Status
from admin.queueing.choices import address_of, count_words, read_query
from admin.queueing.marks import parts_of
from bot.domain.case import CaseKind, CaseStatus, Desk
from bot.domain.people import Channel, StaffId
from bot.domain.queueing import COUNT_CAP, QueueFilter, Sort

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
MIDNIGHT = NOW + timedelta(hours=9)
FIELDS = {
    "status": ["open", "closed", "all", "x", ""],
    "q": ["", "o ga", "  ổ   gà ", "7K3M-9QX2", "\0", "a&b=c#d", "%", "x" * 300],
    "due": ["late", "today", "never", ""],
    "owner": ["me", "none", "7", "٣", "-1", "9" * 40, ""],
    "desk": ["general", "restricted", "x", ""],
    "kind": ["question", "x", ""],
    "category": ["vio_noise", "no_such", ""],
    "ward": ["00091", "91", "abcde", ""],
    "channel": ["zalo", "fax", ""],
    "emergency": ["1", "0", "yes", ""],
    "disputed": ["1", "yes"],
    "undelivered": ["1", ""],
    "sort": ["due", "newest", "oldest", "random()", ""],
}
queries = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in FIELDS.items()})


@given(queries)
def test_an_address_is_written_in_one_way_only(query: dict[str, str]) -> None:
    """Whatever was typed: what it was understood as, written down and read again, is the same and written the same."""
    ask = Ask.read(query)
    again = Ask.read(dict(parse_qsl(ask.query)))
    assert (again, again.query) == (ask, ask.query)
    assert read_query(ask.query) == ask
    assert set(ask.narrowing) <= set(ask.parts) <= set(FIELDS)


@given(queries)
def test_taking_filters_away_one_by_one_leads_to_the_whole_queue(query: dict[str, str]) -> None:
    ask = Ask.read(query)
    for name in list(ask.narrowing):
        ask = ask.without(name)
        assert name not in ask.parts
    assert ask.narrowing == {}


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=20), st.text(max_size=3000))
def test_no_address_is_too_strange(query: dict[str, str], text: str) -> None:
    """Links are typed, cut off and sent on; each shows some queue."""
    assert isinstance(Ask.read(query), Ask)
    assert isinstance(read_query(text), Ask)


def test_what_is_asked_for_is_what_storage_is_asked() -> None:
    ask = Ask.read(
        {"due": "today", "owner": "7", "desk": "restricted", "kind": "question", "category": "vio_noise", "ward": "00091"}
        | {"channel": "zalo", "emergency": "1", "disputed": "1", "undelivered": "1", "q": " ổ  gà "}
    )
    assert ask.filter(StaffId(3), now=NOW, today_ends=MIDNIGHT) == QueueFilter(
        desk=Desk.RESTRICTED,
        kind=CaseKind.QUESTION,
        category="vio_noise",
        ward_code="00091",  # type: ignore[arg-type]  # a ward's code is text
        owner_id=StaffId(7),
        due_from=NOW,
        due_before=MIDNIGHT,
        channel=Channel.ZALO,
        is_emergency=True,
        is_disputed=True,
        is_undelivered=True,
        words="ổ gà",
    )
    mine = Ask.read({"owner": "me", "due": "late"}).filter(StaffId(3), now=NOW, today_ends=MIDNIGHT)
    assert (mine.owner_id, mine.due_from, mine.due_before) == (StaffId(3), None, NOW)
    assert Ask.read({"owner": "none"}).filter(StaffId(3), now=NOW, today_ends=MIDNIGHT).is_unowned


@pytest.mark.parametrize(
    ("query", "status", "order"),
    [
        ({}, CaseStatus.OPEN, Sort.DUE),
        ({"status": "closed"}, CaseStatus.CLOSED, Sort.NEWEST),
        ({"status": "closed", "sort": "due"}, CaseStatus.CLOSED, Sort.DUE),
        ({"status": "all", "q": "rác"}, None, Sort.NEWEST),
        ({"status": "all"}, CaseStatus.OPEN, Sort.DUE),
        ({"sort": "oldest"}, CaseStatus.OPEN, Sort.OLDEST),
    ],
)
def test_each_status_has_its_usual_order(query: dict[str, str], status: CaseStatus | None, order: Sort) -> None:
    """Open cases by deadline, the history newest first; everything there ever was only for a search."""
    ask = Ask.read(query)
    assert (ask.filter(StaffId(1), now=NOW, today_ends=MIDNIGHT).status, ask.order) == (status, order)


def test_the_usual_queue_has_the_shortest_address() -> None:
    assert address_of(Ask(status=Status.OPEN, sort=None)) == "/staff/"
    assert address_of(Ask(due=Due.LATE), after="n5") == "/staff/?due=late&after=n5"
    assert address_of(Ask(q="a&b=c")) == "/staff/?q=a%26b%3Dc"


@pytest.mark.parametrize(
    ("text", "asked", "found"),
    [
        ("Ổ gà to giữa đường, có gà chạy", "o ga", ["Ổ", "gà", "gà"]),
        ("Đèn đường hỏng", "đen duong", ["Đèn", "đường"]),
        ("Rác chất đống, rạch đầy rác", "rac", ["Rác", "rạch", "rác"]),  # the last word may be a beginning
        ("Rác chất đống, rạch đầy", "rac dong", ["Rác", "đống"]),
        ("Không có gì ở đây", "zzz", []),
        ("Không hỏi gì", "", []),
        ("<b>rác</b>", "rac", ["rác"]),
        ("hoa\u0300 binh", "hoà", ["hoà"]),
    ],
)
def test_what_was_found_is_marked(text: str, asked: str, found: list[str]) -> None:
    """As the search compares: without marks and case, whole words, the last as a beginning."""
    parts = parts_of(text, asked)
    assert [part.text for part in parts if part.is_found] == found


@given(st.text(max_size=80), st.text(max_size=20))
def test_marking_changes_no_letter(text: str, asked: str) -> None:
    import unicodedata

    assert "".join(part.text for part in parts_of(text, asked)) == unicodedata.normalize("NFC", text)


def test_a_number_that_was_not_counted_to_its_end_says_so() -> None:
    assert [count_words(number) for number in (0, 999, COUNT_CAP, COUNT_CAP + 1)] == [
        "0",
        "999",
        "2\u202f000",
        "2\u202f000+",
    ]
