"""What of the file leaves it: verified items with their source, and nothing else."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from bot.conduct import Item, Stance, load_codes, load_penalties, penalties_of
from bot.conduct.codes import DATA, read_codes
from bot.conduct.penalties import read_penalties
from bot.domain.people import Language

FILE = json.loads((DATA / "codes_of_conduct.json").read_text(encoding="utf-8"))
FINES = json.loads((DATA / "penalties.json").read_text(encoding="utf-8"))


def rows(found: Any) -> Iterator[dict[str, Any]]:
    """Every object of the file, however deep."""
    if isinstance(found, dict):
        yield found
        for value in found.values():
            yield from rows(value)
    elif isinstance(found, list):
        for value in found:
            yield from rows(value)


def everything_said() -> str:
    """Every word that residents can be shown."""
    return repr(load_codes())


def test_every_verified_item_is_there_and_no_other() -> None:
    """Walked through the file itself: an item's own `verified` decides, not its article's."""
    sentences = [row for row in rows(FILE) if "vi" in row and "verified" in row]
    wanted = {row["id"] for row in sentences if row["verified"] is True}
    assert len(wanted) > 50
    assert len(wanted) < len(sentences), "the file holds an unverified item to be held back"
    assert set(load_codes().items) == wanted


def test_unverified_words_leads_and_notes_never_leave_the_file() -> None:
    said = everything_said()
    hidden = [row["vi"] for row in rows(FILE) if row.get("verified") is False and "vi" in row]
    hidden += [lead[side] for row in rows(FILE) for lead in row.get("leads", ()) for side in ("vi", "en") if side in lead]
    hidden += [row[name] for row in rows(FILE) for name in ("note", "structure_note", "in_force") if row.get(name)]
    assert len(hidden) > 20
    assert [words for words in hidden if words in said] == []


def test_an_article_without_a_verified_item_is_not_shown() -> None:
    """Of article 5 only the heading was found."""
    assert "P5" not in load_codes().articles
    assert "vườn hoa, quảng trường" not in everything_said()


def test_an_item_that_loses_its_mark_is_gone() -> None:
    """Only `true` counts, whatever else somebody may write there."""
    changed = deepcopy(FILE)
    items = [row for row in rows(changed) if "vi" in row and "verified" in row]
    for row, value in zip(items, [False, None, "true", 1] * len(items), strict=False):
        row["verified"] = value
    assert read_codes(changed).items == {}


@pytest.mark.parametrize("item", load_codes().items.values(), ids=lambda item: item.id)
def test_every_item_names_its_source_and_its_place(item: Item) -> None:
    assert item.source.startswith(("https://", "http://"))
    assert item.text(Language.VI)
    assert item.text(Language.EN)
    if item.stance is Stance.RELATED:
        assert item.law
        assert item.topics
    else:
        assert item in load_codes().articles[item.article].items


def test_the_notice_is_the_residents_half_of_the_files() -> None:
    codes = load_codes()
    for language in Language:
        notice = codes.notice(language)
        assert notice.count(".") == 1
        assert "verified" not in notice
    assert FILE["notice_vi"].startswith(codes.notice_vi)


def test_a_number_that_was_only_counted_says_so() -> None:
    articles = load_codes().articles
    assert (articles["P3"].number, articles["P3"].is_number_sure) == (3, True)
    assert (articles["P4"].number, articles["P4"].is_number_sure) == (4, False)
    assert articles["O-DRESS"].number is None


def test_every_fine_belongs_to_an_item_of_the_public_code() -> None:
    known = load_codes().items
    assert len(load_penalties()) > 8
    for penalty in load_penalties():
        assert penalty.items
        assert all(known[item].code == "public" for item in penalty.items)


def test_what_nobody_checked_has_no_amount() -> None:
    unchecked = [row["id"] for row in FINES["rows"] if row["status"] == "U"]
    assert unchecked
    assert {penalty.id for penalty in load_penalties() if penalty.amount is None} == set(unchecked)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "U"},
        {"status": "?"},
        {"decree": None},
        {"source": None},
        {"low": 2_000_001},
        {"low": 0},
        {"low": None, "high": None},
    ],
    ids=str,
)
def test_an_amount_without_grounds_is_refused(change: dict[str, Any]) -> None:
    """Whoever completes the file cannot by a slip make the bot name a sum that nobody stands behind."""
    row = next(row for row in FINES["rows"] if row["id"] == "noise")
    assert read_penalties({"rows": [row]})[0].amount == (1_000_000, 2_000_000)
    with pytest.raises(ValueError, match="noise"):
        read_penalties({"rows": [row | change]})


def test_the_fine_that_the_words_speak_of_comes_first() -> None:
    assert penalties_of("P3.dont.6", "vứt tàn thuốc lá")[0].id == "cigarette_ends"
    assert penalties_of("P3.dont.6", "rubbish on pavements")[0].id == "rubbish_on_streets"
    assert penalties_of("OC.dont.1") == ()
