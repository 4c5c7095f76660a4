"""How the codes of conduct are laid out for reading in a chat: pages of text with buttons to the next ones.

Every page names the decision, the source and the file's notice, and has a way on. Which page is shown is `codes`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.conduct import (
    Article,
    Code,
    Item,
    Penalty,
    Stance,
    asks_about_fines,
    load_codes,
    load_penalties,
    penalties_of,
)
from bot.domain.people import Language
from bot.domain.reply import Choice
from handlers.dialogue.choices import Act
from handlers.dialogue.turn import Rows, Turn

CODE, ARTICLE, FINES, REPORT = "c", "a", "f", "r"  # what a button opens
ARTICLES_A_PAGE = 6
ITEMS_A_PAGE = 9

_STANCES = {Stance.DO: "codes_do", Stance.DONT: "codes_dont", Stance.BODY: "codes_says", Stance.RELATED: "codes_says"}


@dataclass(frozen=True, slots=True)
class Page:
    """Paragraphs already worded, and the buttons below them."""

    text: str
    choices: Rows

    def say(self, turn: Turn) -> None:
        turn.say("codes_page", text=self.text, choices=self.choices)


def home(turn: Turn) -> Page:
    """Both codes by name."""
    rows = [[_button(turn, f"codes_button_{code.id}", CODE, code.id)] for code in load_codes().codes.values()]
    return Page(turn.word("codes_home"), [*rows, [_button(turn, "codes_button_fines", FINES)]])


def code(turn: Turn, shown: Code, at: int) -> Page:
    """One code: what it is, and its articles as buttons."""
    pages = -(-len(shown.articles) // ARTICLES_A_PAGE)
    at = min(at, pages - 1)
    here = shown.articles[at * ARTICLES_A_PAGE : (at + 1) * ARTICLES_A_PAGE]
    rows = [[Choice(_label(turn, article), _data(ARTICLE, article.id))] for article in here]
    nature = shown.nature(turn.language)
    paragraphs = [_decided(turn, shown), *([nature] if nature else []), turn.word("codes_choose_article"), _notice(turn)]
    return Page("\n\n".join(paragraphs), [*rows, *_turning(turn, CODE, shown.id, at, pages), [_home_button(turn)]])


def article(turn: Turn, shown: Article, at: int) -> Page:
    """One article's items, and what other rules say on its topic."""
    codes = load_codes()
    items = (*shown.items, *codes.related(shown))
    pages = -(-len(items) // ITEMS_A_PAGE)
    at = min(at, pages - 1)
    here = items[at * ITEMS_A_PAGE : (at + 1) * ITEMS_A_PAGE]
    heading = turn.word("codes_heading", place=_place(turn, shown), code=_decided(turn, codes.codes[shown.code]))
    lines = [_sentence(turn, item) if item.article else _related(turn, item) for item in here]
    sources = "\n".join(dict.fromkeys(item.source for item in here))
    text = "\n\n".join([heading, "\n".join(lines), turn.word("codes_source", source=sources), _notice(turn)])
    back = [_button(turn, "codes_button_articles", CODE, shown.code), _home_button(turn)]
    return Page(text, [*_turning(turn, ARTICLE, shown.id, at, pages), back])


def answer(turn: Turn, items: Sequence[Item], query: str, *, may_report: bool) -> Page:
    """A few items, each with its place and source; the fines at once where the query asks for them."""
    with_fines = asks_about_fines(query)
    paragraphs = [turn.word("codes_found"), *(_whole(turn, item) for item in items)]
    fined = next((item for item in items if penalties_of(item.id)), None)
    if with_fines:
        paragraphs.append(_fines(turn, penalties_of(fined.id, query) if fined else ()))
    rows = []
    if may_report:
        rows.append([_button(turn, "codes_button_report", REPORT, items[0].id)])
    if fined is not None and not with_fines:
        rows.append([_button(turn, "codes_button_fines", FINES, fined.id)])
    place = next((item.article for item in items if item.article), "")
    if place:
        rows.append([_button(turn, "codes_button_article", ARTICLE, place)])
    return Page("\n\n".join([*paragraphs, _notice(turn)]), [*rows, [_home_button(turn)]])


def fines(turn: Turn, item: Item | None) -> Page:
    """What a fine for this would be, or every fine that is known, for reference."""
    rows = [[_button(turn, "codes_button_report", REPORT, item.id)]] if item and turn.draft is None else []
    penalties = penalties_of(item.id) if item else load_penalties()
    paragraphs = [_sentence(turn, item)] if item else []
    return Page("\n\n".join([*paragraphs, _fines(turn, penalties)]), [*rows, [_home_button(turn)]])


def not_found(turn: Turn, number: int | None) -> Page:
    """Nothing verified: say so, and where else to look or ask."""
    said = turn.word("codes_no_article", number=number) if number is not None else turn.word("codes_nothing")
    return Page(said, home(turn).choices)


def _whole(turn: Turn, item: Item) -> str:
    """An item with where it stands and where it was read."""
    codes = load_codes()
    if not item.article:
        return f"{_related(turn, item)}\n{turn.word('codes_source', source=item.source)}"
    place = turn.word(
        "codes_place", place=_place(turn, codes.articles[item.article]), code=_decided(turn, codes.codes[item.code])
    )
    return f"{_sentence(turn, item)}\n{place}\n{turn.word('codes_source', source=item.source)}"


def _sentence(turn: Turn, item: Item) -> str:
    key = "codes_not" if item.is_negated else _STANCES[item.stance]
    return turn.word(key, text=item.text(turn.language))


def _related(turn: Turn, item: Item) -> str:
    return turn.word("codes_related", text=item.text(turn.language), law=item.law)


def _place(turn: Turn, shown: Article) -> str:
    """An article by number and heading; a number that only follows from the order says so."""
    title = shown.title(turn.language)
    if shown.number is None:
        return turn.word("codes_topic", title=title)
    key = "codes_article" if shown.is_number_sure else "codes_article_by_order"
    return turn.word(key, number=shown.number, title=title)


def _label(turn: Turn, shown: Article) -> str:
    title = shown.title(turn.language)
    return title if shown.number is None else turn.word("codes_article_label", number=shown.number, title=title)


def _decided(turn: Turn, shown: Code) -> str:
    return turn.word(
        "codes_decided", title=shown.title(turn.language), decision=shown.decision, date=f"{shown.decided_on:%d/%m/%Y}"
    )


def _notice(turn: Turn) -> str:
    return load_codes().notice(turn.language)


def _fines(turn: Turn, penalties: Sequence[Penalty]) -> str:
    """Each fine with its decree; always that it is for reference, and that no code fines anybody."""
    paragraphs = [turn.word("codes_fines"), *(_fine(turn, penalty) for penalty in penalties)]
    if not penalties:
        paragraphs.append(turn.word("codes_fine_none"))
    if any(penalty.is_from_the_press for penalty in penalties):
        paragraphs.append(turn.word("codes_fine_press"))
    return "\n\n".join([*paragraphs, turn.word("codes_fine_by_whom")])


def _fine(turn: Turn, penalty: Penalty) -> str:
    lines = [turn.word("codes_fine_for", text=penalty.text(turn.language))]
    if penalty.amount is None:
        lines.append(turn.word("codes_fine_unchecked"))
    else:
        low, high = (_dong(turn, number) for number in penalty.amount)
        lines.append(turn.word("codes_fine_or_warning" if penalty.or_warning else "codes_fine_amount", low=low, high=high))
    if penalty.decree and penalty.article is not None:
        lines.append(turn.word("codes_fine_basis_article", decree=penalty.decree, article=penalty.article))
    elif penalty.decree:
        lines.append(turn.word("codes_fine_basis", decree=penalty.decree))
    if penalty.source:
        lines.append(turn.word("codes_source", source=penalty.source))
    return "\n".join(lines)


def _dong(turn: Turn, number: int) -> str:
    """1000000 → "1.000.000" as Vietnamese writes it, "1,000,000" in English."""
    return f"{number:,}" if turn.language is Language.EN else f"{number:,}".replace(",", ".")


def _turning(turn: Turn, what: str, about: str, at: int, pages: int) -> list[list[Choice]]:
    """To the page before and the next, where there are any."""
    row = [Choice(turn.word("codes_button_before"), _data(what, about, at - 1))] if at else []
    row += [Choice(turn.word("codes_button_next"), _data(what, about, at + 1))] if at + 1 < pages else []
    return [row] if row else []


def _data(what: str, about: str = "", at: int = 0) -> str:
    """A button's data: "codes:a:P3:1"."""
    return ":".join([Act.CODES.value, what, about, *([str(at)] if at else [])])


def _button(turn: Turn, key: str, what: str, about: str = "") -> Choice:
    return Choice(turn.word(key), _data(what, about))


def _home_button(turn: Turn) -> Choice:
    return Choice(turn.word("codes_button_home"), Act.CODES.value)
