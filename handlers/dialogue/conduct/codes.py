"""Looking up the codes of conduct: by words, by an article's number or page by page, and what a fine would be.

Only verified items, each with its source, and fines for reference. A question that the codes answer is answered and kept
all the same, so that it can go to the ward; a report is never taken for a look-up. What the texts are is `bot.conduct`;
how they are laid out for reading, `code_pages`.
"""

import re
from dataclasses import replace

from bot.conduct import (
    Item,
    article_number,
    asks_about_fines,
    asks_about_rules,
    find,
    find_article,
    load_codes,
    penalties_of,
    tells_of_a_happening,
)
from bot.domain.case import CaseKind
from bot.domain.incoming import IncomingKind
from bot.routing.folding import folded
from handlers.dialogue import fallback
from handlers.dialogue.asking import ask_next
from handlers.dialogue.conduct import code_pages
from handlers.dialogue.report import filing
from handlers.dialogue.report.drafting import begin
from handlers.dialogue.turn import Turn

MOST_ITEMS = 3  # an answer is read on a phone
ABOUT_RULES = frozenset({"q_code", "q_penalty"})
MOST_WORDS = 12  # of a look-up; who writes more tells of something

# "tra quy tắc hút thuốc" is a look-up wherever it stands; "quy tắc về loa kéo" only where nothing else is being written.
_LOOK_UP = re.compile(
    r"(?:tra|tra cuu|xem|tim) (?:cac |hai |bo )?(?:quy tac(?: ung xu)?(?: noi cong cong)?|muc phat)"
    r"(?: (?:ve|cho|khi|o|tai|doi voi))? (?P<words>.+)"
    r"|(?:look up|search|show me|show) (?:the )?(?:rules?|codes?(?: of conduct)?|fines?)(?: (?:about|on|for))? (?P<en>.+)"
)
_MENTION = re.compile(
    r"(?:quy tac(?: ung xu)?(?: noi cong cong)?|quy dinh|muc phat) (?:ve|cho|khi|o|tai|doi voi) (?P<words>.+)"
    r"|(?:the )?(?:rules?|codes?(?: of conduct)?|fines?|penalty) (?:about|on|for|regarding) (?P<en>.+)"
)
_ARTICLE = re.compile(
    r"(?:(?:xem|tra|doc|show|read) )?(?:dieu|article) \d{1,3}(?: (?:cua |bo |of |the )*(?:quy tac|code)\b.*)?"
)


def look_up(turn: Turn) -> None:
    """/code, /quytac and their words: the codes, or what they say about the words behind the command."""
    query = turn.incoming.argument.strip() if turn.incoming.kind is IncomingKind.COMMAND else ""
    if query:
        _answer(turn, query)
    else:
        _show(turn, code_pages.home(turn))


def hears(turn: Turn) -> bool:
    """Answer a text that names the codes and what it seeks in them; False: it is no look-up."""
    text = turn.incoming.text
    plain = folded(text[:600])
    if len(plain.split()) > MOST_WORDS or turn.conversation.awaits is not None or tells_of_a_happening(text):
        return False
    if _LOOK_UP.fullmatch(plain):
        _answer(turn, text)
        return True
    if turn.draft is not None or asks_about_rules(text):
        return False
    if _ARTICLE.fullmatch(plain) or (_MENTION.fullmatch(plain) and _is_clear(turn, text) and not _names_a_place(turn, text)):
        _answer(turn, text)
        return True
    return False


def is_answerable(turn: Turn) -> bool:
    """Is this text, with no draft open, a question to which the codes have a clear answer?"""
    text = turn.incoming.text
    if turn.draft is not None or turn.conversation.awaits is not None or tells_of_a_happening(text):
        return False
    understood = turn.city.understand(text)
    if understood.is_emergency:
        return False
    if understood.kind is CaseKind.QUESTION and understood.category in ABOUT_RULES:
        return _is_clear(turn, text) or find_article(text) is not None
    return asks_about_rules(text) and _is_clear(turn, text) and not _names_a_place(turn, text)


def answer_question(turn: Turn) -> None:
    """Say what the codes say, in a message of its own; what is to become of the question is said after it."""
    text = turn.incoming.text
    article = find_article(text)
    if article is not None:
        code_pages.article(turn, article, 0).say(turn)
    else:
        code_pages.answer(turn, _clear_ones(turn, text), text, may_report=False).say(turn)
    turn.new_message()


def keep_question(turn: Turn) -> None:
    """Start a draft with the question just answered: it goes to the ward if the resident wants that."""
    understood = turn.city.understand(turn.incoming.text)
    if not understood.is_sensitive and understood.kind is not CaseKind.QUESTION:
        draft = begin(turn.incoming, turn.conversation.preset_ward, turn.now)
        turn.update(replace(draft, kind=CaseKind.QUESTION, kind_chosen=True), None)
        if turn.is_first_contact:
            turn.say("chat_intro")
    turn.say("codes_question_kept")
    filing.receive(turn)


def press(turn: Turn, value: str) -> None:
    """A button of these pages: a letter for what it opens, then an id and perhaps a page."""
    what, _, rest = value.partition(":")
    about, _, number = rest.partition(":")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    codes = load_codes()
    if not value:
        _show(turn, code_pages.home(turn))
    elif what == code_pages.CODE and about in codes.codes:
        _show(turn, code_pages.code(turn, codes.codes[about], at))
    elif what == code_pages.ARTICLE and about in codes.articles:
        _show(turn, code_pages.article(turn, codes.articles[about], at))
    elif what == code_pages.FINES and (not about or about in codes.items):
        _show(turn, code_pages.fines(turn, codes.items.get(about)))
    elif what == code_pages.REPORT and about in codes.items:
        _report(turn, codes.items[about])
    else:
        fallback.hear_unknown_choice(turn)


def _answer(turn: Turn, query: str) -> None:
    """At most three items, or an article, or where else to look."""
    number = article_number(query)
    items = _clear_ones(turn, query)
    if number is not None:
        article = load_codes().articles[items[0].article] if items else None
    else:
        article = find_article(query)
        items = items or [one.item for one in find(query, turn.language, MOST_ITEMS)]
    if article is not None:
        _show(turn, code_pages.article(turn, article, 0))
    elif items:
        _show(turn, code_pages.answer(turn, items, query, may_report=turn.draft is None))
    elif number is None and asks_about_fines(query):
        _show(turn, code_pages.fines(turn, None))
    else:
        _show(turn, code_pages.not_found(turn, number))


def _clear_ones(turn: Turn, query: str) -> list[Item]:
    """The items that surely fit, those with a fine first where a fine is asked for."""
    items = [one.item for one in find(query, turn.language) if one.is_strong]
    if asks_about_fines(query):
        items.sort(key=lambda item: not penalties_of(item.id))
    return items[:MOST_ITEMS]


def _is_clear(turn: Turn, text: str) -> bool:
    found = find(text, turn.language, 1)
    return bool(found) and found[0].is_strong and article_number(text) is None


def _names_a_place(turn: Turn, text: str) -> bool:
    """Whoever names a ward or a street has something there in mind."""
    return turn.city.places.route(text).decision != "none"


def _report(turn: Turn, item: Item) -> None:
    """Begin a report of such a matter; what happened, and where, are the resident's own words."""
    if turn.draft is not None:
        turn.say("chat_draft_open")
        ask_next(turn)
        return
    # The page's own message may be pressed again tomorrow: the press, not the page, names this draft.
    opened_by = f"choice:{turn.incoming.choice_id}" if turn.incoming.choice_id else turn.incoming.source_id
    draft = begin(replace(turn.incoming, source_id=opened_by), turn.conversation.preset_ward, turn.now)
    if item.code == "officials":
        draft = replace(draft, kind=CaseKind.CONDUCT, kind_chosen=True)  # read by few, whatever words follow
    turn.update(draft, None)
    turn.say("codes_report", text=item.text(turn.language))
    ask_next(turn)


def _show(turn: Turn, page: code_pages.Page) -> None:
    """The page as a message of its own, then the open question again, if there is one."""
    if turn.is_first_contact:
        turn.say("chat_intro")
    page.say(turn)
    if turn.draft is not None:
        turn.new_message()
        ask_next(turn)
