"""What invented messages, from every unit and every way of writing, must come to; and what no change of writing may do."""

import random
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache

import pytest

from benchmarks.routing import verdict
from bot.routing import load_router
from bot.routing.wards import load_wards
from tests.routing.generated import NOISE, Row, folded, generate, new_style, truth

ROUTER = load_router()


@cache
def rows() -> list[Row]:
    """Made when the first test asks: whoever only collects the tests does not wait for it."""
    return generate(seed=20, most=120)


def wards_of(text: str) -> frozenset[str]:
    return frozenset(ROUTER.route(text).codes)


@cache
def invented_wards() -> list[frozenset[str]]:
    """Where each row's own text leads: every change of it is held against that."""
    return [wards_of(row.text) for row in rows()]


def processor_time(text: str) -> float:
    """In seconds; what was read shortly before is remembered, and takes none."""
    start = time.process_time()
    ROUTER.route(text)
    return time.process_time() - start


def is_wrong_ward(before: frozenset[str], after: frozenset[str]) -> bool:
    """One ward before, and now another one without asking."""
    return len(before) == 1 and len(after) == 1 and before != after


def test_invented_messages_reach_their_wards() -> None:
    """At least 98 % of all and 95 % of every kind; at most one in two hundred goes to a wrong ward."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row, wards in zip(rows(), invented_wards(), strict=True):
        counts[row.kind][verdict(row.codes, wards)] += 1
    every = sum(counts.values(), Counter[str]())
    assert len(counts) > 15
    assert every.total() > 1500
    assert (every["exact"] + every["asks"]) / every.total() >= 0.98, every
    assert every["misroute"] / every.total() <= 0.005, every
    for kind, found in counts.items():
        assert (found["exact"] + found["asks"]) / found.total() >= 0.95, (kind, found)


@pytest.mark.parametrize(
    "change", [folded, str.lower, str.upper, str.title, new_style, lambda text: unicodedata.normalize("NFD", text)]
)
def test_no_other_writing_turns_a_ward_into_another(change: Callable[[str], str]) -> None:
    """Marks gone, other case, other tone placement: it may be asked about, never sent elsewhere."""
    for row, before in zip(rows(), invented_wards(), strict=True):
        after = wards_of(change(row.text))
        assert not is_wrong_ward(before, after), (row.text, before, after)


def test_an_unrelated_sentence_turns_no_ward_into_another() -> None:
    chance = random.Random(3)  # a repeatable choice, no secret
    for row, before in zip(rows(), invented_wards(), strict=True):
        if row.kind in ("negative", "elsewhere"):
            continue
        more = chance.choice(NOISE)
        for text in (f"{row.text}. {more}", f"{more} {row.text}"):
            assert not is_wrong_ward(before, wards_of(text)), text


def test_every_current_ward_is_reached_in_every_writing() -> None:
    """Its name alone, with every short form of its kind word, without marks, glued, in English, old tone placement."""
    wards = list(load_wards())
    assert len(wards) == 126
    for ward in wards:
        short = ("P.", "p. ", "F.", "f ", "phuong ") if ward.kind == "phuong" else ("X.", "x. ", "x ", "xa ")
        kind, bare = str(ward.kind), ward.name
        forms: list[tuple[str, frozenset[str]]] = [(ward.full_name, truth(bare, kind)), (bare, truth(bare, None))]
        forms += [(before + bare, truth(bare, kind)) for before in short]
        forms += [(folded(before + bare).lower(), truth(bare, kind, marked=False)) for before in short]
        forms += [(ward.name_en, truth(bare, kind, marked=False)), (new_style(ward.full_name), truth(bare, kind))]
        forms += [(short[0] + bare.replace(" ", "").replace("-", ""), truth(bare, kind))]
        for text, expected in forms:
            assert wards_of(text) == expected, text


def test_the_same_question_always_has_the_same_answer() -> None:
    """Also from another router, whatever either was asked before."""
    other = load_router()
    for row in reversed(rows()[::20]):
        assert other.route(row.text) == ROUTER.route(row.text), row.text


def processor_time_anew(text: str) -> float:
    """The same of a text that was read already."""
    for number in range(8):
        ROUTER.route(str(number))
    return processor_time(text)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [4, 5])
def test_a_hundred_thousand_random_strings_are_read_in_time(seed: int) -> None:
    """No exception, and none takes more than 50 ms of the processor; fifty thousand with each seed."""
    chance = random.Random(seed)  # a repeatable choice, no secret
    words = [word for row in rows() for word in row.text.split()]
    letters = "aăâbcdđeêghiklmnoôơpqrstuưvxy ÀÁẢÃẠ ,.-()\u0301\u0323\u200f\u202e😀0123456789\x00\ud800"
    longest = total = 0.0
    for number in range(50_000):
        if number % 2:
            text = "".join(chance.choices(letters, k=chance.randrange(1, 200)))
        else:
            text = chance.choice((" ", ", ", "")).join(chance.choices(words, k=chance.randrange(1, 40)))
        taken = processor_time(text)  # hardly one of them comes twice
        total += taken
        if taken > 0.05:  # the collector's pause is no property of the text: it must be slow again
            taken = min(processor_time_anew(text) for _ in range(3))
        longest = max(longest, taken)
    assert longest < 0.05
    assert total / 50_000 > 0.00005, "they were not read, but remembered"
