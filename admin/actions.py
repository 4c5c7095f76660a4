"""What the forms of a case do. Each reads its form, calls one service in one unit of work, commits, and redirects.

Whatever goes wrong, nothing is half done and what was typed is on the page that answers.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from aiohttp import web

from admin.case.evidence import Looked, LookFirst
from admin.case_page import CITY_OPTION, asked_code, show_again
from admin.guard import QUEUE, Visit, not_sent
from admin.pages import Typed
from admin.troubles import field_of
from admin.uploads import FORM_LIMITS, NotKept, keep_uploads
from bot.domain.capabilities import CAPABILITIES
from bot.domain.case import Case, CaseCode
from bot.domain.correction import MoveReason
from bot.domain.incoming import StoredFile
from bot.domain.staffing import DraftForm
from bot.domain.ward import WardCode
from bot.errors import BotError, CaseAlreadyClosed, CaseNotFound, StaleVersion, StorageBusy, UnknownWard
from bot.ports import UnitOfWork
from bot.services.answer_case import answer_case
from bot.services.move_case import move_case
from bot.services.note_case import note_case
from bot.services.staff_change import LONGEST_WORDS
from bot.web import keys
from bot.web.forms import Form, read_form

_DRAFTS = frozenset({"reply", "note"})  # forms whose unsent words are kept
CHANGED = (StaleVersion, CaseAlreadyClosed)


class BadChoice(BotError):
    """The form holds an outcome or a reason that there is not, or too long a text."""

    def __init__(self, key: str) -> None:
        super().__init__(key=key)
        self.key = key


def key_of(refused: BotError) -> str:
    """The wording key of why a form was not taken."""
    return refused.key if isinstance(refused, BadChoice) else refused.wording_key


@dataclass(frozen=True, slots=True)
class Posted:
    """A form of a case, read and with its files stored."""

    visit: Visit
    code: CaseCode
    version: int
    text: str
    form: Form
    files: Sequence[StoredFile]
    looked: Looked = field(default_factory=Looked)


Act = Callable[[UnitOfWork, Posted], Awaitable[object]]
Look = Callable[[Visit, CaseCode, Form], Awaitable[Looked]]


async def post_reply(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "reply", _answer, done="answered")


async def post_note(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "note", _note, done="noted")


async def post_files(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "attach", _note, done="attached")


async def post_move(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "move", _move, done="moved")


async def _answer(uow: UnitOfWork, posted: Posted) -> None:
    await answer_case(
        uow,
        staff=posted.visit.staff,
        code=posted.code,
        version=posted.version,
        text=posted.text,
        files=posted.files,
        now=posted.visit.now,
        wards=posted.visit.request.app[keys.WARDS],
        asks=posted.form.text("asks") == "yes",
    )


async def _note(uow: UnitOfWork, posted: Posted) -> None:
    await note_case(
        uow,
        staff=posted.visit.staff,
        code=posted.code,
        version=posted.version,
        text=posted.text,
        files=posted.files,
        now=posted.visit.now,
    )


async def _move(uow: UnitOfWork, posted: Posted) -> None:
    chosen = posted.form.text("ward")
    if not chosen:
        raise UnknownWard(code="")
    try:
        # A page that was opened before the form asked for a reason carries none: that is the usual one.
        reason = MoveReason(posted.form.text("why") or MoveReason.WRONG_WARD)
    except ValueError:
        raise BadChoice("desk_move_why_missing") from None
    await move_case(
        uow,
        staff=posted.visit.staff,
        code=posted.code,
        version=posted.version,
        ward_code=None if chosen == CITY_OPTION else WardCode(chosen),
        now=posted.visit.now,
        wards=posted.visit.request.app[keys.WARDS],
        reason=reason,
        words=posted.text,
    )


async def act_on_case(
    visit: Visit, form_name: str, act: Act, *, done: str, before: Look | None = None
) -> web.StreamResponse:
    """Read the form, do it in one unit of work, and lead on; or show the page again with why not.

    Args:
        form_name: The form's, for `Typed`.
        act: Calls one service.
        done: What the next page says was done: `desk_done_<done>`.
        before: Looks at photos while no transaction is open.
    """
    code = asked_code(visit.request)
    async with read_form(visit.request, token=visit.session.form_token, limits=FORM_LIMITS) as form:
        try:
            result = await _do(visit, code, form_name, form, act, before)
        except CaseNotFound:
            raise web.HTTPNotFound from None
        except StorageBusy:
            return not_sent(visit.request, form, "desk_not_sent_busy", status=503)
        except (BotError, NotKept) as refused:
            return await _refuse(visit, code, form_name, form, refused)
    raise lead_on(code, result, done)


def lead_on(code: CaseCode, result: object, done: str) -> web.HTTPSeeOther:
    """A case that was moved or closed leaves the queue one works through; an answered one stays in hand, and so does one
    whose resident still has to be told.
    """
    stays = done not in ("moved", "closed", "disputed") or (
        isinstance(result, Case) and not CAPABILITIES[result.address.channel].reaches_resident
    )
    page = f"/staff/cases/{code}" if stays else QUEUE
    return web.HTTPSeeOther(f"{page}?done={done}")


def ticked(form: Form) -> frozenset[int]:
    """The ids of the ticked messages: fields "message-12"."""
    numbers = [name.removeprefix("message-") for name in form.fields if name.startswith("message-")]
    return frozenset(int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) <= 15)


async def _do(visit: Visit, code: CaseCode, form_name: str, form: Form, act: Act, before: Look | None) -> object:
    text = form.text("text")
    if len(text) > LONGEST_WORDS:
        raise BadChoice("desk_text_too_long")
    storage = visit.request.app[keys.STORAGE]
    if form.uploads:
        # Nothing is stored for somebody who may not see the case.
        async with storage.reading() as uow:
            if await uow.cases.visible(visit.viewer, code) is None:
                raise CaseNotFound(code=code)
    files = await keep_uploads(visit, form)
    looked = await before(visit, code, form) if before else Looked()
    posted = Posted(visit, code, form.number("version"), text, form, files, looked)
    async with storage.begin() as uow:
        result = await act(uow, posted)
        if form_name in _DRAFTS and (case := await uow.cases.by_code(code)) is not None:
            await uow.drafts.drop(visit.staff.id, case.id, DraftForm(form_name))
        await uow.commit()
    return result


async def _refuse(
    visit: Visit, code: CaseCode, form_name: str, form: Form, refused: BotError | NotKept
) -> web.StreamResponse:
    typed = Typed(
        form=form_name,
        text=form.text("text"),
        outcome=form.text("outcome"),
        ward=form.text("ward"),
        why=form.text("why"),
        username=form.text("username")[:200],
        other=(form.text("other") or form.text("day"))[:1000],
        kind=(form.text("kind") or form.text("way"))[:40],
        new_day=form.text("new_day")[:1000],
        messages=ticked(form),
        asks=form.text("asks") == "yes",
    )
    if isinstance(refused, NotKept):
        said = visit.say(refused.key, name=refused.name[:80], most=FORM_LIMITS.files)
        return await show_again(visit, code, typed, trouble=said, at=field_of(refused.key), status=400)
    if isinstance(refused, LookFirst):
        typed = replace(typed, look=refused.look)
        return await show_again(visit, code, typed, trouble=visit.say(refused.wording_key), at=refused.at, status=400)
    key = key_of(refused)
    trouble = visit.say(key, **{"names": str(refused.values.get("names", ""))[:200]})
    if isinstance(refused, CHANGED):
        return await show_again(visit, code, typed, trouble=trouble, status=409, stale_since=form.text("seen"))
    return await show_again(visit, code, typed, trouble=trouble, at=field_of(key, form_name), status=400)
