"""Change one's own password. What is accepted as one is `bot.services.passwords` to say."""

from aiohttp import web

from admin.guard import QUEUE, Visit
from admin.guessing import GUESSES, counts_within
from admin.pages import PasswordPage
from admin.sign_in_page import trouble_in_words
from admin.signing_in import device, remember
from admin.troubles import field_of
from bot.services.sign_in import change_password
from bot.web import keys, render
from bot.web.forms import read_form


async def show_password(visit: Visit) -> web.StreamResponse:
    return _page(visit)


async def post_password(visit: Visit) -> web.StreamResponse:
    app, counts = visit.request.app, counts_within("password", visit.staff.id)
    async with read_form(visit.request, token=visit.session.form_token) as form:
        new = form.fields.get("new", "")
        if new != form.fields.get("again", ""):
            return _page(visit, "desk_password_differs", status=400)
        if wait := await app[GUESSES].take(*counts):
            return _page(visit, "desk_sign_in_throttled", status=429, wait=wait)
        ward = visit.staff.ward_code
        made = await change_password(
            app[keys.STORAGE],
            staff=visit.staff,
            current=form.fields.get("current", ""),
            new=new,
            now=visit.now,
            ward_name=app[keys.WARDS][ward].name if ward else "",
            device=device(visit.request),
        )
    if isinstance(made, str):
        if made != "desk_password_wrong":
            await app[GUESSES].undo(*counts)  # it was not the present one that was guessed wrong
        return _page(visit, made, status=400)
    await app[GUESSES].succeeded(*counts)
    answer = web.HTTPSeeOther(f"{QUEUE}?done=password")
    remember(visit.request, answer, made)
    raise answer


def _page(visit: Visit, trouble_key: str = "", *, status: int = 200, wait: int = 0) -> web.Response:
    page = PasswordPage(
        frame=visit.frame,
        username=visit.staff.username,
        is_forced=visit.staff.must_change_password,
        trouble=trouble_in_words(visit.request, trouble_key, wait),
        trouble_at=field_of(trouble_key),
    )
    return render(visit.request, "staff/password.html", page, status=status)
