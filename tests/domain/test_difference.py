"""What an edit changed is shown word by word, and nothing of either text is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.difference import MOST_WORDS, Change, Piece, difference

K, R, A = Change.KEPT, Change.REMOVED, Change.ADDED


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("Rác ở ngõ 5", "Rác ở ngõ 5", [(K, "Rác ở ngõ 5")]),
        ("Rác ở ngõ 5", "Rác ở ngõ 15", [(K, "Rác ở ngõ "), (R, "5"), (A, "15")]),
        ("Rác ở ngõ 5", "Rác chất đống ở ngõ 5", [(K, "Rác "), (A, "chất đống "), (K, "ở ngõ 5")]),
        ("Rác hôi ở ngõ 5", "Rác ở ngõ 5", [(K, "Rác "), (R, "hôi "), (K, "ở ngõ 5")]),
        ("", "Rác", [(A, "Rác")]),
        ("Rác", "", [(R, "Rác")]),
        ("một hai", "ba bốn", [(R, "một hai"), (A, "ba bốn")]),
    ],
)
def test_the_pieces_of_an_edit(before: str, after: str, pieces: list[tuple[Change, str]]) -> None:
    assert difference(before, after) == [Piece(change, text) for change, text in pieces]


words = st.lists(st.sampled_from(["rác", "ở", "ngõ", "5", "15", "hôi", "\n", "<b>"]), max_size=30).map(" ".join)


@given(words | st.text(max_size=80), words | st.text(max_size=80))
def test_both_texts_can_be_put_together_again(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.change is not R) == after
    old = "".join(piece.text for piece in pieces if piece.change is not A)
    assert old.split() == before.split()
    assert all(piece.text for piece in pieces)


def test_texts_too_long_to_be_compared_are_shown_whole() -> None:
    before, after = "rác " * (MOST_WORDS + 1), "rác"
    assert difference(before, after) == [Piece(R, before), Piece(A, after)]
