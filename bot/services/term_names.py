"""What a term is called, in notices, on pages and in documents."""

from bot.domain.people import Language
from bot.domain.review import Term, TermKind
from bot.wording import say


def term_name(language: Language, term: Term) -> str:
    """As it stands in a sentence: "6 tháng đầu năm 2026"."""
    if term.kind is TermKind.YEAR:
        return say(language, "review_term_year", year=term.first.year)
    if term.kind is TermKind.HALF_YEAR:
        key = "review_term_half_1" if term.first.month == 1 else "review_term_half_2"
        return say(language, key, year=term.first.year)
    return say(language, "review_term_days", first=f"{term.first:%d/%m/%Y}", last=f"{term.last:%d/%m/%Y}")
