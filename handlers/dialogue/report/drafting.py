"""The heart of the dialogue: what a message adds to a draft, and what the draft still lacks. Pure functions of values.

How a question is put is `asking`; what happens when it is answered is `filing`.
"""

import base64
import hashlib
from datetime import datetime
from itertools import chain, repeat

from bot.domain.case import Accused, CaseKind
from bot.domain.changing import replace
from bot.domain.draft import Draft, DraftPart, Question, WardSource
from bot.domain.incoming import Incoming, IncomingKind, StoredFile
from bot.domain.people import Address
from bot.domain.ward import WardCode
from bot.routing import Routing
from bot.services.city import City
from bot.services.repeat_in_case import same_words
from bot.understanding import Understanding, load_categories

MOST_PARTS = 60  # messages; a draft is stored anew with every one of them
MOST_TEXT = 200_000  # characters over all parts
MOST_OFFERED = 5  # wards a question offers by button

GREETING = "oth_greeting"
# "How long will it take?" behind one of these is asked about it, and makes it no question.
_REPORTS = frozenset({CaseKind.VIOLATION, CaseKind.CONDUCT, CaseKind.PANEL, CaseKind.COMMENDATION})
NO_MATTER = frozenset({GREETING, "oth_unclear", "oth_abuse", "oth_spam"})  # of such words we ask what it is about
_SURELY = 0.5  # confidence

# What a message of these kinds shows is its text, files or place; anything else adds nothing to a matter.
CONTENT = frozenset(
    {
        IncomingKind.TEXT,
        IncomingKind.PHOTO,
        IncomingKind.VIDEO,
        IncomingKind.VOICE,
        IncomingKind.DOCUMENT,
        IncomingKind.LOCATION,
        IncomingKind.CONTACT,
    }
)


def serial_of(address: Address, source_id: str) -> str:
    """Six letters for the draft that this message starts: the same message always starts the same draft."""
    digest = hashlib.sha256(f"{address}\n{source_id}".encode(errors="replace")).digest()
    return base64.b32encode(digest[:5])[:6].decode()


def begin(incoming: Incoming, preset: WardCode | None, now: datetime) -> Draft:
    """An empty draft, with the ward of the notice board the resident came by."""
    return Draft(
        serial=serial_of(incoming.address, incoming.source_id),
        started_at=now,
        ward_codes=(preset,) if preset else (),
        ward_source=WardSource.PRESET if preset else None,
    )


def understand(incoming: Incoming, draft: Draft, city: City) -> Draft:
    """The draft with what this message adds: words, files, a place; and what follows for ward and kind.

    A message whose `source_id` the draft has already (an edit, or one seen twice) replaces that part. The answer to
    "which ward?", or "not that ward but this one", is no part of the matter when it holds nothing but the wards.
    """
    text = incoming.text.strip()
    answer = _answer(draft, incoming, city) if text else None
    is_answer = answer is not None and answer.is_only_place
    known, draft = draft, _with_part(draft, incoming, "" if is_answer else text)
    if incoming.point is not None:
        draft = replace(draft, point=incoming.point)
    draft = with_kind(draft, city, may_forget=incoming.is_edit)
    if draft.text == known.text:  # nothing more was said: what the resident wants sent as it is stays so
        draft = replace(draft, is_unclear=known.is_unclear)
    if answer is not None and is_answer:
        return _with_answer(draft, answer)
    return _with_ward(draft, incoming, answer, city)


def _answer(draft: Draft, incoming: Incoming, city: City) -> Routing | None:
    """What the text says about the ward, where it may say so: asked for, or set right."""
    if incoming.is_edit:
        return None
    found = city.places.route(incoming.text.strip())
    return found if _may_answer(draft) or draft.ward_code in found.set_aside else None


def repeated(draft: Draft, incoming: Incoming) -> DraftPart | None:
    """The part whose very words this message says again; None when it says anything else, or comes with anything."""
    is_plain = incoming.kind is IncomingKind.TEXT and not (incoming.is_edit or incoming.files or incoming.point)
    if not is_plain or not incoming.text.strip():
        return None
    others = (part for part in draft.parts if part.source_id != incoming.source_id and part.text)
    return next((part for part in others if same_words(part.text, incoming.text)), None)


def count_up(draft: Draft, part: DraftPart) -> Draft:
    """The draft with this part said once more."""
    more = replace(part, repeats=part.repeats + 1)
    return replace(draft, parts=tuple(more if known is part else known for known in draft.parts))


def next_question(draft: Draft) -> Question | None:
    """What to ask next; never None while the draft is open, for somebody has to confirm it."""
    if not draft.text.strip() or draft.is_unclear:
        return Question.MATTER
    if draft.ward_code is None and not draft.ward_unknown:
        return Question.WARD
    return Question.CONFIRM


def is_full(draft: Draft, incoming: Incoming) -> bool:
    """Has the draft no room for this message? It must be sent first; what follows joins the case."""
    if any(part.source_id == incoming.source_id for part in draft.parts):
        return False
    return len(draft.parts) >= MOST_PARTS or len(draft.text) + len(incoming.text) > MOST_TEXT


def offered_wards(draft: Draft, city: City, last_ward: WardCode | None = None) -> tuple[WardCode, ...]:
    """The wards that a question offers: those it may be, or those that the words only hint at.

    The ward of the resident's last case comes first where words and place leave it open. It is a hint: it joins no wards
    that they do speak of, and does not come first again after the resident said that it is another one.
    """
    if draft.ward_codes and draft.ward_code is None:
        told = draft.ward_codes
    else:
        told = city.places.route(draft.text, draft.point).codes
    others = tuple(code for code in told if code != draft.ward_set_aside)
    is_hint = last_ward is not None and last_ward in city.wards and last_ward != draft.ward_set_aside
    if last_ward is not None and is_hint and (not others or last_ward in others):
        told = (last_ward, *(code for code in told if code != last_ward))
    return told[:MOST_OFFERED]


def with_kind(draft: Draft, city: City, *, may_forget: bool = False) -> Draft:
    """Kind, category, danger and whom it is about, as the words now stand; what the resident chose stays.

    Args:
        may_forget: Words were taken back. Else a report that was about an official stays one, whatever is added to it.
    """
    if not draft.text.strip():
        return draft
    found = city.understand(draft.text)
    kind, category = found.kind, found.category
    if draft.kind_chosen:
        kind, category = draft.kind or found.kind, _category_of(found, draft.kind)
    elif found.kind is CaseKind.QUESTION and draft.kind in _REPORTS and not may_forget:
        kind, category = draft.kind, draft.category
    draft = replace(
        draft,
        kind=kind,
        category=category,
        is_emergency=draft.is_emergency or found.is_emergency,
        is_sensitive=found.is_sensitive or (draft.is_sensitive and not may_forget),
    )
    return replace(draft, accused=_accused(draft, found, may_forget=may_forget), is_unclear=_is_unclear(draft, found))


def is_greeting(draft: Draft) -> bool:
    """Is this no more than a greeting or a try-out? Then nothing was reported yet."""
    return draft.is_unclear and draft.category == GREETING and not draft.files and draft.point is None


def take_as_it_is(draft: Draft) -> Draft:
    """The resident has no more to say about it."""
    return replace(draft, is_unclear=False)


def _is_unclear(draft: Draft, found: Understanding) -> bool:
    """Asked about once: whatever else the resident wrote stands."""
    said = sum(bool(part.text.strip()) for part in draft.parts)
    return said == 1 and not draft.kind_chosen and found.category in NO_MATTER and found.confidence >= _SURELY


def _accused(draft: Draft, found: Understanding, *, may_forget: bool) -> Accused:
    if not draft.is_about_official:
        return Accused.NOBODY
    if draft.accused_chosen and draft.accused is not Accused.NOBODY:
        return draft.accused
    was_leader = draft.accused is Accused.LEADER and not may_forget
    return Accused.LEADER if was_leader or found.about_leader else Accused.OFFICIAL


def choose_kind(draft: Draft, kind: CaseKind, city: City) -> Draft:
    """The resident says what it is. That its words are about an official does not end with that."""
    return with_kind(replace(draft, kind=kind, kind_chosen=True), city)


def choose_accused(draft: Draft, accused: Accused) -> Draft:
    """The resident says whether it is about those who lead the ward; means nothing where it is about no official."""
    return replace(draft, accused=accused, accused_chosen=True) if draft.is_about_official else draft


def choose_anonymous(draft: Draft, *, is_anonymous: bool) -> Draft:
    """The resident says whether staff may ever learn who it is."""
    return replace(draft, is_anonymous=is_anonymous)


def choose_ward(draft: Draft, code: WardCode | None) -> Draft:
    """The resident says which ward it is; None: cannot tell."""
    why = (*draft.trace, f"chosen: {code or 'cannot tell'}")
    return replace(
        draft, ward_codes=(code,) if code else (), ward_source=WardSource.CHOSEN, ward_unknown=code is None, trace=why
    )


def reopen_ward(draft: Draft) -> Draft:
    """The resident says that it is another ward; from now on only a clear answer counts, not the words read before."""
    return replace(
        draft,
        ward_codes=(),
        ward_source=WardSource.CHOSEN,
        ward_unknown=False,
        ward_set_aside=draft.ward_code or draft.ward_set_aside,
    )


def _may_answer(draft: Draft) -> bool:
    """May a text be the answer to "which ward?", or a ward named before the matter?"""
    return next_question(draft) is not Question.CONFIRM


def _with_part(draft: Draft, incoming: Incoming, text: str) -> Draft:
    part = DraftPart(
        source_id=incoming.source_id,
        text=text,
        files=incoming.files,
        group_id=incoming.group_id,
        sequence=incoming.sequence,
        file_sequences=(incoming.sequence,) * len(incoming.files) if incoming.sequence else (),
    )
    for at, known in enumerate(draft.parts):
        others = (*draft.parts[:at], *draft.parts[at + 1 :])
        if part.group_id and known.group_id == part.group_id:
            return replace(draft, parts=_placed(others, at, _joined(known, part, is_edit=incoming.is_edit)))
        if known.source_id == part.source_id:
            edited = replace(part, sequence=known.sequence or part.sequence)
            if not part.files:
                edited = replace(edited, files=known.files, file_sequences=known.file_sequences)
            return replace(draft, parts=_placed(others, at, edited))
    if part.text and not part.files and any(known.text == part.text for known in draft.parts):
        return draft  # copied twice, or sent again by an impatient thumb: said once is enough
    # Even an empty first part is kept: its id is the one that opened the case.
    if draft.parts and not part.text and not part.files:
        return draft
    return replace(draft, parts=_placed(draft.parts, len(draft.parts), part))


def _placed(others: tuple[DraftPart, ...], at: int, part: DraftPart) -> tuple[DraftPart, ...]:
    """The part among the others: at its place, or before those that were sent after it (a webhook may bring them first)."""
    at = next((place for place, other in enumerate(others[:at]) if 0 < part.sequence < other.sequence), at)
    return (*others[:at], part, *others[at:])


def _joined(known: DraftPart, item: DraftPart, *, is_edit: bool) -> DraftPart:
    """The album with one more item, or with an item changed; its files in the order they were sent, where that is known."""
    files = _numbered(known)
    if is_edit and item.files and item.sequence:
        files = [(file, number) for file, number in files if number != item.sequence]
    files += [found for found in _numbered(item) if found not in files or not found[0].key]
    if all(number for _, number in files):
        files.sort(key=lambda found: found[1])
    opens = 0 < item.sequence < known.sequence
    first, second = (item, known) if opens else (known, item)
    if is_edit:  # without words it is another photo for this item, unless it is the first, whose caption was deleted
        words = item.text if item.text or item.source_id == known.source_id else known.text
    else:
        words = "\n".join(filter(None, (first.text, second.text)))
    return replace(
        known,
        source_id=first.source_id,
        sequence=first.sequence,
        text=words,
        files=tuple(file for file, _ in files),
        file_sequences=tuple(number for _, number in files) if any(number for _, number in files) else (),
    )


def _numbered(part: DraftPart) -> list[tuple[StoredFile, int]]:
    return list(zip(part.files, chain(part.file_sequences, repeat(0)), strict=False))


def _with_answer(draft: Draft, answer: Routing) -> Draft:
    """The resident named the ward by itself; several of that name stay to be asked about. One that is only denied goes."""
    if answer.decision == "none":
        return reopen_ward(draft) if draft.ward_code in answer.set_aside else draft
    return replace(
        draft,
        ward_codes=answer.codes,
        ward_source=WardSource.CHOSEN,
        ward_unknown=False,
        trace=(*draft.trace, *answer.why),
    )


def _with_ward(draft: Draft, incoming: Incoming, answer: Routing | None, city: City) -> Draft:
    if draft.ward_source is WardSource.CHOSEN:
        if draft.ward_code is not None:
            return _corrected(draft, incoming, city)
        # The resident sets the ward aside: only a clear new word or place counts.
        found = answer if incoming.point is None else city.places.route("", incoming.point)
        if found is None or found.decision == "none" or (incoming.point is None and found.decision != "ward"):
            return draft
        return replace(_with_answer(draft, found), ward_source=WardSource.CHOSEN)
    preset = draft.ward_codes[0] if draft.ward_source is WardSource.PRESET else None
    found = city.places.route(draft.text, draft.point, preset)
    is_settled = found.decision == "ward" or len(found.codes) > 1
    return replace(
        draft,
        ward_codes=found.codes if is_settled else (),
        ward_source=found.source if is_settled else None,
        trace=found.why,
    )


def _corrected(draft: Draft, incoming: Incoming, city: City) -> Draft:
    """The draft after words that may say "not that ward but this one"; any others leave what the resident chose."""
    found = city.places.route(incoming.text) if incoming.point is None and incoming.text else None
    if found is None or draft.ward_code not in found.set_aside:
        return draft
    return _with_answer(draft, found) if found.decision == "ward" else reopen_ward(draft)


def _category_of(found: Understanding, kind: CaseKind | None) -> str:
    """The likeliest category of the kind that the resident chose; empty where none comes near."""
    known = load_categories()
    likely = (found.category, *(category for category, _ in found.alternatives))
    return next((category for category in likely if known[category].kind is kind), "")
