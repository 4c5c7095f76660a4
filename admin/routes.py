"""The desk's addresses."""

from aiohttp import web

from admin.actions import post_files, post_move, post_note, post_reply
from admin.audit_page import AUDIT, show_audit
from admin.authenticator import post_authenticator, show_authenticator
from admin.campaign import add_campaign_routes
from admin.case.closing import post_close
from admin.case.routes import add_case_routes
from admin.case_page import show_case
from admin.counter import COUNTER, post_counter, show_counter
from admin.dashboard import DASHBOARD, show_dashboard
from admin.files import serve_file
from admin.guard import AUTHENTICATOR, PASSWORD, QUEUE, TOUCHES, finish_touches, for_staff
from admin.guessing import GUESSES
from admin.live import add_live
from admin.own_sessions import SESSIONS, post_sessions, show_sessions
from admin.papers import add_papers_routes
from admin.password_page import post_password, show_password
from admin.pausing import post_pause, show_pause
from admin.published import PUBLISHED, post_published, show_published
from admin.queueing import post_view, remove_view, show_queue
from admin.queueing.bulk import post_bulk, post_undo, show_done
from admin.reviewing import add_reviewing_routes
from admin.rights_page import RIGHTS_PAGE, show_rights
from admin.settings import add_settings_routes
from admin.signing_in import CODE_STEP, post_code_step, post_sign_in, post_sign_out, show_code_step, show_sign_in
from admin.trouble_page import TROUBLE, post_replies, post_updates, show_trouble
from admin.watch import WATCH, Watch, watched
from bot.web import keys
from bot.web.guesses import Guesses


def add_routes(app: web.Application) -> None:
    """Add the desk to an application made by `bot.web.make_web_app`."""
    app[GUESSES] = Guesses(app[keys.STORAGE], app[keys.SECRET_KEY])
    app[TOUCHES] = set()
    app[WATCH] = Watch()
    app.on_cleanup.append(finish_touches)
    app.router.add_get("/staff", _to_the_queue)
    app.router.add_get("/staff/", for_staff(show_queue))
    app.router.add_get("/staff/login", show_sign_in)
    app.router.add_post("/staff/login", post_sign_in)
    app.router.add_get(CODE_STEP, show_code_step)
    app.router.add_post(CODE_STEP, post_code_step)
    app.router.add_post("/staff/logout", for_staff(post_sign_out, while_owed=(PASSWORD, AUTHENTICATOR)))
    app.router.add_get(PASSWORD, for_staff(show_password, while_owed=(PASSWORD,)))
    app.router.add_post(PASSWORD, for_staff(post_password, while_owed=(PASSWORD,)))
    app.router.add_get(AUTHENTICATOR, for_staff(show_authenticator, while_owed=(AUTHENTICATOR,)))
    app.router.add_post(AUTHENTICATOR, for_staff(post_authenticator, while_owed=(AUTHENTICATOR,)))
    app.router.add_get(PUBLISHED, for_staff(show_published))
    app.router.add_post(PUBLISHED, for_staff(post_published))
    app.router.add_get(SESSIONS, for_staff(show_sessions))
    app.router.add_post(SESSIONS, for_staff(post_sessions))
    app.router.add_get("/staff/cases/{code}", for_staff(show_case))
    app.router.add_get("/staff/cases/{code}/files/{id}", for_staff(watched(serve_file)))
    app.router.add_post("/staff/cases/{code}/reply", for_staff(post_reply))
    app.router.add_post("/staff/cases/{code}/note", for_staff(post_note))
    app.router.add_post("/staff/cases/{code}/attach", for_staff(post_files))
    app.router.add_post("/staff/cases/{code}/close", for_staff(post_close))
    app.router.add_post("/staff/cases/{code}/move", for_staff(post_move))
    app.router.add_post("/staff/bulk", for_staff(post_bulk))
    app.router.add_get("/staff/bulk/done", for_staff(show_done))
    app.router.add_post("/staff/bulk/undo", for_staff(post_undo))
    app.router.add_post("/staff/views", for_staff(post_view))
    app.router.add_post("/staff/views/remove", for_staff(remove_view))
    app.router.add_get("/staff/cases/{code}/pause", for_staff(watched(show_pause)))
    app.router.add_post("/staff/cases/{code}/pause", for_staff(post_pause))
    add_case_routes(app)
    add_live(app)
    add_settings_routes(app)
    add_campaign_routes(app)
    add_papers_routes(app)
    add_reviewing_routes(app)
    app.router.add_get(COUNTER, for_staff(show_counter))
    app.router.add_post(COUNTER, for_staff(post_counter))
    app.router.add_get(RIGHTS_PAGE, for_staff(show_rights))
    app.router.add_get(AUDIT, for_staff(show_audit))
    app.router.add_get(TROUBLE, for_staff(show_trouble))
    app.router.add_post(f"{TROUBLE}/updates", for_staff(post_updates))
    app.router.add_post(f"{TROUBLE}/replies", for_staff(post_replies))
    app.router.add_get(DASHBOARD, for_staff(show_dashboard))


async def _to_the_queue(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPPermanentRedirect(QUEUE)
