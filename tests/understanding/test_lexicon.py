"""The lexicon holds together: what is written in its files is what is looked for."""

import tomllib
from pathlib import Path

import pytest

from bot.understanding import load_categories
from bot.understanding.lexicon import DATA, load_lexicon, read_rule
from bot.understanding.phrases import PhraseBook, unfold
from bot.understanding.text import read

MADE = {"qmark", "case_code", "link", "has_phone", "few_words", "no_matter", "has_matter", "misdeed"}


def table(name: str) -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = tomllib.loads((Path(DATA) / name).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", ["words.vi.toml", "words.en.toml"])
def test_every_idea_of_a_rule_is_said_in_both_languages(name: str) -> None:
    """A misspelt idea would silently never be heard."""
    cues = set(table(name)["cues"])
    ideas = {idea for rules in load_lexicon().rules.values() for rule in rules for idea in (*rule.needs, *rule.bars)}
    assert len(ideas) > 80
    assert ideas - cues - MADE == set()


def test_every_category_is_known_and_has_something_that_speaks_for_it() -> None:
    known = load_categories()
    spoken_for = {rule.category for rules in load_lexicon().rules.values() for rule in rules if rule.weight > 0}
    said = set(table("words.vi.toml")["says"]) | set(table("words.en.toml")["says"])
    assert spoken_for | said == set(known)


def test_alternatives_unfold() -> None:
    assert list(unfold("thả (chó|gà) (rông|)|ồn")) == ["thả chó rông", "thả chó", "thả gà rông", "thả gà", "ồn"]
    assert list(unfold("a (b (c|d)|e)")) == ["a b c", "a b d", "a e"]
    for wrong in ("a (b", "a) b"):
        with pytest.raises(ValueError, match="bracket"):
            list(unfold(wrong))


def test_a_rule_reads_as_it_is_written() -> None:
    rule = read_rule("vio_litter", "8: waste>dump !board")
    assert (rule.weight, rule.needs, rule.bars, rule.in_order) == (8.0, ("waste", "dump"), ("board",), True)


def said(line: str, text: str, clear: str = "") -> list[str]:
    return [match.words for match in PhraseBook({"x": line}, frozenset(clear.split())).find(read(text))]


def test_marks_count_where_the_writer_sets_them() -> None:
    assert said("vứt rác", "vut rac ra duong") == ["vứt rác"]
    assert said("cháy", "quán cơm chay ở đó") == said("cháy", "com chay o do") == []
    assert said("rác", "rac o ngo", clear="rác") == ["rác"]
    assert said("rác", "rac o ngo") == []
    assert said("vứt rác", "vụt rắc") == []


def test_gaps_and_numbers_are_bridged() -> None:
    assert said("hồ sơ … ngâm", "hồ sơ của tôi bị ngâm") == ["hồ sơ … ngâm"]
    assert said("hồ sơ … ngâm", "hồ sơ a b c d e ngâm") == []
    assert said("# lần", "đi 5 lần") == ["# lần"]


def test_short_forms_and_drawn_letters_are_spelled_out() -> None:
    assert said("không được", "ko dc") == ["không được"]
    assert said("ồn quá", "ồnnn quáááá") == ["ồn quá"]
    assert said("xử lý", "xử lí") == ["xử lý"]
    assert [token.plain for token in read("phạt 500 k").tokens] == ["phat", "500", "k"]
