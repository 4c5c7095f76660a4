"""Wording keys and small facts that several pages show the same way."""

import unicodedata
from datetime import datetime, tzinfo
from functools import lru_cache

from bot.domain.case import CaseStatus
from bot.domain.people import Language
from bot.domain.ward import Point
from bot.understanding.categories import load_categories


def kind_key(kind: str) -> str:
    return f"desk_kind_{kind}"


def lateness(due_at: datetime, status: CaseStatus, now: datetime, zone: tzinfo) -> str:
    """ "late", "today", or empty: in time, or closed."""
    if status is CaseStatus.CLOSED:
        return ""
    if due_at < now:
        return "late"
    return "today" if due_at.astimezone(zone).date() == now.astimezone(zone).date() else ""


def capital(text: str) -> str:
    """As it begins a line; templates have `sentence` for it."""
    return text[:1].upper() + text[1:]


def map_url(point: Point | None) -> str:
    """The place on OpenStreetMap; empty without a point on this earth."""
    if point is None or not (-90 <= point.lat <= 90 and -180 <= point.lon <= 180):
        return ""
    lat, lon = f"{point.lat:.6f}", f"{point.lon:.6f}"
    return f"https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=18/{lat}/{lon}"


def category_name(category: str, language: Language) -> str:
    """Empty for none; an id that the list no longer has is shown as it is."""
    known = load_categories().get(category)
    if known is None:
        return category
    return known.vi if language is Language.VI else known.en


def initials(full_name: str) -> str:
    """What stands for a person where there is little room: the last two words' first letters, "Nguyễn Thị Minh" → "TM"."""
    words = [word for word in full_name.split() if word[0].isalnum()]
    return "".join(word[0] for word in words[-2:]).upper()


@lru_cache(maxsize=4096)  # names of wards, categories and colleagues, sorted for every page
def sorting_key(name: str) -> str:
    """Vietnamese names in an order that people expect: by letters first, marks and đ after."""
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d\uffff"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def grouped(language: Language, number: int) -> str:
    """ "12.400" in Vietnamese, "12,400" in English."""
    return f"{number:,}".replace(",", "." if language is Language.VI else ",")
