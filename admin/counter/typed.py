"""The counter's form as it was typed, what is wrong with it field by field, and the report it makes."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from admin.counter.photos import Kept
from bot.domain.assisting import ToldReport, Way
from bot.domain.people import Language, StaffMember
from bot.domain.privacy import CONSENT_VERSION
from bot.domain.ward import WardCode
from bot.routing.wards import Wards
from bot.services.assist import categories_to_choose
from bot.services.setting import one_line, trouble_with_line
from bot.services.staff_change import LONGEST_WORDS
from bot.web.forms import Form

NO_WARD = "unknown"  # the ward field's word for "nobody can tell"
OTHER = "other"  # the topic field's word for "the one chosen below"
LONGEST_NAME, LONGEST_PHONE = 100, 30  # characters
_TICKET = re.compile(r"[A-Za-z0-9_-]{22}")
_PHONE = re.compile(r"\+?[\d\s().\-]+", re.ASCII)
_DIGITS = range(8, 16)  # from a short landline to the longest number there is


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Every field, as text; `heard` is the mark of the words that proposals were shown for."""

    ticket: str
    heard: str = ""
    text: str = ""
    way: str = Way.COUNTER.value
    language: str = Language.VI.value
    ward: str = ""
    topic: str = ""
    other_topic: str = ""
    leader: str = ""
    anonymous: str = ""
    name: str = ""
    phone: str = ""
    agreed: str = ""
    consent_version: str = CONSENT_VERSION
    files: tuple[Kept, ...] = field(default=())

    @property
    def category(self) -> str:
        return self.other_topic if self.topic == OTHER else self.topic

    @property
    def mark(self) -> str:
        """Tells whether the words have changed since proposals were made for them."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    @property
    def is_anonymous(self) -> bool:
        return self.anonymous == "yes"

    @property
    def contact(self) -> str:
        return ", ".join(filter(None, (self.name, self.phone)))

    @property
    def spoken(self) -> Language:
        """The resident's language; Vietnamese where the field holds none of ours."""
        return Language.EN if self.language == Language.EN.value else Language.VI

    def report(self) -> ToldReport:
        """Only of a form with no `troubles`."""
        return ToldReport(
            ticket=self.ticket,
            way=Way(self.way),
            language=Language(self.language),
            text=self.text,
            ward_code=None if self.ward == NO_WARD else WardCode(self.ward),
            category=self.category,
            files=tuple(kept.file for kept in self.files),
            is_about_leader=self.leader == "yes",
            is_anonymous=self.is_anonymous,
            contact=self.contact,
            consent_version=self.consent_version if self.agreed == "yes" else "",
        )


def blank(staff: StaffMember) -> Typed:
    """A fresh form: the officer's own ward, nothing agreed to."""
    return Typed(ticket=secrets.token_urlsafe(16), ward=staff.ward_code or "")


def read(form: Form, files: tuple[Kept, ...]) -> Typed:
    """What was posted. A ticket that is none of ours gets a fresh one: nothing can have been filed under it."""
    ticket = form.text("ticket")
    return Typed(
        ticket=ticket if _TICKET.fullmatch(ticket) else secrets.token_urlsafe(16),
        heard=form.text("heard")[:16],
        text=form.text("text"),
        way=form.text("way")[:20],
        language=form.text("language")[:20],
        ward=form.text("ward")[:20],
        topic=form.text("topic")[:40],
        other_topic=form.text("other_topic")[:40],
        leader=form.text("leader")[:10],
        anonymous=form.text("anonymous")[:10],
        name=one_line(form.text("name")),
        phone=one_line(form.text("phone")),
        agreed=form.text("agreed")[:10],
        consent_version=form.text("consent_version")[:10],
        files=files,
    )


def troubles(typed: Typed, wards: Wards) -> Mapping[str, str]:
    """Field to the wording key of what is wrong with it, in the form's order. The topic is asked for later."""
    found = {
        "way": "" if typed.way in set(Way) else "counter_way_missing",
        "language": "" if typed.language in set(Language) else "counter_language_missing",
        "text": _text(typed.text),
        "ward": "" if typed.ward == NO_WARD or typed.ward in wards else "counter_ward_missing",
        "topic": "" if not typed.topic or typed.category in categories_to_choose() else "counter_topic_missing",
        "name": trouble_with_line(typed.name, LONGEST_NAME),
        "phone": _phone(typed.phone),
        "anonymous": "counter_anonymous_contact" if typed.is_anonymous and typed.contact else "",
        "agreed": _agreed(typed),
    }
    return {name: key for name, key in found.items() if key}


def _text(text: str) -> str:
    if not text:
        return "counter_text_missing"
    return "desk_text_too_long" if len(text) > LONGEST_WORDS else ""


def _phone(phone: str) -> str:
    if not phone:
        return ""
    if len(phone) > LONGEST_PHONE:
        return "settings_too_long"
    digits = sum(letter.isdigit() for letter in phone)
    return "" if _PHONE.fullmatch(phone) and digits in _DIGITS else "counter_phone_wrong"


def _agreed(typed: Typed) -> str:
    if not typed.contact or typed.is_anonymous:
        return ""
    if typed.agreed != "yes":
        return "counter_agreed_missing"
    return "" if typed.consent_version == CONSENT_VERSION else "counter_agreed_old"
