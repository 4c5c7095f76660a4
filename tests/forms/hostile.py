"""What may stand in a field that nobody means well with, and bodies that are no forms at all."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote_from_bytes

from tests.forms.served import Button, ServedField, ServedForm

# What is typed. A lone surrogate can only be sent as the bytes that stand for it.
SURROGATE = b"a\xed\xa0\x80b"
TOO_MUCH = b"x" * 2_000_000
TYPED: dict[str, bytes] = {
    "nothing": b"",
    "spaces": b" \t\n ",
    "a hundred thousand letters": b"x" * 100_000,
    "a thousand letters": b"y" * 1000,
    "NUL": b"a\0b",
    "lone surrogate": SURROGATE,
    "no text": b"\xff\xfe\x80",
    "controls": "a\x1b[31m\x07\u202egpj\u2066\u200f b".encode(),
    "markup": b'"></textarea><script>alert(1)</script>',
    "formula": b"=cmd|' /C calc'!A0",
    "template": b"{{ 7*7 }} %s {0} ${x}",
    "huge number": b"9" * 40,
    "negative number": b"-1",
    "no day": b"31/02/2026",
    "a far day": b"9999-12-31",
    "other digits": "٣٤²".encode(),
}
CHOSEN: dict[str, bytes] = {name: TYPED[name] for name in ("nothing", "NUL", "lone surrogate", "markup", "huge number")}
CHOSEN |= {"unknown choice": b"no_such_choice", "negative number": b"-1"}
CARRIED = dict(CHOSEN)  # in fields that nobody sees
# Where each form has to be tried in a moment; the others differ from these in the field's own meaning only.
QUICK = (
    "nothing",
    "a hundred thousand letters",
    "a thousand letters",
    "NUL",
    "lone surrogate",
    "controls",
    "markup",
    "no day",
)
QUICK_CARRIED = ("nothing", "markup", "huge number")

NOT_WORDS = ("file", "date", "number", "password", "checkbox", "radio")
URL_ENCODED = "application/x-www-form-urlencoded"
Pairs = Sequence[tuple[str, bytes]]


@dataclass(frozen=True)
class Post:
    """A body to send. `why` names it in a failure; `typed` is what stood in fields that can be given back."""

    why: str
    content_type: str
    body: bytes
    typed: dict[str, bytes]
    is_about_fields: bool = True  # a refusal can say beside which field
    is_form: bool = True  # the words in it can be read


def url_encoded(pairs: Pairs) -> bytes:
    return b"&".join(_quoted(name.encode()) + b"=" + _quoted(value) for name, value in pairs)


@lru_cache(1000)  # the same things are sent to every form
def _quoted(value: bytes) -> bytes:
    return quote_from_bytes(value).encode()


def multipart(pairs: Pairs, files: Pairs = ()) -> tuple[str, bytes]:
    edge = f"edge{secrets.token_hex(8)}"
    parts = [_part(edge, name, "", value) for name, value in pairs]
    parts += [_part(edge, name, '; filename="x\xff.exe"\r\nContent-Type: image/png', value) for name, value in files]
    return f"multipart/form-data; boundary={edge}", b"".join(parts) + f"--{edge}--\r\n".encode()


def _part(edge: str, name: str, more: str, value: bytes) -> bytes:
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode("latin-1", "replace") + value + b"\r\n"


def hostile_to(one: ServedField) -> dict[str, bytes]:
    """The values to try in this field, by what they are."""
    if one.is_typed or one.kind == "password":
        return TYPED
    return CHOSEN if one.is_seen else {why: CARRIED[why] for why in QUICK_CARRIED}


def filled(form: ServedForm) -> ServedForm:
    """The form with something in every field: the last choice, the first of radio buttons, a few words."""

    def fill(one: ServedField) -> ServedField:
        if one.value or not one.is_seen:
            return one
        return replace(one, value=one.options[-1] if one.options else "" if one.kind in NOT_WORDS else "Vài lời.")

    return replace(form, fields=[fill(one) for one in form.fields])


def at_once(form: ServedForm, button: Button) -> Iterator[Post]:
    """Every field that can be filled in holds the same at once; then everything that is carried does."""
    base = [(name, value.encode()) for name, value in form.pairs(button)]
    seen = {one.name: one for one in form.seen if one.kind != "file"}
    for why in QUICK if seen else ():
        # What is too long is too long in one field; in all it would be no form of ours any more.
        names = list(seen)[:1] if why.startswith("a hundred") else list(seen)
        new = {name: hostile_to(seen[name])[why] for name in names if why in hostile_to(seen[name])}
        if new:
            yield _sent(why, form, base, new)
    carried = [one.name for one in form.fields if one.kind == "hidden" and one.name != "form_token"]
    for why in QUICK_CARRIED if carried else ():
        yield _sent(f"{why}, carried", form, base, dict.fromkeys(carried, CARRIED[why]), is_about_fields=False)


def one_by_one(form: ServedForm, button: Button) -> Iterator[Post]:
    """One field at a time, the others as somebody fills them in who wants the form to be taken.

    Each field meets every third of the hostile values, fields of longer and shorter names the others: all of them meet many
    fields, in a third of the time.
    """
    base = [(name, value.encode()) for name, value in filled(form).pairs(button)]
    for one in form.fields:
        if one.name in ("", "form_token") or one.kind == "file":
            continue
        for why, value in list(hostile_to(one).items())[len(one.name) % 3 :: 3]:
            yield _sent(f"{why} in {one.name}", form, base, {one.name: value}, is_about_fields=one.is_seen)
        left = [(name, value) for name, value in base if name != one.name]
        yield Post(f"{one.name} missing", URL_ENCODED, url_encoded(left), typed_in(form, left), one.is_seen)
        twice = [*base, (one.name, b"other"), (one.name, b"\0")]
        yield Post(f"{one.name} three times", URL_ENCODED, url_encoded(twice), {}, one.is_seen)


def without_right(form: ServedForm, button: Button) -> Iterator[Post]:
    """Without the form's token, with another's, and with files where none belong."""
    base = [(name, value.encode()) for name, value in form.pairs(button)]
    plain = [(name, value) for name, value in base if name != "form_token"]
    typed = typed_in(form, plain)
    for why, token in (("no token", None), ("a foreign token", b"A" * 43)):
        pairs = plain if token is None else [*plain, ("form_token", token)]
        yield Post(why, URL_ENCODED, url_encoded(pairs), typed, is_about_fields=False)
    token_alone = [(name, value) for name, value in base if name == "form_token"]
    files = multipart(token_alone, [(name, b"\x89PNG") for name, _ in plain])
    more = multipart(base, [("files", b"x"), ("text", b"\x89PNG\r\n\x1a\n broken"), ("", b"x")])
    yield Post("files in place of fields", *files, typed={}, is_about_fields=False)
    yield Post("files that nobody asked for", *more, typed={}, is_about_fields=False)


def as_no_form(form: ServedForm, button: Button, which: slice = slice(None)) -> Iterator[Post]:
    """The body itself is wrong: its type or its parts. `which` of those there are; only they are made."""
    base = [(name, value.encode()) for name, value in form.pairs(button)]
    content_type, body = multipart(base)
    wrong: tuple[tuple[str, str, Callable[[], bytes]], ...] = (
        ("another type", "text/plain", lambda: body),
        ("JSON", "application/json", lambda: b'{"text": "x"}'),
        ("no type", "", lambda: body),
        ("no boundary", "multipart/form-data", lambda: body),
        ("another boundary", "multipart/form-data; boundary=other", lambda: body),
        ("cut off", content_type, lambda: body[: len(body) * 2 // 3]),
        ("a broken head", content_type, lambda: body.replace(b"form-data", b"\xff\xfe\x00", 1)),
        ("no charset of this world", f"{URL_ENCODED}; charset=nonsense", lambda: url_encoded(base)),
        ("too many fields", URL_ENCODED, lambda: url_encoded([*base, *((f"f{n}", b"") for n in range(500))])),
        ("too much", URL_ENCODED, lambda: url_encoded([*base, ("more", TOO_MUCH)])),
    )
    for why, type_, made in wrong[which]:
        yield Post(why, type_, made(), {}, is_about_fields=False, is_form=False)


def _sent(why: str, form: ServedForm, base: Pairs, new: dict[str, bytes], *, is_about_fields: bool = True) -> Post:
    pairs = [(name, value) for name, value in base if name not in new] + list(new.items())
    content_type, body = multipart(pairs) if form.is_multipart else (URL_ENCODED, url_encoded(pairs))
    return Post(why, content_type, body, typed_in(form, pairs), is_about_fields)


def typed_in(form: ServedForm, pairs: Pairs) -> dict[str, bytes]:
    """What of this a person wrote, in fields that are shown again."""
    typed = {one.name for one in form.fields if one.is_typed}
    return {name: value for name, value in pairs if name in typed}
