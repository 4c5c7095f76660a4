"""Reads a form of the settings, does in one unit of work what it asks and leads on, or shows its page with why not."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from admin.guard import Visit, not_sent
from admin.settings.fields import Typed
from bot.errors import BotError, StorageBusy
from bot.ports import UnitOfWork
from bot.services.setting import BadFields, GoneMeanwhile, NotAllowed
from bot.web import keys
from bot.web.forms import Form, read_form

Act = Callable[[UnitOfWork, Form], Awaitable[object]]
Show = Callable[[Visit, Typed], Awaitable[web.Response]]

# Which field an error of a service is about, where it names none itself.
_FIELD_OF = {
    "ward_unknown": "ward",
    "username_taken": "username",
    "username_malformed": "username",
    "full_name_malformed": "full_name",
    "full_name_foreign": "full_name",
    "username_alike": "username",
}


async def change(visit: Visit, testid: str, act: Act, show: Show, *, then: str) -> web.StreamResponse:
    """Do it and lead to `then`; a refusal is shown by `show`, with what was typed.

    Args:
        testid: The form's `data-testid`, so that its page knows where the words belong.

    Raises:
        web.HTTPForbidden: It is not theirs to change.
        web.HTTPSeeOther: It is done.
    """
    async with read_form(visit.request, token=visit.session.form_token) as form:
        typed = await attempt(visit, testid, act, form)
    if isinstance(typed, web.Response):
        return typed
    if typed is None:
        raise web.HTTPSeeOther(f"{then}?done=saved")
    response = await show(visit, typed)
    response.set_status(409 if typed.is_late else 400)
    return response


async def attempt(visit: Visit, testid: str, act: Act, form: Form) -> Typed | web.Response | None:
    """Do it. None: done. `Typed`: not, and why. A response: storage is out of reach."""
    try:
        async with visit.request.app[keys.STORAGE].begin() as uow:
            await act(uow, form)
            await uow.commit()
    except NotAllowed:
        raise web.HTTPForbidden from None
    except StorageBusy:
        return not_sent(visit.request, form, "desk_not_sent_busy", status=503)
    except BadFields as bad:
        return Typed(testid, dict(form.fields), bad, bad.wording_key)
    except BotError as refused:
        name = _FIELD_OF.get(refused.wording_key)
        bad_field = BadFields(**{name: refused.wording_key}) if name else None
        key = BadFields.wording_key if name else refused.wording_key
        return Typed(testid, dict(form.fields), bad_field, key, is_late=isinstance(refused, GoneMeanwhile))
    return None


def number_in_path(visit: Visit, name: str) -> int:
    """The number in the address; a page that is not there for anything else."""
    text = visit.request.match_info[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise web.HTTPNotFound
    return int(text)


def is_saved(visit: Visit) -> bool:
    """Whether the page is shown after something was done."""
    return visit.request.query.get("done") == "saved"
