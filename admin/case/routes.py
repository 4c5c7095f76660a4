"""The addresses of a case's smaller forms and pages."""

from collections import OrderedDict

from aiohttp import web

from admin.case.acts import (
    post_again,
    post_assign,
    post_board,
    post_dispute,
    post_hand_back,
    post_link,
    post_merge,
    post_part,
    post_reached,
    post_split,
    post_take,
    post_told,
    post_unlink,
)
from admin.case.closed import post_bar, post_decision, post_identity, post_let_in, post_look, show_closed
from admin.case.mentions import show_mentions
from admin.case.photos import SMALL, serve_small, show_photo
from admin.case.presence import post_presence
from admin.case.publishing import post_publish, show_publish
from admin.case.second import post_postpone, post_proposal, serve_proposed
from admin.case.wish import post_wish, show_wish
from admin.case.writing import post_draft, post_preview, post_template
from admin.guard import DeskHandler, for_staff
from admin.watch import watched

CASE = "/staff/cases/{code}"
_POSTS: dict[str, DeskHandler] = {
    "take": post_take,
    "handback": post_hand_back,
    "assign": post_assign,
    "link": post_link,
    "unlink": post_unlink,
    "merge": post_merge,
    "part": post_part,
    "split": post_split,
    "template": post_template,
    "preview": post_preview,
    "draft": post_draft,
    "identity": post_identity,
    "decision": post_decision,
    "look": post_look,
    "bar": post_bar,
    "letin": post_let_in,
    "told": post_told,
    "proposal": post_proposal,
    "postpone": post_postpone,
    "again": post_again,
    "wish": post_wish,
    "dispute": post_dispute,
    "reached": post_reached,
    "board": post_board,
    "publish": post_publish,
}


def add_case_routes(app: web.Application) -> None:
    """Add them to an application that has the desk."""
    for name, handler in _POSTS.items():
        app.router.add_post(f"{CASE}/{name}", for_staff(handler))
    app[SMALL] = OrderedDict()
    app.router.add_get(f"{CASE}/photos/{{id}}", for_staff(watched(show_photo)))
    app.router.add_get(f"{CASE}/files/{{id}}/small", for_staff(watched(serve_small)))
    app.router.add_get(f"{CASE}/proposal/files/{{id}}", for_staff(watched(serve_proposed)))
    app.router.add_get(f"{CASE}/closed", for_staff(watched(show_closed)))
    app.router.add_get(f"{CASE}/wish", for_staff(watched(show_wish)))
    app.router.add_get(f"{CASE}/publish", for_staff(watched(show_publish)))
    app.router.add_post(f"{CASE}/presence", post_presence)
    app.router.add_get("/staff/mentions", for_staff(show_mentions))
