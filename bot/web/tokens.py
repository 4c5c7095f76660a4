"""Secrets in forms: what proves that a form was shown by us to this very browser."""

import hashlib
import hmac


def sign(secret_key: str, purpose: str, subject: str) -> str:
    """A token only we can make, for one purpose and one subject (a cookie's value, an address); 64 hex digits."""
    return hmac.new(secret_key.encode(), f"{purpose}\0{subject}".encode(), hashlib.sha256).hexdigest()


def same(given: str, expected: str) -> bool:
    """Constant-time, on bytes: `compare_digest` raises for a text that is not ASCII. An empty secret equals nothing."""
    return bool(expected) and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))
