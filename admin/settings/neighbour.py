"""One program that is told of cases: how its last events fared, and what an operator can do about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.guard import Visit
from admin.pages import Frame
from admin.settings.fields import Field, Option, Typed, ask
from admin.settings.forms import Act, attempt, is_saved, number_in_path
from admin.settings.neighbours import NEIGHBOURS, must_operate, show_secret, view_of
from bot.domain.neighbours import CHOICES, DeliveryLine, DeliveryOf, Subscription
from bot.ports import UnitOfWork
from bot.services.neighbours import change_secret, disable, drop_old_secrets, enable, ping, replay
from bot.services.setting import BadFields
from bot.web import keys, render
from bot.web.forms import Form, read_form

ACT, REPLAY = "neighbour-act-form", "neighbour-replay-form"
MOST = 50  # deliveries on the page
SPANS = {"parked": None, "day": 1, "week": 7, "month": 30}


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A delivery as its line shows it."""

    line: DeliveryLine
    kind_key: str
    state_key: str
    why_key: str  # empty: nothing went wrong
    can_replay: bool


@dataclass(frozen=True, kw_only=True)
class NeighbourPage:
    """Everything `staff/settings/neighbour.html` may use."""

    frame: Frame
    subscription: Subscription
    ended_key: str  # empty while it is told
    kind_keys: Sequence[str]
    lines: Sequence[DeliveryView]
    fields: Sequence[Field]
    trouble_key: str
    is_saved: bool


async def show_neighbour(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_neighbour_act(visit: Visit) -> web.StreamResponse:
    """`act`: a test, another secret, the old ones dropped, disabled, told again."""
    number, given = number_in_path(visit, "id"), list[tuple[str, str]]()

    async def act(uow: UnitOfWork, form: Form) -> None:
        wanted = form.text("act")
        if wanted == "secret":
            made = await change_secret(uow, number, now=visit.now, by=visit.staff)
            given.append((made.subscription.name, made.secret))
        elif (do := {"ping": ping, "old": drop_old_secrets, "disable": disable, "enable": enable}.get(wanted)) is not None:
            await do(uow, number, now=visit.now, by=visit.staff)
        else:
            raise BadFields(act="neighbours_no_act")

    return await _done(visit, ACT, act, given)


async def post_replay(visit: Visit) -> web.StreamResponse:
    """`delivery`: that one; else `span`."""
    number = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, form: Form) -> None:
        one, span = form.text("delivery"), form.text("span")
        if one.isascii() and one.isdigit() and len(one) <= 15:
            await replay(uow, number, now=visit.now, by=visit.staff, delivery_id=int(one))
        elif span in SPANS and not one:
            await replay(uow, number, now=visit.now, by=visit.staff, days=SPANS[span])
        else:
            raise BadFields(span="neighbours_no_span")

    return await _done(visit, REPLAY, act, [])


async def _done(visit: Visit, testid: str, act: Act, given: Sequence[tuple[str, str]]) -> web.StreamResponse:
    must_operate(visit)
    here = f"{NEIGHBOURS}/{visit.request.match_info['id']}"
    async with read_form(visit.request, token=visit.session.form_token) as form:
        typed = await attempt(visit, testid, act, form)
    if isinstance(typed, web.Response):
        return typed
    if typed is not None:
        response = await _show(visit, typed)
        response.set_status(409 if typed.is_late else 400)
        return response
    if given:
        return show_secret(visit, *given[0], back=here)
    raise web.HTTPSeeOther(f"{here}?done=saved")


async def _show(visit: Visit, typed: Typed) -> web.Response:
    must_operate(visit)
    number = number_in_path(visit, "id")
    async with visit.request.app[keys.STORAGE].reading() as uow:
        found, lines = await uow.neighbours.get(number), await uow.neighbours.lines(number, MOST)
    if found is None:
        raise web.HTTPNotFound
    options = [Option(value=span, label=visit.say(f"neighbours_span_{span}")) for span in SPANS]
    page = NeighbourPage(
        frame=visit.frame,
        subscription=found,
        ended_key=view_of(found).ended_key,
        kind_keys=[f"neighbours_kind_{kind}" for kind in CHOICES if kind in found.kinds],
        lines=[_view(line) for line in lines],
        fields=[ask(typed, REPLAY, "span", "neighbours_span", kept="parked", kind="select", options=options)],
        trouble_key=typed.about(typed.form),
        is_saved=is_saved(visit),
    )
    return render(visit.request, "staff/settings/neighbour.html", page)


def _view(line: DeliveryLine) -> DeliveryView:
    return DeliveryView(
        line,
        f"neighbours_kind_{line.kind}",
        f"neighbours_state_{line.state}",
        f"neighbours_why_{line.error}" if line.error else "",
        line.state is not DeliveryOf.WAITING,
    )
