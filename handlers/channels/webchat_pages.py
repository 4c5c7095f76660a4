"""The page of the web chat: shows the transcript, takes a post and keeps it before it says so.

Looking changes nothing in the database. A post ends in `Intake.keep`; what it means is decided in `handlers.dialogue`,
and the answer comes back through the outbox. Live updates are in `webchat_events`, reading forms in `webchat_form`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.bell import heard
from bot.domain.ledger import read_start, start_word
from bot.domain.people import Address, Channel
from bot.domain.ward import Ward
from bot.errors import StorageBusy, UnknownWard
from bot.ports import ChatLine, RawUpdate
from bot.services.receipt import KEEP
from bot.web import FORM_TOKEN, keys, render
from bot.web.cookies import drop_cookie, read_cookie, set_cookie
from bot.web.framing import is_framed
from bot.web.language import page_language
from bot.web.pages import asset_path
from bot.web.siege import WAIT, Gate
from bot.web.still import let_be_found
from bot.wording import say
from handlers.channels.webchat_body import LONGEST_CHOICE, LONGEST_TEXT, ChatPost, new_client_key
from handlers.channels.webchat_form import (
    FIELDS_ONLY,
    MOST_FILES,
    BadForm,
    ChatForm,
    ForeignForm,
    FormReader,
    TooManyUploads,
)
from handlers.channels.webchat_limits import Limits, TooMany
from handlers.channels.webchat_lines import ChatPage, show_lines
from handlers.channels.webchat_visitor import Visitor, base_of, forget, remember, visitor_of

Keep = Callable[[Channel, Sequence[RawUpdate]], Awaitable[None]]

ANSWER_WITHIN = 2.0  # seconds a browser without script waits, so that the page it is sent to shows the answer already
LOOK_EVERY = 0.25  # seconds, while waiting: another process may be the one that answers
ANSWER_PENDING = timedelta(
    seconds=30
)  # while the last words are younger than this, a page without script says that one is on its way
WARD_COOKIE = "chat_ward"  # the ward of the QR code, until the first message has told it to the dialogue
KNOWN_ADDRESSES = 20_000  # addresses this process remembers to be no strangers


class Refusal(Exception):
    """A post that is not taken. `wording_key` says why to the person, and is the error's name for the script."""

    def __init__(self, status: int, wording_key: str, retry_after: int = 0, *, proof: str = "") -> None:
        super().__init__(wording_key)
        self.status = status
        self.wording_key = wording_key
        self.retry_after = retry_after  # seconds; 0: trying the same again is of no use
        self.proof = proof  # a question to be answered first; see `bot.web.siege`


class ChatPages:
    """The handlers of `/chat`, `/chat/messages`, `/chat/look` and `/chat/forget`."""

    def __init__(self, keep: Keep, reader: FormReader, limits: Limits, gate: Gate) -> None:
        self._keep = keep
        self._gate = gate
        self._reader = reader
        self._limits = limits
        self._known: dict[Address, None] = {}

    async def show(self, request: web.Request) -> web.Response:
        """`GET /chat`: the transcript and the form. Gives the browser its cookie; stores nothing."""
        visitor = visitor_of(request)
        place = _place(request, _asked(request)) or _place(request, read_cookie(request, WARD_COOKIE))
        notice = "webchat_too_many_files" if request.query.get("notice") == "files" else ""
        response = await self._page(request, visitor, place=place, notice=notice)
        if place and request.query.get("ward"):
            set_cookie(request, response, WARD_COOKIE, place.mark)
        let_be_found(request, response)
        return response

    async def back(self, request: web.Request) -> web.Response:
        """`GET` of an address that is only posted to (a language link on a refused page): the chat itself."""
        language, base = request.query.get("lang", ""), base_of(request)
        raise web.HTTPSeeOther(f"{base}?lang={language}" if language in ("vi", "en") else base)

    async def take(self, request: web.Request) -> web.Response:
        """`POST /chat/messages`: keep what was said. To the script JSON, otherwise the page again."""
        visitor = visitor_of(request)
        form = ChatForm()
        try:
            await self._take(request, visitor, form)
        except Refusal as refusal:
            return await self._refuse(request, visitor, form, refusal)
        if _is_script(request):
            notice = say(page_language(request), "webchat_too_many_files", most=MOST_FILES) if form.is_cut else ""
            at = request.app[keys.CLOCK].now().astimezone(request.app[keys.SETTINGS].zone)
            response = web.json_response({"kept": True, "at": f"{at:%H:%M}", "notice": notice})
        else:
            tail = "?notice=files" if form.is_cut else ""
            response = web.Response(status=303, headers={"Location": f"{base_of(request)}{tail}#end"})
        if read_cookie(request, WARD_COOKIE):
            drop_cookie(request, response, WARD_COOKIE)
        return response

    async def look(self, request: web.Request) -> web.Response:
        """`POST /chat/look`: the page again with what came meanwhile, and the words begun in its form. Stores nothing.

        A page without script that loaded itself again would take those words away.
        """
        visitor = visitor_of(request)
        form = ChatForm()
        try:
            if request.content_type != FIELDS_ONLY:  # the other kind could bring files to be stored
                raise BadForm
            await self._reader.read(request, form, visitor.is_own)
        except ForeignForm:
            return await self._refuse(request, visitor, form, Refusal(403, "webchat_foreign_form"))
        except BadForm:
            return await self._refuse(request, visitor, form, Refusal(400, "webchat_bad_form"))
        # This form names files that were picked, and does not send them: they have to be picked again.
        notice = "webchat_pick_again" if form.fields.get("files") else ""
        place = _place(request, form.fields.get("ward", ""))
        return await self._page(request, visitor, place=place, notice=notice, text=form.text[:LONGEST_TEXT])

    async def forget(self, request: web.Request) -> web.Response:
        """`POST /chat/forget`: this browser forgets the chat. The cases stay: they were filed."""
        visitor = visitor_of(request)
        form = ChatForm()
        try:
            await self._reader.read(request, form, visitor.is_own)
        except (ForeignForm, BadForm, TooManyUploads):
            raise web.HTTPForbidden from None
        response = web.Response(status=303, headers={"Location": base_of(request)})
        forget(request, response)
        drop_cookie(request, response, WARD_COOKIE)
        return response

    async def _take(self, request: web.Request, visitor: Visitor, form: ChatForm) -> None:
        address = visitor.address
        try:
            await self._reader.read(request, form, visitor.is_own)
            await self._count(request, address, form)
            updates = _updates(request, address, form)
            if _is_script(request):
                await self._keep(Channel.WEBCHAT, updates)
            else:
                await self._keep_and_wait(request, address, updates)
        except ForeignForm:
            raise Refusal(403, "webchat_foreign_form") from None
        except BadForm:
            raise Refusal(*((413, "webchat_too_much") if form.is_cut else (400, "webchat_bad_form"))) from None
        except TooMany as limit:
            raise Refusal(429, "webchat_too_fast", limit.after) from None
        except (StorageBusy, TooManyUploads):
            raise Refusal(503, "webchat_busy", 5) from None

    async def _count(self, request: web.Request, address: Address, form: ChatForm) -> None:
        if address not in self._known:
            async with request.app[keys.STORAGE].reading() as uow:
                is_stranger = not await uow.chat_lines.recent(address, most=1)
            if is_stranger:  # asked before they are counted: whoever gives no answer takes nobody's place
                proof, answer = form.fields.get("proof", ""), form.fields.get("answer", "")
                if asked := await self._gate.ask(request.app[keys.SECRET_KEY], address.external_id, proof, answer):
                    raise Refusal(429, "webchat_prove", WAIT, proof=asked)
                await self._limits.count_new_address()
            self._known[address] = None
            if len(self._known) > KNOWN_ADDRESSES:
                del self._known[next(iter(self._known))]
        await self._limits.count_post(address)

    async def _keep_and_wait(self, request: web.Request, address: Address, updates: Sequence[RawUpdate]) -> None:
        """Keep, then wait for the answer, a little: a browser without script sees it on the page it is sent to."""
        before = _last_key(await _recent(request, address))
        loop = asyncio.get_running_loop()
        with request.app[keys.BELL].listen(address) as ring:
            await self._keep(Channel.WEBCHAT, updates)
            until = loop.time() + ANSWER_WITHIN
            while (left := until - loop.time()) > 0:
                async with request.app[keys.STORAGE].reading() as uow:
                    answers = await uow.chat_lines.replies_after(address, before, most=len(updates))
                if len(answers) == len(updates):
                    return
                await heard(ring, min(left, LOOK_EVERY))

    async def _refuse(self, request: web.Request, visitor: Visitor, form: ChatForm, refusal: Refusal) -> web.Response:
        language = page_language(request)
        response: web.Response
        if _is_script(request):
            words = say(language, refusal.wording_key, most=MOST_FILES, longest=LONGEST_TEXT)
            answer = {"kept": False, "error": refusal.wording_key, "message": words, "form_token": visitor.form_token}
            if refusal.proof:
                answer |= {"proof": refusal.proof, "prover": asset_path(request, "prove.js")}
            response = web.json_response(answer, status=refusal.status)
            remember(request, response, visitor)
        else:
            response = await self._page(
                request,
                visitor,
                place=_place(request, form.fields.get("ward", "")),
                notice=refusal.wording_key,
                text=form.text,
                status=refusal.status,
                proof=refusal.proof,
            )
        if refusal.retry_after:
            response.headers["Retry-After"] = str(refusal.retry_after)
        return response

    async def _page(
        self,
        request: web.Request,
        visitor: Visitor,
        *,
        place: "Place | None",
        notice: str = "",
        text: str = "",
        status: int = 200,
        proof: str = "",
    ) -> web.Response:
        request[FORM_TOKEN] = visitor.form_token
        try:
            lines = [] if visitor.is_new else await _recent(request, visitor.address)
        except StorageBusy:
            if not notice:
                raise
            lines = []  # the words that could not be kept matter more than the transcript
        last = lines[-1] if lines else None
        page = ChatPage(
            lines=show_lines(lines, request.app[keys.RECEIPTS]),
            base=base_of(request),
            is_framed=is_framed(request),
            last_key=_last_key(lines),
            ward=place.ward if place else None,
            place=place.mark if place else "",
            notice=notice,
            text=text,
            client_key=new_client_key(),
            proof=proof,
            most_files=MOST_FILES,
            longest_text=LONGEST_TEXT,
            waits=last is not None and not last.is_ours and request.app[keys.CLOCK].now() - last.at < ANSWER_PENDING,
        )
        response = render(request, "webchat/chat.html", page, status=status)
        remember(request, response, visitor)
        return response


def _updates(request: web.Request, address: Address, form: ChatForm) -> list[RawUpdate]:
    """What to keep: the post, and before it the ward of the QR code, as a deep link of any channel says it.

    Raises:
        Refusal: There is nothing to keep, or too much.
    """
    text = form.text
    if len(text) > LONGEST_TEXT:
        raise Refusal(413, "webchat_too_long")
    choice = form.choice if len(form.choice.encode()) <= LONGEST_CHOICE else ""
    if choice.startswith(KEEP):  # the form beside a receipt: its field goes along with its button
        choice = f"{choice}:{form.digits}"
    language = page_language(request)
    post = ChatPost(text=text, choice=choice, point=form.point, files=tuple(form.files), language=language)
    if post.is_empty:
        raise Refusal(400, "webchat_empty")
    updates = [post.update(address, form.client_key)]
    if place := _place(request, form.fields.get("ward", "")):
        preset = ChatPost(text=f"/start {place.word}", language=language, is_preset=True)
        updates.insert(0, preset.update(address, form.client_key))
    return updates


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody read a QR code: the ward, and the board it was on."""

    ward: Ward
    board: int | None = None

    @property
    def word(self) -> str:
        return start_word(self.ward.code, self.board)

    @property
    def mark(self) -> str:
        """As page and cookie carry it: "00091", "00091_b17"."""
        return self.word.removeprefix("ward_")


def _asked(request: web.Request) -> str:
    """ "/chat?ward=00091&board=17" as its mark."""
    board = request.query.get("board", "")
    return request.query.get("ward", "") + (f"_b{board}" if board else "")


def _place(request: web.Request, mark: str) -> Place | None:
    """The place of this mark; None for whatever else stood there. A board that cannot be leaves its ward."""
    if not mark:
        return None
    code, board = read_start(f"ward_{mark}")
    try:
        return Place(request.app[keys.WARDS][code or mark.partition("_")[0]], board)
    except UnknownWard:
        return None


async def _recent(request: web.Request, address: Address) -> list[ChatLine]:
    async with request.app[keys.STORAGE].reading() as uow:
        return await uow.chat_lines.recent(address)


def _last_key(lines: Sequence[ChatLine]) -> int:
    return max((line.key for line in lines if line.is_ours), default=0)


def _is_script(request: web.Request) -> bool:
    return "application/json" in request.headers.get("Accept", "")
