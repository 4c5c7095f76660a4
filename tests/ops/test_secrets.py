"""What hangs on the secret key: sealed texts and receipts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.case import CaseCode, new_code
from bot.errors import NotOurSeal
from bot.receipts import KeyedReceipts
from bot.sealing import SecretKeySealer

KEY, OTHER = "k" * 43, "o" * 43
CODE = CaseCode("7K3M-9QX2")


@given(st.text())
def test_a_sealed_text_comes_back_and_shows_nothing_of_itself(text: str) -> None:
    sealer = SecretKeySealer(KEY)
    sealed = sealer.seal(text)
    assert sealer.open(sealed) == text.encode("utf-8", "replace").decode()
    assert sealed != sealer.seal(text)  # two sealings of one text cannot be told to be of one text
    assert sealed.isascii()
    if len(text) > 4:
        assert text not in sealed


@pytest.mark.parametrize("broken", ["", "1.", "2.AAAA", "1.AAAA", "1.não", "plain words"])
def test_what_was_not_sealed_with_this_key_is_not_opened(broken: str) -> None:
    with pytest.raises(NotOurSeal):
        SecretKeySealer(KEY).open(broken)
    sealed = SecretKeySealer(OTHER).seal("0912 345 678")
    with pytest.raises(NotOurSeal):
        SecretKeySealer(KEY).open(sealed)
    with pytest.raises(NotOurSeal):
        SecretKeySealer(OTHER).open(sealed[:-2] + ("AA" if not sealed.endswith("AA") else "BB"))


def test_a_receipt_is_the_same_each_time_and_another_for_each_code_and_key() -> None:
    receipts = KeyedReceipts(KEY)
    assert receipts.secret(CODE) == KeyedReceipts(KEY).secret(CODE)
    assert len(receipts.secret(CODE)) == 14
    others = {receipts.secret(new_code()) for _ in range(200)} | {KeyedReceipts(OTHER).secret(CODE)}
    assert receipts.secret(CODE) not in others
    assert len(others) == 201


def test_a_secret_is_taken_however_it_was_spaced_and_nothing_else_is() -> None:
    receipts = KeyedReceipts(KEY)
    digits = receipts.secret(CODE).replace(" ", "")
    for typed in (digits, receipts.secret(CODE), "-".join(digits), f" {digits}."):
        assert receipts.is_secret(CODE, typed)
    for typed in ("", digits[:-1], digits + "0", "٣" * 12, str((int(digits) + 1) % 10**12)):
        assert not receipts.is_secret(CODE, typed)


def test_a_signature_proves_the_code_and_is_no_secret() -> None:
    receipts = KeyedReceipts(KEY)
    signature = receipts.signature(CODE)
    assert receipts.is_genuine(CODE, signature.lower())
    assert receipts.is_genuine(CODE, f"{signature[:4]}-{signature[4:]}")
    assert not receipts.is_genuine(CaseCode("7K3M-9QX3"), signature)
    assert not receipts.is_genuine(CODE, KeyedReceipts(OTHER).signature(CODE))
    assert not receipts.is_genuine(CODE, "")
    assert not receipts.is_genuine(CODE, "chữ lạ")
