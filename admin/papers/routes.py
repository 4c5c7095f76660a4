"""The addresses of this room."""

from aiohttp import web

from admin.guard import for_staff
from admin.papers.bulletin import BULLETIN, post_bulletin, show_bulletin, show_bulletin_print
from admin.papers.posters import POSTERS, serve_posters, show_posters
from admin.papers.sheets import SHEETS, post, show
from admin.papers.work import WORK, post_stop, serve_work, show_work


def add_papers_routes(app: web.Application) -> None:
    for path, sheet in SHEETS.items():
        app.router.add_get(path, for_staff(show(sheet)))
        app.router.add_post(path, for_staff(post(sheet)))
    app.router.add_get(BULLETIN, for_staff(show_bulletin))
    app.router.add_post(BULLETIN, for_staff(post_bulletin))
    app.router.add_get(f"{BULLETIN}/print", for_staff(show_bulletin_print))
    app.router.add_get(WORK, for_staff(show_work))
    app.router.add_post(f"{WORK}/stop", for_staff(post_stop))
    app.router.add_get(f"{WORK}/file", for_staff(serve_work))
    app.router.add_get(POSTERS, for_staff(show_posters))
    app.router.add_get(f"{POSTERS}/file", for_staff(serve_posters))
