"""Passwords: argon2id, what is accepted as one, and random ones for the first sign-in."""

import asyncio
import re
import secrets
import unicodedata
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200  # characters
# More than OWASP's least (12 MiB, t=3, p=1; Password Storage Cheat Sheet), by time rather than by memory: what one sign-in
# adds for a moment must leave the process under the 120 MB that it promises.
_HASHER = PasswordHasher(time_cost=6, memory_cost=16 * 1024, parallelism=1)
# Two threads and no more: a hundred sign-ins at once must not need 3 GB.
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

_PARTS = Path(__file__).parent / "data" / "common_parts.txt"
_LETTERS_OWED = 5  # that are nobody's first guess


def trouble_with(password: str, *, username: str, full_name: str = "", ward_name: str = "") -> str | None:
    """The wording key of what is wrong with a new password, or None when it is good.

    Too easy to guess is what few different signs make, and what common words, keys side by side, the names of its owner and
    ward, digits and signs make alone, with accents or without.
    """
    plain = password.casefold().replace(" ", "")
    if len(password) < SHORTEST:
        return "desk_password_short"
    if len(password) > LONGEST:
        return "desk_password_long"
    if len(set(plain)) < 5:
        return "desk_password_common"
    if username.casefold() in plain or (full_name and full_name.casefold().replace(" ", "") in plain):
        return "desk_password_named"
    own = [
        word for name in (username, full_name, ward_name) for word in re.split(r"[\W_]+", unaccented(name)) if len(word) > 1
    ]
    return "desk_password_common" if _letters_beside(plain, own) < _LETTERS_OWED else None


def unaccented(text: str) -> str:
    """Small letters without any accent: "Mật khẩu" is "mat khau"."""
    apart = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _letters_beside(plain: str, own: Iterable[str]) -> int:
    """How many letters are left when every common part is taken out, longest first; what is said twice counts once."""
    left = unaccented(plain)
    left = min((left, left.translate(_LEET)), key=lambda form: len(_without_common(form, own)))
    return len(_without_common(left, own))


def _without_common(text: str, own: Iterable[str]) -> str:
    parts = sorted({*common_parts(), *own}, key=len, reverse=True)
    for part in parts:
        text = text.replace(part, " ")
    words = dict.fromkeys(re.split(r"[\W\d_]+", text))
    return re.sub(r"(.+)\1+", r"\1", "".join(words))


_LEET = str.maketrans("01345@$!", "oieasasi")


@cache
def common_parts() -> frozenset[str]:
    """The kept list, see the file's head. Read at its first use; no network."""
    lines = _PARTS.read_text(encoding="utf-8").splitlines()
    return frozenset(unaccented(line) for line in lines if line and not line.startswith("#"))


def one_time_password() -> str:
    """Four groups of five letters, 99 bits: readable aloud, used once."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))


async def hash_password(password: str) -> str:
    """The argon2id hash, made in a thread."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, _normal(password))


async def is_password(password: str, hashed: str | None) -> bool:
    """Whether it is the one. With no hash (an unknown name) it takes as long and is False."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _verify, _normal(password), hashed)


def _verify(password: str, hashed: str | None) -> bool:
    try:
        _HASHER.verify(hashed or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_hex())


def _normal(password: str) -> str:
    """One form for what keyboards spell two ways ("ệ"), and a bound on the work; nobody's password is longer."""
    return unicodedata.normalize("NFC", password[: LONGEST + 1]).encode("utf-8", "replace").decode()
