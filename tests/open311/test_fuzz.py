"""18. Whatever stands in a body or a question: an answer in the shape of the endpoint, and never an error of our own."""

import random
from collections.abc import Callable
from urllib.parse import quote_plus

from structlog.testing import capture_logs

from tests.open311.cast import FORM, LITTER, Program

BODIES, QUESTIONS = 250, 150
_NAMES = (
    *("service_code", "lat", "long", "description", "address_string", "address_id", "media_url", "email", "api_key"),
    *(
        "attribute[source]",
        "attribute[hours][]",
        "attribute[since]",
        "attribute[vehicles]",
        "attribute[",
        "attribute[a][b][c]",
    ),
    *("start_date", "end_date", "status", "page", "page_size", "after", "service_request_id", "updated_after", "extensions"),
)
_VALUES = (
    *("", "0", "-1", "1e999", "nan", "9" * 400, "²", "true", "vio_noise", "other", "off_bribery", "open", "7K3M-9QX2"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "2026-11-16T02:00:00+99:99", "2026-02-30T00:00:00Z"),
    *(
        "\x00",
        "\ud800",
        "\ufffe",
        "\u202e",
        "a\r\nX-Evil: 1",
        "<b>&amp;]]>",
        "=1+1",
        "'; DROP TABLE cases; --",
        "%",
        "{code}",
        "{0}",
    ),
    *("http://[", "https://x:99999/", "javascript:alert(1)", "1.7K3M-9QX2", f"{10**16}.7K3M-9QX2", "ệ" * 3000, ",,,,"),
)


def odd_pairs(rng: random.Random) -> bytes:
    pairs = dict(LITTER) if rng.random() < 0.7 else {}
    for _ in range(rng.randint(0, 6)):
        pairs[rng.choice(_NAMES)] = rng.choice(_VALUES)
    return "&".join(f"{quote_plus(n)}={quote_plus(v.encode('utf-8', 'surrogatepass'))}" for n, v in pairs.items()).encode()


def odd_bytes(rng: random.Random) -> bytes:
    return rng.randbytes(rng.randint(0, 300))


def cut(rng: random.Random) -> bytes:
    whole = bytearray(odd_pairs(rng))
    for _ in range(rng.randint(1, 5)):
        if whole:
            whole[rng.randrange(len(whole))] = rng.randrange(256)
    return bytes(whole[: rng.randint(0, len(whole))])


_MAKERS: tuple[Callable[[random.Random], bytes], ...] = (odd_pairs, odd_pairs, odd_bytes, cut)


async def test_18_no_body_is_answered_by_an_error_of_ours(sqlite_program: Program) -> None:
    """Most come with a good key, so that they are looked at; `asks` holds each answer to its content type and form."""
    rng, seen = random.Random(311), set()
    with capture_logs() as logs:
        for number in range(BODIES):
            body = rng.choice(_MAKERS)(rng)
            if rng.random() < 0.9:
                body += b"&api_key=" + sqlite_program.key.secret.encode()
            form = rng.choice(("xml", "json"))
            kind = FORM if rng.random() < 0.95 else {"Content-Type": rng.choice(("text/plain", "x", "multipart/form-data"))}
            told = await sqlite_program.asks(f"/requests.{form}", form, "POST", data=body, headers=kind)
            assert told.status in (200, 400, 403, 404), (number, told.status)
            seen.add(told.status)
    assert seen == {200, 400, 403, 404}
    assert logs == []


async def test_18_no_question_is_answered_by_an_error_of_ours(sqlite_program: Program) -> None:
    """Nor an address: what is no code, no number and no moment is told so, or is not there."""
    rng, seen = random.Random(112), set()
    await sqlite_program.files()
    with capture_logs() as logs:
        for number in range(QUESTIONS):
            form = rng.choice(("xml", "json"))
            odd = quote_plus(rng.choice(_VALUES).encode("utf-8", "surrogatepass")) or "x"
            path = rng.choice(
                (f"/requests/{odd}", f"/services/{odd}", f"/tokens/{odd}", "/requests", "/requests", f"/{odd}")
            )
            asked = cut(rng) if rng.random() < 0.2 else odd_pairs(rng)
            query = "".join(chr(one) for one in asked if 33 <= one < 127 and chr(one) != "#")
            told = await sqlite_program.asks(f"{path[:3000]}.{form}?{query[:3000]}", form)
            assert told.status in (200, 400, 404), (number, told.status)
            seen.add(told.status)
    assert seen == {200, 400, 404}
    assert logs == []
