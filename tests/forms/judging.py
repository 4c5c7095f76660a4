"""What a form that was not taken must look like when it comes back, and what must never come back."""

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

from bot.web.forms import clean
from bot.web.shown import shown
from tests.forms.hostile import Post
from tests.forms.served import Knob, ServedForm, ServedPage

REFUSALS = frozenset({400, 401, 403, 404, 405, 409, 413, 429, 503})
# The sign-in of a session that is over, and a form given back to be sent again, hold the words in fields of their own.
MUCH = 1000  # characters; more is never asked for in a field that names no limit
KEPT_ELSEWHERE = re.compile(r'data-testid="(typed|stale-yours)"')


def complaints(knob: Knob, form: ServedForm, post: Post, status: int, page: ServedPage, language: str) -> Iterator[str]:
    """Everything that is wrong with the answer; nothing when it is as promised."""
    where = f"{knob.test_id} → {knob.action} {knob.name} · {post.why} · {status}"
    if status in (303, 204):
        return
    if status >= 500 or status not in REFUSALS | {200}:
        yield f"{where}: an answer that nobody promised"
        return
    if page.language != language or '<main id="main"' not in page.text:
        yield f"{where}: no page of ours in the language of who looks ({page.language!r})"
        return
    if "<script>alert" in page.text or "Traceback" in page.text:
        yield f"{where}: what was sent acts on the page"
    # A choice that no form offers, such as another ward, may be refused flatly; a session that is over may not.
    if post.is_form and (status in (400, 401, 409) or (status == 403 and not post.is_about_fields)):
        yield from (f"{where}: {lost}" for lost in _lost(form, post, page))
    if status in (400, 401) and post.is_form and post.is_about_fields and form.seen:
        yield from (f"{where}: {trouble}" for trouble in _untold(page))


def _lost(form: ServedForm, post: Post, page: ServedPage) -> Iterator[str]:
    """Words that were typed and are not on the page any more."""
    again = page.form(form.test_id, form.action)
    for name, raw in post.typed.items():
        words = _as_kept(raw)
        if not words:
            continue
        field = again.named(name) if again else None
        if field is not None and _is_kept(words, field.value, int(field.attributes.get("maxlength", "0"))):
            continue
        if field is None and _stands_in_full(words, page):
            continue
        found = "the form is gone" if again is None else "no such field" if field is None else repr(field.value[:40])
        yield f"{name} had {words[:40]!r}, and now {found}"


def _untold(page: ServedPage) -> Iterator[str]:
    """A refusal that does not say beside a field what is wrong with it, and above the form where that field is."""
    words, leads_to = page.summary()
    if not words:
        yield "nothing is said above the form"
    if not page.invalid:
        yield f"no field is marked: {words!r}"
        return
    for field in page.invalid:
        told = [page.words_at(element_id) for element_id in field.get("aria-describedby", "").split()]
        if not told or not told[0]:
            yield f"nothing is said beside {field.get('name') or field.get('id')}"
    if not leads_to or not set(leads_to) <= page.ids:
        yield f"the summary leads to {leads_to}, which is not on the page"


def _as_kept(raw: bytes) -> str:
    return _even(clean(raw.decode("utf-8", "replace")))


def _even(text: str) -> str:
    """Without what no form has to keep: how many spaces there are, and the signs that stand for bytes that were no text."""
    return " ".join(unicodedata.normalize("NFC", text).replace("\ufffd", "?").split()).strip("?")


def _is_kept(words: str, value: str, longest: int) -> bool:
    found = _even(value)
    if found in (words, _even(shown(words))):
        return True
    # What is longer than the field takes comes back as far as the field goes, or further.
    return (longest or MUCH) <= len(found) and words.startswith(found)


def _stands_in_full(words: str, page: ServedPage) -> bool:
    """On a page of another shape, which gives the words back in a field of its own."""
    if not KEPT_ELSEWHERE.search(page.text):
        return False
    fields = [one.value for form in page.forms for one in form.fields]
    return any(_is_kept(words, value, 0) for value in fields) or words[:200] in _even(unescape(page.text))
