"""Reports at the desk: where they all are (`reports_page`), and the review of a term (`review_page`, `texts_form`).

What is counted is `bot.services.review`'s, how documents look `bot.papers`'; `admin.papers.work` has them made.
"""

from admin.reviewing.routes import add_reviewing_routes

__all__ = ["add_reviewing_routes"]
