"""Passwords: argon2id, what is accepted as one, and random ones for the first sign-in."""

import asyncio
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200  # characters
# More than OWASP's least (12 MiB, t=3, p=1; Password Storage Cheat Sheet), by time rather than by memory: what one sign-in
# adds for a moment must leave the process under the 120 MB that it promises.
_HASHER = PasswordHasher(time_cost=6, memory_cost=16 * 1024, parallelism=1)
# Two threads and no more: a hundred sign-ins at once must not need 3 GB.
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

# Long enough to pass the length rule, and still the first that anybody tries.
_COMMON = frozenset(
    {
        "password1234", "passwordpassword", "123456789012", "1234567890123", "12345678901234", "qwertyuiop12",
        "qwertyuiop123", "qwerty123456", "administrator", "matkhau123456", "matkhaumatkhau", "anhyeuem1234",
        "hanoivietnam", "vietnam12345", "vietnamvodich", "ubndphuong123", "canbophuong123", "abcdefghijkl",
        "abcd12345678", "iloveyou1234", "letmein12345", "welcome12345", "changeme1234", "xinchaovietnam",
    }
)  # fmt: skip


def trouble_with(password: str, *, username: str, full_name: str = "") -> str | None:
    """The wording key of what is wrong with a new password, or None when it is good."""
    plain = password.casefold().replace(" ", "")
    if len(password) < SHORTEST:
        return "desk_password_short"
    if len(password) > LONGEST:
        return "desk_password_long"
    if len(set(plain)) < 5 or plain in _COMMON or plain.rstrip("0123456789!@#.") in ("", "password", "matkhau", "homthu"):
        return "desk_password_common"
    if username.casefold() in plain or (full_name and full_name.casefold().replace(" ", "") in plain):
        return "desk_password_named"
    return None


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
