"""Where one is signed in: each place with when and on what sort of device, to be ended one by one or all at once."""

from aiohttp import web

from admin.guard import SESSION_COOKIE, SIGN_IN, Visit
from admin.pages import SessionLine, SessionsPage
from bot.domain.people import Session
from bot.services.sign_in import end_session, is_live, sign_out_everywhere
from bot.web import keys, render
from bot.web.cookies import drop_cookie
from bot.web.forms import read_form

SESSIONS = "/staff/sessions"
HANDLE = 16  # hex digits of the hash


async def show_sessions(visit: Visit) -> web.StreamResponse:
    return await _show(visit, done_key="sessions_ended" if visit.request.query.get("done") == "ended" else "")


async def post_sessions(visit: Visit) -> web.StreamResponse:
    """`act` "everywhere" ends all, this one too; "end" the one of that `handle`."""
    async with read_form(visit.request, token=visit.session.form_token) as form:
        act, handle = form.text("act"), form.text("handle")
    async with visit.request.app[keys.STORAGE].begin() as uow:
        if act == "everywhere":
            await sign_out_everywhere(uow, staff=visit.staff, now=visit.now)
            await uow.commit()
            answer = web.HTTPSeeOther(SIGN_IN)
            drop_cookie(visit.request, answer, SESSION_COOKIE)
            raise answer
        found = [one for one in await uow.sessions.of(visit.staff.id) if _handle(one) == handle]
        if found:
            await end_session(uow, session=found[0], now=visit.now)
            await uow.commit()
    if not found:
        response = await _show(visit, trouble_key="sessions_gone")
        response.set_status(409)
        return response
    raise web.HTTPSeeOther(f"{SESSIONS}?done=ended" if found[0].id_hash != visit.session.id_hash else SIGN_IN)


async def _show(visit: Visit, *, done_key: str = "", trouble_key: str = "") -> web.Response:
    async with visit.request.app[keys.STORAGE].reading() as uow:
        kept = await uow.sessions.of(visit.staff.id)
    lines = [_line(visit, one) for one in kept if is_live(one, visit.now)]
    page = SessionsPage(
        frame=visit.frame,
        lines=sorted(lines, key=lambda line: not line.is_this),
        done_key=done_key,
        trouble_key=trouble_key,
    )
    return render(visit.request, "staff/sessions.html", page)


def _line(visit: Visit, session: Session) -> SessionLine:
    is_this = session.id_hash == visit.session.id_hash
    return SessionLine(
        handle=_handle(session),
        device=_in_words(visit, session.device),
        since=session.created_at,
        seen_at=visit.now if is_this else session.seen_at,
        is_this=is_this,
    )


def _in_words(visit: Visit, device: str) -> str:
    """ "Điện thoại · Chrome"; what is not known is not guessed."""
    names = [visit.say(f"device_{name}") for name in device.split()]
    return " · ".join(names) or visit.say("device_unknown")


def _handle(session: Session) -> str:
    return session.id_hash[:HANDLE]
