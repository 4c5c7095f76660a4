"""What staff type is read as people here write it, and doubted when it cannot be; nothing is changed or refused for that."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ledger import CodeOf, EntryKind, LedgerSetting, NewEntry
from bot.domain.plausible import doubts, read_number
from bot.domain.ward import WardCode

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("16.890", 16_890),
        ("16.890.000", 16_890_000),
        (" 1 500 ", 1_500),
        ("280", 280),
        ("", 0),
        ("1,5", "campaign_number_comma"),
        ("16,890", "campaign_number_comma"),
        ("16.89", "campaign_number_dots"),
        ("1.5", "campaign_number_dots"),
        ("1.0000", "campaign_number_dots"),
        ("1234.567", "campaign_number_dots"),
        ("-5", "campaign_number_malformed"),
        ("٣٤", "campaign_number_malformed"),
        ("=1+1", "campaign_number_malformed"),
        ("1e9", "campaign_number_malformed"),
        ("9" * 16, "campaign_number_long"),
    ],
)
def test_a_number_is_read_with_vietnamese_dots_or_said_to_be_none(typed: str, means: int | str) -> None:
    assert read_number(typed) == means


@given(number=st.integers(0, 10**15 - 1))
def test_every_number_is_read_as_it_was_written(number: int) -> None:
    assert read_number(f"{number:,}".replace(",", ".")) == number
    assert read_number(str(number)) == number


@given(text=st.text(max_size=40))
def test_whatever_is_typed_is_a_number_or_a_reason(text: str) -> None:
    found = read_number(text)
    assert isinstance(found, str) or 0 <= found < 10**15


def entry(kind: EntryKind, number: int, **more: int | date) -> NewEntry:
    values = {"day": date(2026, 5, 4), **more}
    return NewEntry(ward_code=WardCode("00091"), kind=kind, code=CodeOf.BOTH, number=number, **values)  # type: ignore[arg-type]  # days and numbers, each by its name


def doubted(new: NewEntry, inhabitants: int | None = None, year: int = 0, earlier: tuple[int, ...] = ()) -> list[str]:
    return doubts(new, setting=LedgerSetting(inhabitants=inhabitants), year_before=year, earlier=earlier, today=TODAY)


def test_the_seeds_leaflets_are_doubted_and_what_was_meant_is_not() -> None:
    """16.890.000 leaflets for one district; 1.500 and 16.890 are what such places really print."""
    assert doubted(entry(EntryKind.LEAFLETS, 16_890_000)) == ["doubt_leaflets_many"]
    assert doubted(entry(EntryKind.LEAFLETS, 16_890_000), inhabitants=210_000) == ["doubt_leaflets_people"]
    for number in (1_500, 16_890):
        assert doubted(entry(EntryKind.LEAFLETS, number)) == []
        assert doubted(entry(EntryKind.LEAFLETS, number), inhabitants=60_000) == []


def test_many_small_entries_are_doubted_together() -> None:
    assert doubted(entry(EntryKind.LEAFLETS, 20_000), inhabitants=60_000, year=90_000) == []
    assert doubted(entry(EntryKind.LEAFLETS, 40_000), inhabitants=60_000, year=90_000) == ["doubt_leaflets_people"]
    assert doubted(entry(EntryKind.LEAFLETS, 5_000), earlier=(80, 90, 100)) == ["doubt_unusual"]
    assert doubted(entry(EntryKind.LEAFLETS, 4_500), earlier=(80, 90, 100)) == []


@pytest.mark.parametrize(
    ("new", "keys"),
    [
        (entry(EntryKind.RADIO, 30, day=date(2026, 11, 23)), ["doubt_future"]),
        (entry(EntryKind.RADIO, 30, day=TODAY), []),
        (entry(EntryKind.RADIO, 30, day=date(2016, 12, 31)), ["doubt_before_codes"]),
        (entry(EntryKind.RADIO, 2_001), ["doubt_radio_many"]),
        (entry(EntryKind.PANELS, 2_001), ["doubt_panels_many"]),
        (entry(EntryKind.MEETING, 101), ["doubt_meeting_many"]),
        (entry(EntryKind.SEMINAR, 5_001), ["doubt_seminar_many"]),
        (entry(EntryKind.INSPECTION, 501), ["doubt_inspection_many"]),
        (entry(EntryKind.INSPECTION, 2, found=2_001), ["doubt_found_many"]),
        (entry(EntryKind.INSPECTION, 2, found=3, reminded=2, criticised=1), []),
        (entry(EntryKind.INSPECTION, 2, found=3, reminded=2, criticised=1, disciplined=1), ["doubt_outcomes"]),
        (entry(EntryKind.LEAFLETS, 0), ["doubt_nothing"]),
    ],
)
def test_what_cannot_well_be_is_doubted(new: NewEntry, keys: list[str]) -> None:
    assert doubted(new) == keys


def test_more_people_than_live_there_are_doubted() -> None:
    assert doubted(entry(EntryKind.SEMINAR, 6_001), inhabitants=6_000) == ["doubt_seminar_people"]
    assert doubted(entry(EntryKind.SEMINAR, 6_000), inhabitants=6_000) == []
