"""What the two codes of conduct say, and what fines other rules know, as residents may look them up.

Read in this order: `codes` (the texts, verified items only), `penalties` (fines, for reference), `folded_words` and
`finding` (a resident's words → the items they are about), `asking` (is this message a question about the rules?).
How it is said is the dialogue's; what a case is about is `bot.understanding`'s.
"""

from bot.conduct.asking import asks_about_fines, asks_about_rules, tells_of_a_happening
from bot.conduct.codes import Article, Code, Codes, Item, Stance, load_codes
from bot.conduct.finding import Found, article_number, find, find_article
from bot.conduct.penalties import Penalty, load_penalties, penalties_of

__all__ = [
    "Article",
    "Code",
    "Codes",
    "Found",
    "Item",
    "Penalty",
    "Stance",
    "article_number",
    "asks_about_fines",
    "asks_about_rules",
    "find",
    "find_article",
    "load_codes",
    "load_penalties",
    "penalties_of",
    "tells_of_a_happening",
]
