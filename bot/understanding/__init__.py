"""A text → what it seems to be: kind, category, emergency, sensitive. It proposes and never decides.

Read in this order: `categories` (the list of kinds), `words` (by which words they are told), `phrases` (how words are
found), `understand` (what follows). `data/categories.json` is the table.
"""

from bot.understanding.categories import DEFAULT_DEADLINE, Category, deadline_days, load_categories
from bot.understanding.understand import Understanding, understand_text

__all__ = ["DEFAULT_DEADLINE", "Category", "Understanding", "deadline_days", "load_categories", "understand_text"]
