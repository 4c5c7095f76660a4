"""Who is asking: finds the session behind the cookie, and lets nobody else through to a page of the desk."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from aiohttp import web

from admin.labels import initials
from admin.navigation import is_at, places_of
from admin.pages import BarLink, Frame, NotSentPage, RefusedPage
from admin.sign_in_page import sign_in_page
from admin.unsent import Unsent, unsent_of
from bot.domain.people import WARD_ROLES, Language, Role, Session, StaffMember
from bot.domain.signing_in import needs_code
from bot.domain.staffing import Standing
from bot.errors import StorageBusy
from bot.ports import Viewer
from bot.services.sign_in import id_hash, is_live, needs_touch
from bot.services.staff_change import ward_name
from bot.web import FORM_TOKEN, keys, render
from bot.web.cookies import read_cookie
from bot.web.errors import RETRY_AFTER
from bot.web.forms import Form, Limits, TokenRefused, TooLarge, read_form
from bot.web.language import page_language
from bot.wording import say

SESSION_COOKIE = "session"
SIGN_IN, PASSWORD, AUTHENTICATOR, QUEUE = "/staff/login", "/staff/password", "/staff/authenticator", "/staff/"
_INSIDE = re.compile(r"/staff/(cases/[0-9A-Za-z-]{1,20})?", re.ASCII)

TOUCHES: web.AppKey[set[asyncio.Task[None]]] = web.AppKey("touches", set)


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of somebody who is signed in."""

    request: web.Request
    staff: StaffMember
    session: Session
    now: datetime
    deputises: tuple[Standing, ...] = ()  # whom they stand in for now
    lacks_code: bool = False  # stands in for somebody, and may not without a second factor

    @property
    def viewer(self) -> Viewer:
        return Viewer.of(self.staff, self.deputises)

    @property
    def language(self) -> Language:
        return page_language(self.request)

    def say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    @property
    def owed(self) -> str:
        """The one page that they may see before anything else; empty: all that is theirs."""
        if self.staff.must_change_password:
            return PASSWORD
        return AUTHENTICATOR if owes_code(self.request.app, self.staff) else ""

    @property
    def frame(self) -> Frame:
        here = self.request.path
        return Frame(
            full_name=self.staff.full_name,
            initials=initials(self.staff.full_name),
            place=self._place(),
            links=[
                BarLink(path=place.path, wording_key=place.wording_key, is_here=is_at(place, here))
                for place in places_of(self.staff.role)
            ],
            lacks_code=self.lacks_code,
        )

    def _place(self) -> str:
        code = self.staff.ward_code
        if self.staff.role in WARD_ROLES and code in (wards := self.request.app[keys.WARDS]):
            name = ward_name(self.language, wards[str(code)])
            return name[:1].upper() + name[1:]
        return self.say("desk_place_operator" if self.staff.role is Role.OPERATOR else "desk_place_city")


DeskHandler = Callable[[Visit], Awaitable[web.StreamResponse]]


def for_staff(
    handler: DeskHandler, *, while_owed: Collection[str] = ()
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Call the handler for signed-in staff; everybody else is shown the way in, and gets back what they typed.

    Args:
        while_owed: Also for those who owe one of these first (see `Visit.owed`); everybody who owes another is led there.
    """

    async def guarded(request: web.Request) -> web.StreamResponse:
        visit = await find_visit(request)
        try:
            if visit is None:
                return await _show_the_way_in(request)
            request[FORM_TOKEN] = visit.session.form_token
            if visit.owed and visit.owed not in while_owed:
                raise web.HTTPSeeOther(visit.owed)
            return await handler(visit)
        except TokenRefused as refused:
            return not_sent(request, refused.form, "desk_not_sent_token", status=403)
        except TooLarge as refused:
            return not_sent(request, refused.form, "desk_not_sent_large", status=413)
        except (web.HTTPForbidden, web.HTTPNotFound) as refused:
            if visit is None:
                raise
            page = RefusedPage(frame=visit.frame, status=refused.status, wording_key=f"desk_refused_{refused.status}")
            return render(request, "staff/refused.html", page, status=refused.status)

    return guarded


async def find_visit(request: web.Request, *, counts_as_use: bool = True) -> Visit | None:
    """The live session behind this request's cookie, if there is one.

    Args:
        counts_as_use: False for what a page asks by itself: a page left open must not keep its session alive.
    """
    session_id = read_cookie(request, SESSION_COOKIE)
    if not session_id:
        return None
    now = request.app[keys.CLOCK].now()
    async with request.app[keys.STORAGE].reading() as uow:
        found = await uow.sessions.get(id_hash(session_id))
        if found is None or not is_live(found[0], now) or found[1].is_disabled:
            return None
        deputises = await uow.absences.standings_of(found[1], now)
    staff = found[1]
    safe = tuple(one for one in deputises if is_strong_enough(request.app, staff, one.role))
    if counts_as_use and needs_touch(found[0], now):
        _touch_later(request.app, found[0].id_hash, now)
    return Visit(request, staff, found[0], now, safe, lacks_code=len(safe) < len(deputises))


def is_strong_enough(app: web.Application, staff: StaffMember, role: Role) -> bool:
    """Whether they sign in as surely as this role demands. The demo's accounts, on this machine alone, need no code."""
    return staff.has_code or not needs_code([role]) or app[keys.IS_DEMO]


def owes_code(app: web.Application, staff: StaffMember) -> bool:
    """Whether a second factor has to be set up before anything else."""
    return not is_strong_enough(app, staff, staff.role)


def not_sent(request: web.Request, form: Form, reason_key: str, *, status: int) -> web.Response:
    """Nothing was done; here are your words."""
    response = give_back(request, unsent_of(request, form), reason_key, status=status, words=form.text("text"))
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def give_back(request: web.Request, unsent: Unsent | None, reason_key: str, *, status: int, words: str = "") -> web.Response:
    """The page with what was not sent. With a session (its token stands in the request) it can be sent from there.

    Args:
        words: Shown where nothing can be sent again.
    """
    path = unsent.path if unsent else request.path
    page = NotSentPage(
        reason_key=reason_key,
        unsent=unsent,
        words=list(unsent.words.values()) if unsent else [words] if words else [],
        may_send=FORM_TOKEN in request,
        back=back_from(path),
    )
    return render(request, "staff/not_sent.html", page, status=status)


def back_from(path: str) -> str:
    """A form posts below its page: /staff/cases/CODE/reply leads back to /staff/cases/CODE."""
    return inside_path(path.rpartition("/")[0])


def inside_path(path: str) -> str:
    """The path if it is a page of the desk that one may be sent to, the queue otherwise: never another site."""
    return path if _INSIDE.fullmatch(path) else QUEUE


async def _show_the_way_in(request: web.Request) -> web.StreamResponse:
    if request.method in ("GET", "HEAD"):
        path = inside_path(request.path)
        raise web.HTTPSeeOther(SIGN_IN if path == QUEUE else f"{SIGN_IN}?next={quote(path)}")
    # The session ended while somebody wrote. An empty expectation refuses every token, and hands the words back.
    try:
        async with read_form(request, token="", limits=Limits(total_size=256 * 1024 * 1024)):
            raise web.HTTPForbidden
    except TokenRefused as refused:
        unsent = unsent_of(request, refused.form)
        if unsent is None:
            return not_sent(request, refused.form, "desk_not_sent_token", status=403)
        return sign_in_page(
            request,
            next_path=back_from(request.path),
            trouble_key="desk_not_sent_sign_in",
            status=403,
            unsent=unsent,
        )


def _touch_later(app: web.Application, session_hash: str, now: datetime) -> None:
    """Note that the session is in use, beside the page: no view waits for a writer."""
    task = asyncio.create_task(_touch(app, session_hash, now))
    app[TOUCHES].add(task)
    task.add_done_callback(app[TOUCHES].discard)


async def _touch(app: web.Application, session_hash: str, now: datetime) -> None:
    try:
        async with app[keys.STORAGE].begin() as uow:
            await uow.sessions.touch(session_hash, now)
            await uow.commit()
    except StorageBusy:
        return  # the next view tries again; the session lives for half an hour yet


async def finish_touches(app: web.Application) -> None:
    """Before the storage is closed."""
    await asyncio.gather(*app[TOUCHES], return_exceptions=True)
