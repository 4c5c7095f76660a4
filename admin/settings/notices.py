"""One's own chats in which one is told of new work: link one by a code, end it, choose what is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from admin.guard import Visit
from admin.pages import Frame
from admin.settings.fields import Field, Typed, ask
from admin.settings.forms import attempt, change, is_saved, number_in_path
from admin.settings.front import may_be_told
from bot.domain.notices import LINK_LASTS, Choices
from bot.domain.people import Channel
from bot.domain.rights import Right
from bot.ports import UnitOfWork
from bot.services.link_chat import begin_link, chats_of, choose_notices, unlink_chat
from bot.web import keys, render
from bot.web.forms import Form, read_form
from bot.web.throttle import Throttle

NOTICES = "/staff/settings/notices"
FORM, LINK, UNLINK = "notices-form", "notices-link-form", "notices-unlink-form"
CODES = 5  # of one member in a quarter of an hour
THROTTLE: web.AppKey[Throttle] = web.AppKey("chat_link_throttle", Throttle)


@dataclass(frozen=True, slots=True)
class ChatLine:
    """A linked chat."""

    id: int
    channel_key: str
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A code, the one time it is shown. `link` is empty while the bot's name is not known."""

    code: str
    link: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class NoticesPage:
    """Everything `staff/settings/notices.html` may use."""

    frame: Frame
    chats: Sequence[ChatLine]
    given: CodeLine | None
    can_link: bool  # Telegram is set up here
    what_key: str  # what they are told
    fields: Sequence[Field]  # none for who meets no case: what operators are told of cannot be chosen
    trouble_key: str
    is_saved: bool


async def show_notices(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_choices(visit: Visit) -> web.StreamResponse:
    async def act(uow: UnitOfWork, form: Form) -> None:
        chosen = Choices(**{name: form.text(name) == "yes" for name in Choices.__dataclass_fields__})
        zone = visit.request.app[keys.SETTINGS].zone
        await choose_notices(uow, staff=visit.staff, choices=chosen, now=visit.now, zone=zone)

    _must_meet_cases(visit)
    return await change(visit, FORM, act, _show, then=NOTICES)


async def post_link(visit: Visit) -> web.StreamResponse:
    """A code, shown on the page that answers, never again."""
    given: list[str] = []

    async def act(uow: UnitOfWork, _form: Form) -> None:
        receipts = visit.request.app[keys.RECEIPTS]
        given.append(await begin_link(uow, receipts, staff=visit.staff, channel=Channel.TELEGRAM, now=visit.now))

    _must_be_told(visit)
    async with read_form(visit.request, token=visit.session.form_token) as form:
        if not _can_link(visit):
            response = await _show(visit, Typed())  # which says so
            response.set_status(409)
            return response
        if wait := await visit.request.app[THROTTLE].wait_for(str(visit.staff.id)):
            response = await _show(visit, Typed(LINK, trouble_key="settings_notices_too_often"))
            response.set_status(429)
            response.headers["Retry-After"] = str(wait)
            return response
        typed = await attempt(visit, LINK, act, form)
    if isinstance(typed, web.Response):
        return typed
    return await _show(visit, typed or Typed(), code=given[0] if typed is None else "")


async def post_unlink(visit: Visit) -> web.StreamResponse:
    number = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, _form: Form) -> None:
        await unlink_chat(uow, staff=visit.staff, chat_id=number, now=visit.now)

    _must_be_told(visit)
    return await change(visit, UNLINK, act, _show, then=NOTICES)


def _must_be_told(visit: Visit) -> None:
    """Raises web.HTTPForbidden: Nobody ever tells them anything."""
    if not may_be_told(visit.viewer):
        raise web.HTTPForbidden


def _must_meet_cases(visit: Visit) -> None:
    """Who never meets a case has nothing to choose."""
    if not visit.viewer.may(Right.READ_CASE):
        raise web.HTTPForbidden


def _can_link(visit: Visit) -> bool:
    return bool(visit.request.app[keys.SETTINGS].telegram_token.get_secret_value())


async def _show(visit: Visit, typed: Typed, *, code: str = "") -> web.Response:
    _must_be_told(visit)
    async with visit.request.app[keys.STORAGE].reading() as uow:
        chats = await chats_of(uow, visit.staff.id)
        choices = await uow.notices.choices(visit.staff.id) or Choices()
    meets_cases = visit.viewer.may(Right.READ_CASE)
    page = NoticesPage(
        frame=visit.frame,
        chats=[ChatLine(chat.id, f"desk_channel_{chat.channel}", chat.linked_at) for chat in chats if chat.linked_at],
        given=_given(visit, code) if code else None,
        can_link=_can_link(visit),
        what_key="settings_notices_what" if meets_cases else "settings_notices_what_operator",
        fields=[_tick(name, typed, choices) for name in Choices.__dataclass_fields__ if meets_cases],
        trouble_key=typed.about(FORM) or typed.about(LINK) or typed.about(UNLINK),
        is_saved=is_saved(visit),
    )
    return render(visit.request, "staff/settings/notices.html", page)


def _given(visit: Visit, code: str) -> CodeLine:
    name = visit.request.app[keys.WAYS_IN].telegram_name
    link = f"https://t.me/{name}?start=link_{code.replace('-', '')}" if name else ""
    return CodeLine(code=code, link=link, minutes=int(LINK_LASTS.total_seconds() // 60))


def _tick(name: str, typed: Typed, choices: Choices) -> Field:
    kept = "yes" if getattr(choices, name) else ""
    return ask(typed, FORM, name, f"settings_notices_{name}", kept=kept, kind="tick")
