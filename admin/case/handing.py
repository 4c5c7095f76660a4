"""A matter that is said to be another's, who is a ward of this city: then the case can go there instead of being closed.

Only offered: the officer chooses, and may close it all the same (the ward's police, say, are no desk of ours).
"""

from functools import lru_cache

from bot.domain.case import Case
from bot.domain.closing import ClosingReport
from bot.domain.outcome import Outcome
from bot.domain.ward import Ward, WardCode
from bot.errors import BotError
from bot.routing.folding import words_of
from bot.routing.wards import Wards


class WardNamed(BotError):
    """Whoever is named as responsible is a ward of this city, and nobody has said to close it all the same."""

    wording_key = "closing_names_ward"

    def __init__(self, ward: Ward) -> None:
        super().__init__(ward=ward.code)
        self.ward = ward


def offer_move(case: Case, report: ClosingReport, wards: Wards, *, is_meant: bool) -> None:
    """Raises WardNamed, unless it `is_meant` to be closed."""
    if report.outcome is not Outcome.NOT_OURS or is_meant:
        return
    ward = named_ward(report.handed_to, wards)
    if ward is not None and ward.code != case.ward_code:
        raise WardNamed(ward)


def named_ward(text: str, wards: Wards) -> Ward | None:
    """The one ward that these words name with what it is ("phường Tây Hồ", "Tay Ho Ward"), or that they are nothing but."""
    words = " ".join(word.plain for word in words_of(text[:300]))
    found = {code for name, code in _names(wards) if f" {name} " in f" {words} "}
    found |= {ward.code for ward in wards if _plain(ward.name) == words}
    return wards[found.pop()] if len(found) == 1 else None


@lru_cache(maxsize=4)
def _names(wards: Wards) -> tuple[tuple[str, WardCode], ...]:
    return tuple((_plain(name), ward.code) for ward in wards for name in (ward.full_name, ward.name_en))


def _plain(name: str) -> str:
    return " ".join(word.plain for word in words_of(name))
