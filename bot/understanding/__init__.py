"""A text → what it seems to be: kind, category, emergency, sensitive, personal data. It proposes and never decides.

Read in this order: `categories` (the list of kinds), `text` (words that can be compared), `slips` (what was mistyped),
`phrases` (how phrases are found; how they are kept: `prebuilt`), `lexicon` (which words mean what: `data/`), `hearing`
(what a text says), `scoring` (what follows from it by rule), `experience` (what its words have stood for; `learning` counts
them), `emergency` (is it now?), `leaders` (is it about the ward's own head?), `personal_data` (what must be masked),
`masking` (how), `understand` (the proposal).
"""

from bot.understanding.categories import DEFAULT_DEADLINE, Category, deadline_days, load_categories
from bot.understanding.masking import masked
from bot.understanding.personal_data import Span, find_personal_data
from bot.understanding.understand import Understanding, understand_text

__all__ = [
    "DEFAULT_DEADLINE",
    "Category",
    "Span",
    "Understanding",
    "deadline_days",
    "find_personal_data",
    "load_categories",
    "masked",
    "understand_text",
]
