"""One's own second factor: set up, moved to another phone, switched off, its recovery codes made anew and saved.

The secret that is offered follows from the session and the secret key: looking at the page writes nothing, and looking
again shows the same one. It is kept, sealed, once a code of it was given. What is right is `bot.services.second_factor`.
"""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from admin.guard import AUTHENTICATOR, QUEUE, Visit
from admin.guessing import GUESSES, counts_within
from admin.pages import AuthenticatorPage, RecoveryPage
from admin.sign_in_page import trouble_in_words
from admin.signing_in import LONGEST_CODE, device, remember
from bot.domain.signing_in import RECOVERY_CODES, needs_code
from bot.services.second_factor import app_address, digits_in, enrol, hash_of, renew_codes, secret_from, switch_off
from bot.web import FORM_TOKEN, keys, render
from bot.web.forms import Form, read_form
from bot.web.qr import qr_svg
from bot.web.tokens import sign

FILE_NAME = "homthu-ma-du-phong.txt"


async def show_authenticator(visit: Visit) -> web.StreamResponse:
    return await _show(visit)


async def post_authenticator(visit: Visit) -> web.StreamResponse:
    """`act` says what: "enrol", "codes", "off", "told", "file"."""
    async with read_form(visit.request, token=visit.session.form_token) as form:
        act = _ACTS.get(form.text("act"))
        if act is None:
            at, is_moving = "codes-code" if visit.staff.has_code else "enrol-code", "current" in form.fields
            at = "enrol-code" if is_moving else at
            return await _show(visit, "verify_code_wrong", at=at, form=form, is_moving=is_moving)
        return await act(visit, form)


async def _enrol(visit: Visit, form: Form) -> web.StreamResponse:
    counts = counts_within("code", visit.staff.id)
    if wait := await visit.request.app[GUESSES].take(*counts):
        return await _show(visit, "desk_sign_in_throttled", at="enrol-code", wait=wait, form=form, is_moving=True)
    made = await enrol(
        visit.request.app[keys.STORAGE],
        visit.request.app[keys.SEALER],
        staff=visit.staff,
        device=device(visit.request),
        secret=_offered(visit),
        typed=form.text("code"),
        current=form.text("current"),
        now=visit.now,
    )
    if isinstance(made, str):
        at = "enrol-current" if made == "verify_current_wrong" else "enrol-code"
        return await _show(visit, made, at=at, form=form, is_moving=True)
    await visit.request.app[GUESSES].succeeded(*counts)
    visit.request[FORM_TOKEN] = made.signed_in.session.form_token
    page = _codes_page(visit, made.codes)
    remember(visit.request, page, made.signed_in)
    return page


async def _codes(visit: Visit, form: Form) -> web.StreamResponse:
    counts = counts_within("code", visit.staff.id)
    if wait := await visit.request.app[GUESSES].take(*counts):
        return await _show(visit, "desk_sign_in_throttled", at="codes-code", wait=wait, form=form)
    app = visit.request.app
    made = await renew_codes(app[keys.STORAGE], app[keys.SEALER], staff=visit.staff, typed=form.text("code"), now=visit.now)
    if isinstance(made, str):
        return await _show(visit, made, at="codes-code", form=form)
    await app[GUESSES].succeeded(*counts)
    return _codes_page(visit, made)


async def _off(visit: Visit, form: Form) -> web.StreamResponse:
    counts = counts_within("code", visit.staff.id)
    if wait := await visit.request.app[GUESSES].take(*counts):
        return await _show(visit, "desk_sign_in_throttled", at="off-code", wait=wait, form=form)
    app = visit.request.app
    made = await switch_off(
        app[keys.STORAGE],
        app[keys.SEALER],
        staff=visit.staff,
        device=device(visit.request),
        typed=form.text("code"),
        now=visit.now,
    )
    if isinstance(made, str):
        return await _show(visit, made, at="off-code", form=form)
    await app[GUESSES].succeeded(*counts)
    answer = web.HTTPSeeOther(AUTHENTICATOR)
    remember(visit.request, answer, made)
    raise answer


async def _told(visit: Visit, _form: Form) -> web.StreamResponse:
    """They have read who took it away."""
    async with visit.request.app[keys.STORAGE].begin() as uow:
        await uow.second_factors.told(visit.staff.id)
        await uow.commit()
    raise web.HTTPSeeOther(AUTHENTICATOR if visit.owed else QUEUE)


async def _file(visit: Visit, form: Form) -> web.StreamResponse:
    """The codes that the page shows, as a file. Only such as are really theirs: nothing else is ever written into it."""
    codes = [digits_in(line) for line in form.fields.get("codes", "").split("\n")[:RECOVERY_CODES] if line.strip()]
    async with visit.request.app[keys.STORAGE].reading() as uow:
        is_theirs = await uow.second_factors.has_codes(visit.staff.id, [hash_of(visit.staff.id, code) for code in codes])
    if not codes or not is_theirs:
        raise web.HTTPNotFound
    grouped = [" ".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]
    lines = [visit.say("recovery_file_title", username=visit.staff.username), "", *grouped, "", visit.say("recovery_once")]
    return web.Response(
        text="\r\n".join(lines) + "\r\n",
        content_type="text/plain",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{FILE_NAME}"', "Content-Security-Policy": "sandbox"},
    )


_ACTS: Mapping[str, Callable[[Visit, Form], Awaitable[web.StreamResponse]]] = {
    "enrol": _enrol,
    "codes": _codes,
    "off": _off,
    "told": _told,
    "file": _file,
}


def _codes_page(visit: Visit, codes: list[str]) -> web.Response:
    page = RecoveryPage(frame=visit.frame, username=visit.staff.username, codes=codes, next_path=QUEUE)
    return render(visit.request, "staff/recovery_codes.html", page)


def _offered(visit: Visit) -> str:
    """The secret of this session's page: 160 bits that only we and whoever sees the page know."""
    return secret_from(bytes.fromhex(sign(visit.request.app[keys.SECRET_KEY], "authenticator", visit.session.form_token)))


async def _show(
    visit: Visit, trouble_key: str = "", *, at: str = "", wait: int = 0, form: Form | None = None, is_moving: bool = False
) -> web.Response:
    async with visit.request.app[keys.STORAGE].reading() as uow:
        factor = await uow.second_factors.get(visit.staff.id)
    is_on = visit.staff.has_code
    secret = _offered(visit) if not is_on or is_moving or "new" in visit.request.query else ""
    address = app_address(secret, visit.staff.username) if secret else ""
    page = AuthenticatorPage(
        frame=visit.frame,
        is_on=is_on,
        is_needed=needs_code([visit.staff.role]),
        is_forced=visit.owed == AUTHENTICATOR,
        since=factor.since if factor else None,
        codes_left=factor.codes_left if factor else 0,
        used_recovery=visit.request.query.get("used") == "recovery",
        secret=[secret[at : at + 4] for at in range(0, len(secret), 4)],
        qr=qr_svg(address, visit.say("verify_qr")) if secret else "",
        address=address,
        reset_at=factor.reset_at if factor else None,
        reset_by=factor.reset_by if factor else "",
        trouble=trouble_in_words(visit.request, trouble_key, wait),
        trouble_at=at,
        typed={name: form.text(name)[:LONGEST_CODE] if form else "" for name in ("code", "current")},
    )
    status = 200 if not trouble_key else 429 if wait else 400
    response = render(visit.request, "staff/authenticator.html", page, status=status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
