"""How many months each kind of case keeps its words once it is closed."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.guard import Visit
from admin.labels import kind_key
from admin.pages import Frame
from admin.settings.fields import Field, Option, Typed, ask
from admin.settings.forms import change, is_saved
from bot.domain.case import CaseKind
from bot.domain.keeping import USUAL_MONTHS, months_of
from bot.ports import UnitOfWork
from bot.services.fade import keep_for
from bot.services.setting import may_set_city
from bot.web import keys, render
from bot.web.forms import Form

KEEPING = "/staff/settings/keeping"
FORM = "keeping-form"


@dataclass(frozen=True, slots=True)
class KeepingLine:
    """A kind, its months, and what is usual where the city decided otherwise (else None)."""

    kind_key: str
    months: int
    usual: int | None


@dataclass(frozen=True, kw_only=True)
class KeepingPage:
    """Everything `staff/settings/keeping.html` may use."""

    frame: Frame
    lines: Sequence[KeepingLine]
    fields: Sequence[Field]
    trouble_key: str
    is_saved: bool


async def show_keeping(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_keeping(visit: Visit) -> web.StreamResponse:
    async def act(uow: UnitOfWork, form: Form) -> None:
        kind, months = form.text("kind"), form.text("months")
        await keep_for(uow, staff=visit.staff, viewer=visit.viewer, kind=kind, months=months, now=visit.now)

    return await change(visit, FORM, act, _show, then=KEEPING)


async def _show(visit: Visit, typed: Typed) -> web.Response:
    if not may_set_city(visit.viewer):
        raise web.HTTPForbidden
    async with visit.request.app[keys.STORAGE].reading() as uow:
        decided = await uow.fading.rules()
    options = [Option(value=kind.value, label=visit.say(kind_key(kind.value))) for kind in CaseKind]
    page = KeepingPage(
        frame=visit.frame,
        lines=[
            KeepingLine(
                kind_key(kind.value), months_of(kind, decided), USUAL_MONTHS[kind] if kind.value in decided else None
            )
            for kind in CaseKind
        ],
        fields=[
            ask(typed, FORM, "kind", "settings_kind", kind="select", options=options),
            ask(typed, FORM, "months", "settings_months", kind="number", hint_key="settings_months_hint"),
        ],
        trouble_key=typed.about(FORM),
        is_saved=is_saved(visit),
    )
    return render(visit.request, "staff/settings/keeping.html", page)
