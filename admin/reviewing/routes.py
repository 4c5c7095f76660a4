"""The addresses of the reports."""

from aiohttp import web

from admin.guard import for_staff
from admin.reviewing.asked import REPORTS, REVIEW
from admin.reviewing.reports_page import show_reports
from admin.reviewing.review_page import post_document, post_draft, post_texts, show_review


def add_reviewing_routes(app: web.Application) -> None:
    app.router.add_get(REPORTS, for_staff(show_reports))
    app.router.add_get(REVIEW, for_staff(show_review))
    app.router.add_post(REVIEW, for_staff(post_texts))
    app.router.add_post(f"{REVIEW}/draft", for_staff(post_draft))
    app.router.add_post(f"{REVIEW}/document", for_staff(post_document))
