"""The addresses of the campaign ledger."""

from aiohttp import web

from admin.campaign.board import post_change, post_look, serve_photo, serve_small, show_board
from admin.campaign.boards import post_board, show_boards
from admin.campaign.common import BOARDS, ENTRIES, GROUPS, HOME, PRAISES
from admin.campaign.entries import post_entry, post_strike, show_entries
from admin.campaign.groups import post_drop, post_groups, show_groups
from admin.campaign.overview import post_setting, show_overview
from admin.campaign.praise import post_consent, post_decision, post_whom, show_praise
from admin.campaign.praises import post_praise, show_praises
from admin.guard import for_staff


def add_campaign_routes(app: web.Application) -> None:
    """Add them to an application that has the desk."""
    for path, show in (
        (HOME, show_overview),
        (BOARDS, show_boards),
        (f"{BOARDS}/{{id}}", show_board),
        (f"{BOARDS}/{{id}}/photos/{{check}}", serve_photo),
        (f"{BOARDS}/{{id}}/photos/{{check}}/small", serve_small),
        (ENTRIES, show_entries),
        (GROUPS, show_groups),
        (PRAISES, show_praises),
        (f"{PRAISES}/{{id}}", show_praise),
    ):
        app.router.add_get(path, for_staff(show))
    for path, post in (
        (f"{HOME}/setting", post_setting),
        (BOARDS, post_board),
        (f"{BOARDS}/{{id}}/look", post_look),
        (f"{BOARDS}/{{id}}/change", post_change),
        (ENTRIES, post_entry),
        (f"{ENTRIES}/{{id}}/strike", post_strike),
        (GROUPS, post_groups),
        (f"{GROUPS}/{{id}}/drop", post_drop),
        (PRAISES, post_praise),
        (f"{PRAISES}/{{id}}/whom", post_whom),
        (f"{PRAISES}/{{id}}/consent", post_consent),
        (f"{PRAISES}/{{id}}/decision", post_decision),
    ):
        app.router.add_post(path, for_staff(post))
