"""A resident's own words, with and without marks, in English and with slips, lead to the item that is meant."""

import csv
import random
import statistics
import time
from pathlib import Path

import pytest

from bot.conduct import find, find_article, load_codes
from bot.conduct.word_index import make_index
from bot.domain.people import Language
from bot.routing.folding import folded

with (Path(__file__).parent / "queries.csv").open(encoding="utf-8", newline="") as _file:
    QUERIES = [(row["query"], row["items"].split(";") if row["items"] else []) for row in csv.DictReader(_file)]


def test_the_table_is_seen() -> None:
    assert len(QUERIES) > 200
    assert sum(query != folded(query) for query, _ in QUERIES) > 60


@pytest.mark.parametrize(("query", "wanted"), QUERIES, ids=[query for query, _ in QUERIES])
def test_words_lead_to_the_item_that_is_meant(query: str, wanted: list[str]) -> None:
    """The first is one of those meant; where the codes say nothing, nothing is sure."""
    found = find(query, Language.VI)
    if wanted:
        assert found, f"nothing found for {query!r}"
        assert found[0].item.id in wanted, [(one.item.id, one.score) for one in found[:4]]
    else:
        assert not any(one.is_strong for one in found), found[:2]


def test_a_query_without_its_marks_finds_the_same() -> None:
    """Nine in ten of the marked queries lead to the same item when typed without any mark."""
    marked = [(query, wanted) for query, wanted in QUERIES if wanted and query != folded(query) and not query.isascii()]
    hits = 0
    for query, wanted in marked:
        found = find(folded(query), Language.VI)
        hits += bool(found) and found[0].item.id in wanted
    assert hits >= 0.9 * len(marked), f"{hits} of {len(marked)}"


@pytest.mark.parametrize(
    ("slipped", "wanted"),
    [
        ("hutthuoc", "P3.dont.5"),
        ("hust thuoocs", "P3.dont.5"),
        ("hut thuocc", "P3.dont.5"),
        ("hut thouc", "P3.dont.5"),
        ("smokng", "P3.dont.5"),
        ("grafitti", "P3.dont.9"),
        ("liter in the park, garbge", "P3.dont.6"),
        ("tha rogn cho", "P3.dont.10"),
        ("kaaraoke", "P3.dont.2"),
        ("HÚT THUỐC!!!!", "P3.dont.5"),
    ],
)
def test_what_a_phone_makes_of_it_is_understood(slipped: str, wanted: str) -> None:
    assert find(slipped, Language.VI)[0].item.id == wanted


@pytest.mark.parametrize("query", ["điều 3", "Dieu 3", "ĐIỀU 3", "article 3", "art. 3", "điều số 3 quy tắc nơi công cộng"])
def test_an_articles_number_gives_its_items_in_order(query: str) -> None:
    assert [one.item for one in find(query, Language.VI, 50)] == list(load_codes().articles["P3"].items)


@pytest.mark.parametrize(
    "query", ["điều 5", "article 99", "điều 0", "điều 12", "điều 3 quy tắc cán bộ", "article 4 for officials"]
)
def test_an_article_of_which_nothing_is_verified_gives_nothing(query: str) -> None:
    """The numbers of the officials' articles are not known, so none of theirs is guessed either."""
    assert find(query, Language.VI) == ()


@pytest.mark.parametrize(
    ("query", "article"),
    [
        ("quy tắc ở chùa", "P6"),
        ("temple", "P6"),
        ("vỉa hè", "P4"),
        ("sidewalk", "P4"),
        ("khu vui chơi", "P11"),
        ("mặc váy ngắn đi chùa", None),
        ("hút thuốc", None),
        ("", None),
    ],
)
def test_a_place_alone_gives_its_article(query: str, article: str | None) -> None:
    found = find_article(query)
    assert (found.id if found else None) == article


def test_officials_and_residents_are_told_apart() -> None:
    """The same deed is another rule's when an official does it."""
    assert find("hút thuốc", Language.VI)[0].item.code == "public"
    assert find("công chức hút thuốc ở cơ quan", Language.VI)[0].item.code == "officials"


@pytest.mark.parametrize(
    "query", ["", " ", "?", "\x00", "\ud800", "😀" * 50, "<b>{item}</b> %s", "1" * 5000, "điều " + "9" * 400]
)
def test_nonsense_finds_nothing_and_harms_nothing(query: str) -> None:
    assert find(query, Language.EN) == ()


def test_the_same_words_always_give_the_same_answer() -> None:
    for query, _ in QUERIES[:40]:
        assert find(query, Language.VI) == find(f" {query}  ", Language.VI)


def test_finding_takes_no_time() -> None:
    """The median of everyday queries is far below 3 ms, and the worst, all slips, stays bounded."""
    chance = random.Random(522)
    took = []
    find("warm", Language.VI)
    for query, _ in QUERIES:
        start = time.process_time()
        find(f"{query} {chance.randrange(10**6)}", Language.VI)  # another query each time: nothing is remembered
        took.append(time.process_time() - start)
    assert statistics.median(took) < 0.003
    worst = []
    for at in range(9):
        slips = " ".join("".join(chance.choices("abcdeghiklmnoprstuvxy", k=9)) for _ in range(3000))
        start = time.process_time()
        find(f"{at} {slips}", Language.VI)
        worst.append(time.process_time() - start)
    assert statistics.median(worst) < 0.02


def test_words_for_what_residents_are_not_shown_are_refused() -> None:
    with pytest.raises(ValueError, match=r"P13\.2"):
        make_index(load_codes(), {"P13.2": {"vi": "khen", "en": "praise"}})
