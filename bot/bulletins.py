"""Gathers what a ward's bulletin is made of: figures and matters that anybody may know of, a rule, the ways in."""

from datetime import date, datetime, tzinfo

from bot.conduct import Item, Stance, load_codes
from bot.domain.city_day import city_span
from bot.domain.people import Language
from bot.domain.ward import Ward
from bot.papers.bulletin import BulletinFacts, Story
from bot.ports import Chosen, UnitOfWork, Viewer
from bot.services.staff_change import ward_name
from bot.understanding.categories import load_categories
from bot.wording import say

_LOOKED_AT = 30  # matters that are done, the newest, of which two are told
_PUBLIC = "public"  # the code of conduct for everybody


async def gather(
    uow: UnitOfWork,
    *,
    ward: Ward,
    viewer: Viewer | None,
    first: date,
    last: date,
    now: datetime,
    zone: tzinfo,
    public_url: str,
    language: Language = Language.VI,
) -> BulletinFacts:
    """All of it for these days, both included.

    Args:
        viewer: Whose eyes; None: the operator's. What few may see is in no bulletin, whoever looks.
    """
    start, end = city_span(first, last, zone)
    chosen = Chosen(viewer=viewer, start=start, end=end, ward_code=ward.code)
    tally = await uow.cases.tally(chosen, now)
    done = await uow.cases.done_and_proved(chosen, most=_LOOKED_AT)
    closings = await uow.closings.of_cases([case.id for case in done])
    office = await uow.ward_settings.get(ward.code)
    return BulletinFacts(
        place=ward_name(language, ward),
        first=first,
        last=last,
        tally=tally,
        most_named=_category(tally.most_category, language),
        stories=[
            Story(_category(case.category, language), closings[case.id][-1].report.what)
            for case in done
            if not _is_delicate(case.category)
        ],
        rule=_rule_of(last, language),
        address=f"{public_url}/chat".removeprefix("https://").removeprefix("http://") if public_url else "",
        phone=office.phone,
        language=language,
    )


def _category(category: str, language: Language) -> str:
    known = load_categories().get(category)
    if known is None:
        return say(language, "dashboard_none").lower() if category else ""
    name = known.en if language is Language.EN else known.vi
    return name[:1].lower() + name[1:]


def _is_delicate(category: str) -> bool:
    known = load_categories().get(category)
    return known is not None and known.is_sensitive


def _rule_of(day: date, language: Language) -> str:
    """One sentence of the code for public places that was verified; another one each month."""
    items = [
        item
        for item in load_codes().items.values()
        if item.code == _PUBLIC and item.stance in (Stance.DO, Stance.DONT) and item.article
    ]
    return _told(items[(day.year * 12 + day.month) % len(items)], language) if items else ""


def _told(item: Item, language: Language) -> str:
    text = item.text(language)
    key = "bulletin_rule_do" if item.stance is Stance.DO or item.is_negated else "bulletin_rule_dont"
    return say(language, key, rule=text[:1].lower() + text[1:])
