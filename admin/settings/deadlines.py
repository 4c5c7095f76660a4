"""How many working days each category may take until its answer is due."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.guard import Visit
from admin.labels import category_name, kind_key
from admin.pages import Frame
from admin.settings.fields import Field, Option, Typed, ask
from admin.settings.forms import change, is_saved
from bot.ports import UnitOfWork
from bot.services.setting import may_set_city
from bot.services.working_days import set_days
from bot.understanding import deadline_days, load_categories
from bot.web import keys, render
from bot.web.forms import Form

DEADLINES = "/staff/settings/deadlines"
FORM = "deadline-form"


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """A category, its days, and what `categories.json` says where the city decided otherwise (else None)."""

    name: str
    kind_key: str
    days: int
    usual: int | None


@dataclass(frozen=True, kw_only=True)
class DeadlinesPage:
    """Everything `staff/settings/deadlines.html` may use."""

    frame: Frame
    lines: Sequence[DeadlineLine]
    fields: Sequence[Field]
    trouble_key: str
    is_saved: bool


async def show_deadlines(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_deadline(visit: Visit) -> web.StreamResponse:
    async def act(uow: UnitOfWork, form: Form) -> None:
        category, days = form.text("category"), form.text("days")
        await set_days(uow, staff=visit.staff, viewer=visit.viewer, category=category, days=days, now=visit.now)

    return await change(visit, FORM, act, _show, then=DEADLINES)


async def _show(visit: Visit, typed: Typed) -> web.Response:
    if not may_set_city(visit.viewer):
        raise web.HTTPForbidden
    async with visit.request.app[keys.STORAGE].reading() as uow:
        decided = await uow.deadlines.all()
    named = {one.id: category_name(one.id, visit.language) for one in load_categories().values()}
    lines = [
        DeadlineLine(
            named[one.id],
            kind_key(one.kind.value),
            decided.get(one.id, deadline_days(one.id)),
            deadline_days(one.id) if one.id in decided else None,
        )
        for one in load_categories().values()
    ]
    options = [Option(value=code, label=name) for code, name in named.items()]
    hint = "settings_days_hint"
    page = DeadlinesPage(
        frame=visit.frame,
        lines=lines,
        fields=[
            ask(typed, FORM, "category", "settings_category", kind="select", options=options),
            ask(typed, FORM, "days", "settings_days", kind="number", hint_key=hint),
        ],
        trouble_key=typed.about(FORM),
        is_saved=is_saved(visit),
    )
    return render(visit.request, "staff/settings/deadlines.html", page)
