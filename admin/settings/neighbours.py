"""Programs of others: those that are told what happens to cases, and the keys of those that send cases in. For operators."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.guard import Visit
from admin.pages import Frame
from admin.settings.fields import Field, Typed, ask
from admin.settings.forms import attempt, change, is_saved, number_in_path
from bot.domain.neighbours import CHOICES, LONGEST_ADDRESS, LONGEST_NAME, Subscription
from bot.domain.rights import Right
from bot.domain.serving import HIGHEST_RATE, LONGEST_KEY_NAME, USUAL_RATE, ApiKey
from bot.outward import Outward, look_at_address
from bot.ports import UnitOfWork
from bot.services.api_keys import BadApiKey, add_api_key, list_api_keys, revoke_api_key
from bot.services.neighbours import subscribe
from bot.services.setting import BadFields, trouble_with_line
from bot.web import keys, render
from bot.web.forms import Form, read_form

NEIGHBOURS = "/staff/settings/neighbours"
FORM, KEY_FORM, REVOKE = "neighbour-form", "key-form", "key-revoke-form"


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """A subscription as the pages show it. `ended_key` is empty while it is told."""

    one: Subscription
    ended_key: str


@dataclass(frozen=True, kw_only=True)
class NeighboursPage:
    """Everything `staff/settings/neighbours.html` may use."""

    frame: Frame
    subscriptions: Sequence[SubscriptionView]
    api_keys: Sequence[ApiKey]
    fields: Sequence[Field]
    key_fields: Sequence[Field]
    trouble_key: str  # about the form it was typed into
    form: str  # which that is
    is_saved: bool


@dataclass(frozen=True, kw_only=True)
class GivenSecretPage:
    """Everything `staff/settings/secret.html` may use: the one time a secret is shown."""

    frame: Frame
    name: str
    secret: str
    to: str


def view_of(one: Subscription) -> SubscriptionView:
    return SubscriptionView(one, f"neighbours_ended_{one.ended}" if one.ended else "")


def must_operate(visit: Visit) -> None:
    """Raises web.HTTPForbidden."""
    if not visit.viewer.may(Right.OPERATE):
        raise web.HTTPForbidden


async def show_neighbours(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_neighbour(visit: Visit) -> web.StreamResponse:
    """Tell an address from now on."""
    given: list[tuple[str, str]] = []
    must_operate(visit)
    async with read_form(visit.request, token=visit.session.form_token) as form:
        address = form.text("address").strip()
        trouble = await look_at_address(Outward(visit.request.app[keys.SETTINGS].networks), address)

        async def act(uow: UnitOfWork, form: Form) -> None:
            made = await subscribe(
                uow,
                name=form.text("name"),
                address=address,
                address_trouble=trouble,
                kinds=[kind.value for kind in CHOICES if form.text(kind.value) == "yes"],
                now=visit.now,
                by=visit.staff,
            )
            given.append((made.subscription.name, made.secret))

        typed = await attempt(visit, FORM, act, form)
    return await _given(visit, typed, given)


async def post_key(visit: Visit) -> web.StreamResponse:
    """Make a key for a program that sends cases in."""
    given: list[tuple[str, str]] = []

    async def act(uow: UnitOfWork, form: Form) -> None:
        name, rate = " ".join(form.text("key_name").split()), form.text("rate").strip()
        is_rate = rate.isascii() and rate.isdigit() and len(rate) < 6 and 0 < int(rate) <= HIGHEST_RATE
        troubles = {
            "key_name": trouble_with_line(name, LONGEST_KEY_NAME, is_needed=True),
            "rate": "" if is_rate else "neighbours_bad_rate",
        }
        if any(troubles.values()):
            raise BadFields(**{field: key for field, key in troubles.items() if key})
        receipts = visit.request.app[keys.RECEIPTS]
        try:
            made = await add_api_key(uow, receipts, name=name, per_minute=int(rate), now=visit.now, by=visit.staff)
        except BadApiKey:
            raise BadFields(key_name="settings_not_printable") from None
        given.append((made.key.name, made.secret))

    must_operate(visit)
    async with read_form(visit.request, token=visit.session.form_token) as form:
        typed = await attempt(visit, KEY_FORM, act, form)
    return await _given(visit, typed, given)


async def post_revoked(visit: Visit) -> web.StreamResponse:
    """End a key."""
    number = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, _form: Form) -> None:
        await revoke_api_key(uow, number, now=visit.now, by=visit.staff)

    must_operate(visit)
    return await change(visit, REVOKE, act, _show, then=NEIGHBOURS)


async def _given(visit: Visit, typed: Typed | web.Response | None, given: Sequence[tuple[str, str]]) -> web.StreamResponse:
    if isinstance(typed, web.Response):
        return typed
    if typed is not None:
        response = await _show(visit, typed)
        response.set_status(400)
        return response
    return show_secret(visit, *given[0], back=NEIGHBOURS)


def show_secret(visit: Visit, name: str, secret: str, *, back: str) -> web.Response:
    """The page with the secret; no browser keeps it (`no-store`)."""
    page = GivenSecretPage(frame=visit.frame, name=name, secret=secret, to=back)
    return render(visit.request, "staff/settings/secret.html", page)


async def _show(visit: Visit, typed: Typed) -> web.Response:
    must_operate(visit)
    async with visit.request.app[keys.STORAGE].reading() as uow:
        subscriptions, api_keys = await uow.neighbours.all(), await list_api_keys(uow)
    page = NeighboursPage(
        frame=visit.frame,
        subscriptions=[view_of(one) for one in subscriptions],
        api_keys=api_keys,
        fields=[
            ask(typed, FORM, "name", "neighbours_name", longest=LONGEST_NAME, is_needed=True),
            ask(
                typed,
                FORM,
                "address",
                "neighbours_address",
                kind="url",
                hint_key="neighbours_address_hint",
                longest=LONGEST_ADDRESS,
                is_needed=True,
            ),
            *(ask(typed, FORM, kind.value, f"neighbours_kind_{kind}", kept="yes", kind="tick") for kind in CHOICES),
        ],
        key_fields=[
            ask(typed, KEY_FORM, "key_name", "neighbours_name", longest=LONGEST_KEY_NAME, is_needed=True),
            ask(typed, KEY_FORM, "rate", "neighbours_rate", kept=str(USUAL_RATE), kind="number", is_needed=True),
        ],
        trouble_key=typed.about(typed.form),
        form=typed.form,
        is_saved=is_saved(visit),
    )
    return render(visit.request, "staff/settings/neighbours.html", page)
