"""Numbers, days and changes as an office writes them: 1.500, 05/07/2026, "tăng 12%"."""

from datetime import date

from bot.domain.figures import SMALL, share_of
from bot.domain.people import Language
from bot.domain.review import Term, TermKind
from bot.wording import say

_TIMES = 300  # percent; a larger rise is said in times


def count(number: int, language: Language) -> str:
    """1500 → "1.500" in Vietnamese, "1,500" in English."""
    grouped = f"{number:,}"
    return grouped.replace(",", ".") if language is Language.VI else grouped


def day(when: date) -> str:
    return f"{when:%d/%m/%Y}"


def change(now: int, before: int | None, language: Language) -> str:
    """How a number compares with that of the term before, to stand after it: ", tăng 12% so với kỳ trước (1.100)".

    `before` is None where nobody counted then. No share is reckoned of fewer than five.
    """
    told = _change(now, before, language)
    return f" {told}" if told.startswith("(") else told


def _change(now: int, before: int | None, language: Language) -> str:
    if before is None:
        return say(language, "paper_change_uncounted")
    told = count(before, language)
    if now == before:
        return say(language, "paper_change_none_again" if now == 0 else "paper_change_same")
    if before == 0:
        return say(language, "paper_change_from_none")
    if now == 0 or before < SMALL:
        return say(language, "paper_change_small", before=told)
    share = share_of(abs(now - before), before) or 0
    if now > before and share >= _TIMES:
        return say(language, "paper_change_times", times=count(now // before, language), before=told)
    key = "paper_change_up" if now > before else "paper_change_down"
    if share == 0:
        return say(language, f"{key}_slightly", before=told)
    return say(language, key, share=f"{count(share, language)}%", before=told)


def term_words(term: Term, language: Language) -> str:
    """ "6 tháng đầu năm 2026", "năm 2026", "thời gian từ ngày 01/03/2026 đến ngày 31/05/2026"."""
    if term.kind is TermKind.YEAR:
        return say(language, "review_term_year", year=term.first.year)
    if term.kind is TermKind.HALF_YEAR:
        return say(language, f"review_term_half_{1 if term.first.month == 1 else 2}", year=term.first.year)
    return say(language, "paper_term_days", first=day(term.first), last=day(term.last))
