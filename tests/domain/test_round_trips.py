"""Drafts and replies come out of their JSON as they went in, whatever a resident wrote."""

import json
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.case import Accused, CaseKind
from bot.domain.draft import Draft, DraftPart, WardSource
from bot.domain.incoming import FileKind, FileTrouble, StoredFile
from bot.domain.people import Language
from bot.domain.reply import Choice, Reply
from bot.domain.ward import Point, WardCode

moments = st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
words = st.text(max_size=60)
files = st.builds(
    StoredFile,
    key=st.text("0123456789abcdef", min_size=64, max_size=64),
    kind=st.sampled_from(FileKind),
    name=st.none() | words,
    media_type=st.sampled_from(["image/jpeg", "application/octet-stream"]),
    size=st.integers(0, 2**40),
    shown_key=st.sampled_from(["", "ab" * 32]),
    trouble=st.none(),
)
missing_files = st.builds(
    StoredFile,
    key=st.just(""),
    kind=st.sampled_from(FileKind),
    name=st.none(),
    media_type=st.just("application/octet-stream"),
    size=st.integers(0, 2**40),
    trouble=st.sampled_from(FileTrouble),
)
drafts = st.builds(
    Draft,
    serial=words,
    started_at=moments,
    parts=st.lists(
        st.builds(
            DraftPart,
            source_id=words,
            text=words,
            files=st.lists(files | missing_files, max_size=3).map(tuple),
            group_id=words,
            sequence=st.integers(0, 2**53),
            repeats=st.integers(0, 9),
            file_sequences=st.lists(st.integers(0, 2**53), max_size=3).map(tuple),
        ),
        max_size=4,
    ).map(tuple),
    kind=st.none() | st.sampled_from(CaseKind),
    kind_chosen=st.booleans(),
    category=words,
    ward_codes=st.lists(st.sampled_from([WardCode("00091"), WardCode("00004")]), unique=True).map(tuple),
    ward_source=st.none() | st.sampled_from(WardSource),
    ward_unknown=st.booleans(),
    ward_set_aside=st.none() | st.sampled_from([WardCode("00091"), WardCode("00004")]),
    point=st.none() | st.builds(Point, st.floats(-90, 90), st.floats(-180, 180), st.none() | st.floats(0, 1e6)),
    trace=st.lists(words, max_size=3).map(tuple),
    is_emergency=st.booleans(),
    is_sensitive=st.booleans(),
    accused=st.sampled_from(Accused),
    accused_chosen=st.booleans(),
    is_unclear=st.booleans(),
    is_anonymous=st.booleans(),
)
choices = st.builds(Choice, label=words, data=st.text("abc:0189", min_size=1, max_size=64))
replies = st.builds(
    Reply,
    text=words,
    choices=st.lists(st.lists(choices, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple),
    asks_location=st.booleans(),
    files=st.lists(files, max_size=3).map(tuple),
    answers_choice_id=words,
    language=st.none() | st.sampled_from(Language),
)


def through_json(value: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(value))
    return found


@given(drafts)
def test_a_draft_is_taken_up_where_it_was_left(draft: Draft) -> None:
    again = Draft.from_dict(through_json(draft.to_dict()))
    assert again == draft
    assert again.text == draft.text
    assert type(again.kind) is type(draft.kind)


@given(replies)
def test_a_reply_waits_in_the_outbox_unchanged(reply: Reply) -> None:
    assert Reply.from_dict(through_json(reply.to_dict())) == reply


def test_every_field_of_a_draft_is_stored() -> None:
    """A field that is added and forgotten in `to_dict` would be lost between two messages."""
    fields = set(Draft.__dataclass_fields__)
    assert {"serial", "parts", "ward_codes"} <= fields
    assert set(Draft(serial="x", started_at=datetime(2026, 1, 1, tzinfo=UTC)).to_dict()) == fields


def test_a_file_that_never_arrived_is_not_sent_on() -> None:
    gone = StoredFile("", FileKind.PHOTO, None, "image/jpeg", 0, "", FileTrouble.GONE)
    assert Reply.from_dict(Reply(text="Xin chào", files=(gone,)).to_dict()).files == ()


def test_no_enum_slips_into_the_json() -> None:
    stored = Draft(serial="x", started_at=datetime(2026, 1, 1, tzinfo=UTC), kind=CaseKind.CONDUCT).to_dict()
    assert not any(isinstance(value, Enum) and not isinstance(value, str) for value in stored.values())
    assert through_json(stored)["kind"] == "conduct_official"


@pytest.mark.parametrize("data", ["", "x" * 65, "đ" * 33])
def test_a_button_that_telegram_would_refuse_cannot_be_made(data: str) -> None:
    with pytest.raises(ValueError, match="1 to 64 bytes"):
        Choice("Gửi", data)


def test_a_button_may_carry_exactly_64_bytes() -> None:
    assert Choice("Gửi", "đ" * 32).data == "đ" * 32
