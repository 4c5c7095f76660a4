"""What the counter's three pages show: the form, what is read back, the receipt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from admin.case_page import ward_options
from admin.counter.photos import seal
from admin.counter.typed import NO_WARD, OTHER, Typed
from admin.guard import Visit
from admin.labels import category_name, kind_key
from admin.pages import Frame, WardOption
from bot.domain.assisting import Proposal
from bot.domain.case import Accused, Case, CaseStatus, Desk, choose_desk
from bot.domain.draft import Draft
from bot.domain.formal import FORMAL
from bot.domain.incoming import FileKind
from bot.domain.people import Language
from bot.domain.privacy import CONSENT_VERSION, Purpose
from bot.domain.ward import WardCode
from bot.services.assist import Assisted, categories_to_choose, draft_of, propose
from bot.services.exclude import named_in
from bot.services.receipt import track_link
from bot.services.staff_change import ward_name, who_has_it
from bot.understanding import load_categories
from bot.web import keys
from bot.web.pages import words_of
from bot.web.qr import qr_svg
from bot.wording import say

Spoken = Callable[..., str]  # `t` in the resident's language


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A category to choose."""

    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class TopicGroup:
    """A kind, and its categories."""

    kind_key: str
    topics: Sequence[Topic]


@dataclass(frozen=True, kw_only=True)
class ProposalPart:
    """What the words seem to be, for the officer to choose from."""

    topics: Sequence[Topic]  # the likeliest first
    wards: Sequence[WardOption]  # that the words name and the form does not have yet
    is_about_official: bool
    is_about_leader: bool  # the words say so: no choice
    is_emergency: bool


@dataclass(frozen=True, kw_only=True)
class WaitingLine:
    """A case with an answer that nobody has told its resident."""

    code: str
    topic: str
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """Everything `staff/counter/form.html` may use."""

    frame: Frame
    typed: Typed
    files_sealed: str
    troubles: Mapping[str, str]  # field to a sentence, in the form's order
    proposal: ProposalPart | None  # None before the first words
    wards: Sequence[WardOption]
    groups: Sequence[TopicGroup]
    consents: Mapping[str, str]  # language to the text that is read out
    waiting: Sequence[WaitingLine] = ()  # on the empty form


@dataclass(frozen=True, kw_only=True)
class ReadBackPage:
    """Everything `staff/counter/read_back.html` may use. `spoken` words are the resident's, all others the officer's."""

    frame: Frame
    typed: Typed
    files_sealed: str
    spoken: Spoken
    language: str
    kind_key: str
    topic: str
    ward: str  # empty: nobody could tell
    readers_key: str  # of a report about an official; empty for others
    photos: int
    others: int
    has_personal_data: bool
    is_emergency: bool
    is_formal: bool
    is_praise: bool
    names_me: bool  # the officer's own name stands in the words


@dataclass(frozen=True, kw_only=True)
class ReceiptPage:
    """Everything `staff/counter/receipt.html` may use. `secret` is empty where it was shown before."""

    frame: Frame
    spoken: Spoken
    language: str
    code: str
    secret: str
    signature: str
    qr: Markup | None
    link: str  # where the receipt is checked; empty when the city has no public address
    chat_link: str
    filed_at: datetime
    due_at: datetime
    who: str
    is_anonymous: bool
    is_formal: bool
    is_readable: bool
    officer: str


def form_page(
    visit: Visit, typed: Typed, troubles: Mapping[str, str], *, is_heard: bool, waiting: Sequence[Case] = ()
) -> FormPage:
    """The form; with proposals once there are words to make them of (`is_heard`)."""
    proposal = propose(typed.text, visit.request.app[keys.CITY]) if is_heard and typed.text else None
    return FormPage(
        frame=visit.frame,
        typed=_with_topic(typed, proposal) if proposal else typed,
        files_sealed=seal(visit, typed.files),
        troubles=troubles,
        proposal=_proposal_part(visit, typed, proposal) if proposal else None,
        wards=ward_options(visit.language, visit.request.app[keys.WARDS]),
        groups=_groups(visit.language),
        consents={
            language.value: say(language, f"person_consent_{Purpose.CONTACT.value}_{CONSENT_VERSION}")
            for language in Language
        },
        waiting=[_waiting_line(visit, case) for case in waiting],
    )


def _waiting_line(visit: Visit, case: Case) -> WaitingLine:
    topic = category_name(case.category, visit.language)
    return WaitingLine(code=case.code, topic=topic, is_open=case.status is CaseStatus.OPEN)


def _with_topic(typed: Typed, proposal: Proposal) -> Typed:
    """The form's own choice, or the likeliest; one that is not among the proposed stands in the list below them."""
    chosen = typed.category if typed.category in categories_to_choose() else ""
    if not chosen:
        return replace(typed, topic=proposal.categories[0] if proposal.categories else OTHER, heard=typed.mark)
    if chosen in proposal.categories:
        return replace(typed, topic=chosen, other_topic="", heard=typed.mark)
    return replace(typed, topic=OTHER, other_topic=chosen, heard=typed.mark)


def _proposal_part(visit: Visit, typed: Typed, proposal: Proposal) -> ProposalPart:
    named = () if typed.ward in proposal.ward_codes else proposal.ward_codes
    options = {option.code: option for option in ward_options(visit.language, visit.request.app[keys.WARDS])}
    return ProposalPart(
        topics=[_topic(category, visit.language) for category in proposal.categories],
        wards=[options[code] for code in named[:5] if code in options],
        is_about_official=proposal.is_about_official,
        is_about_leader=proposal.is_about_leader,
        is_emergency=proposal.is_emergency,
    )


def _groups(language: Language) -> list[TopicGroup]:
    known, groups = load_categories(), dict[str, list[Topic]]()
    for category in categories_to_choose():
        groups.setdefault(known[category].kind.value, []).append(_topic(category, language))
    return [TopicGroup(kind_key=kind_key(kind), topics=topics) for kind, topics in groups.items()]


def _topic(category: str, language: Language) -> Topic:
    return Topic(value=category, label=category_name(category, language))


def read_back_page(visit: Visit, typed: Typed) -> ReadBackPage:
    """All that will be filed, as the resident hears it."""
    city, language = visit.request.app[keys.CITY], typed.spoken
    draft, proposal = draft_of(typed.report(), city, visit.now), propose(typed.text, city)
    photos = sum(kept.file.kind is FileKind.PHOTO for kept in typed.files)
    return ReadBackPage(
        frame=visit.frame,
        typed=typed,
        files_sealed=seal(visit, typed.files),
        spoken=words_of(language),
        language=language.value,
        kind_key=kind_key(draft.kind.value) if draft.kind else "",
        topic=category_name(draft.category, language),
        ward="" if typed.ward == NO_WARD else _ward(visit, language, WardCode(typed.ward)),
        readers_key=_readers_key(draft),
        photos=photos,
        others=len(typed.files) - photos,
        has_personal_data=proposal.has_personal_data,
        is_emergency=draft.is_emergency,
        is_formal=draft.category in FORMAL,
        is_praise=draft.category.startswith("com_"),
        names_me=draft.is_about_official and bool(named_in(typed.text, [visit.staff])),
    )


def _readers_key(draft: Draft) -> str:
    if not draft.is_about_official or draft.kind is None:
        return ""
    desk = choose_desk(draft.kind, draft.ward_code, is_sensitive=draft.is_sensitive, accused=draft.accused)
    if desk is Desk.RESTRICTED:
        return "card_readers_restricted"
    return "card_readers_not_ward" if draft.accused is Accused.LEADER else "card_readers_city"


def receipt_page(visit: Visit, typed: Typed, filed: Assisted, *, shows_secret: bool) -> ReceiptPage:
    """The paper, in the resident's language."""
    case, app, language = filed.case, visit.request.app, typed.spoken
    receipts, public_url = app[keys.RECEIPTS], app[keys.CITY].public_url
    signature = receipts.signature(case.code)
    link = track_link(public_url, case.code, signature) if public_url else ""
    return ReceiptPage(
        frame=visit.frame,
        spoken=words_of(language),
        language=language.value,
        code=case.code,
        secret=receipts.secret(case.code) if shows_secret else "",
        signature=" ".join(signature[at : at + 4] for at in range(0, len(signature), 4)),
        qr=qr_svg(link, say(language, "counter_receipt_qr", code=case.code)) if link else None,
        link=link,
        chat_link=f"{public_url}/chat" if public_url else "",
        filed_at=case.created_at,
        due_at=case.due_at,
        who=who_has_it(language, case.desk, _ward_of(visit, language, case)),
        is_anonymous=case.is_anonymous,
        is_formal=case.category in FORMAL,
        is_readable=filed.is_readable,
        officer=visit.staff.full_name,
    )


def _ward_of(visit: Visit, language: Language, case: Case) -> str:
    return _ward(visit, language, case.ward_code) if case.ward_code else ""


def _ward(visit: Visit, language: Language, code: WardCode) -> str:
    return ward_name(language, visit.request.app[keys.WARDS][code])
