"""What a resident holds of a case beside its code: a secret that opens it, and a signature that proves the paper is ours.

Both follow from the secret key and the code, so they are stored nowhere: a dump of the database opens no case, and the
same chat can be told its secret again. The key is the secret key the city began with (`bot.vault`): it outlives changes.
"""

import base64
import hashlib
import hmac

from bot.domain.case import CaseCode
from bot.domain.people import Address

SECRET_DIGITS = 12
_SIGNATURE = 10  # bytes: 80 bits, 16 letters
_PROOF = 10  # letters: 50 bits; a button holds no more beside its other words, and each guess is a press in a chat


class KeyedReceipts:
    """See `bot.ports.Receipts`: HMAC-SHA256, a purpose of its own for each answer."""

    def __init__(self, key: str | bytes) -> None:
        self._key = key.encode() if isinstance(key, str) else key

    def secret(self, code: CaseCode) -> str:
        number = int.from_bytes(self._digest("receipt secret", code)[:16]) % 10**SECRET_DIGITS
        digits = f"{number:0{SECRET_DIGITS}d}"
        return " ".join(digits[at : at + 4] for at in range(0, SECRET_DIGITS, 4))

    def is_secret(self, code: CaseCode, typed: str) -> bool:
        digits = "".join(letter for letter in typed[:100] if letter.isdecimal() and letter.isascii())
        return hmac.compare_digest(digits.encode(), self.secret(code).replace(" ", "").encode())

    def signature(self, code: CaseCode) -> str:
        return base64.b32encode(self._digest("receipt signature", code)[:_SIGNATURE]).decode()

    def is_genuine(self, code: CaseCode, signature: str) -> bool:
        typed = "".join(signature[:100].split()).replace("-", "").upper()
        return hmac.compare_digest(typed.encode("utf-8", "replace"), self.signature(code).encode())

    def hash_of_link(self, code: str) -> str:
        return self._digest("link of a chat", code).hex()

    def hash_of(self, purpose: str, words: str) -> str:
        return self._digest(purpose, words).hex()

    def proof(self, code: CaseCode, holder: Address) -> str:
        return base64.b32encode(self._digest(f"receipt shown by {holder}", code)).decode()[:_PROOF]

    def is_proof(self, code: CaseCode, holder: Address, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.proof(code, holder).encode())

    def _digest(self, purpose: str, code: str) -> bytes:
        return hmac.digest(self._key, f"homthu {purpose}\n{code}".encode(), hashlib.sha256)
