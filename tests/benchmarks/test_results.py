"""What was measured is written down: a section a benchmark, the newest alone."""

from pathlib import Path

from benchmarks.results import record, table


def test_a_section_is_replaced_whole_and_the_others_stay(tmp_path: Path) -> None:
    place = tmp_path / "RESULTS.md"
    record("scale", "old ## no heading\n\n### Inside\n", place=place)
    record("intake", table(["", "ms"], [["homthu", "0.8"]]), place=place)
    record("scale", "new", place=place)
    record("desk", "pages", place=place)
    text = place.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# What was measured",
        "## `benchmarks.desk`",
        "## `benchmarks.intake`",
        "## `benchmarks.scale`",
    ]
    assert "| homthu | 0.8 |" in text
    assert "old" not in text
    assert text.count("UTC, ") == 3, "each says when, and on what"


def test_writing_the_same_again_changes_nothing_but_the_hour(tmp_path: Path) -> None:
    place = tmp_path / "RESULTS.md"
    lengths = set()
    for _ in range(3):
        record("desk", "a\n\n", place=place)
        record("intake", "\nb", place=place)
        lengths.add(len(place.read_text(encoding="utf-8")))
    assert len(lengths) == 1
