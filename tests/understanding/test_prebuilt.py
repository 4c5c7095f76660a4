"""The file of the phrase books is what the words say, and is passed over where it is not."""

from pathlib import Path

from bot.understanding.lexicon import DATA, WORDS, build_books
from bot.understanding.phrases import PhraseBook
from bot.understanding.prebuilt import FILE, Books, digest, read, write


def whole(book: PhraseBook) -> tuple[object, ...]:
    return book.parts, list(book.ids.items()), book.spelled, book.marked, book.tags


def test_the_file_holds_what_the_words_say() -> None:
    """Whoever changed the words writes it anew: `python -m benchmarks.understanding --build`."""
    kept, made = read(DATA / FILE, digest(WORDS)), build_books()
    assert kept is not None, "it was made of other words"
    assert made.vi.size > 10_000 < made.en.size
    assert (whole(kept.vi), whole(kept.en), kept.between) == (whole(made.vi), whole(made.en), made.between)


def test_a_file_of_other_words_is_passed_over(tmp_path: Path) -> None:
    """And what was written is read again, with words in any letters."""
    words = tmp_path / "words.toml"
    words.write_text("a", encoding="utf-8")
    books = Books(PhraseBook({"fire": "cháy (nhà|)|khói … nhà!"}), PhraseBook({"fire": "fire|# houses"}), ("anh", "chị"))
    file = tmp_path / FILE
    assert read(file, digest([words])) is None
    write(file, books, digest([words]))
    kept = read(file, digest([words]))
    assert kept is not None
    assert (whole(kept.vi), whole(kept.en), kept.between) == (whole(books.vi), whole(books.en), books.between)
    words.write_text("b", encoding="utf-8")
    assert read(file, digest([words])) is None
