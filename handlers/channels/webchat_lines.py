"""What a line of the chat looks like on the page: the resident's raw updates and our replies, made ready for the template.

Pure: lines in, views out. Everything in a view is plain text; the template escapes it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.incoming import FileKind, FileTrouble, StoredFile
from bot.domain.reply import Choice, QueuedReply, Reply
from bot.domain.ward import Ward
from bot.media_types import may_hand_out
from bot.ports import ChatLine, Receipts
from bot.services.receipt import KEEP, code_to_keep, with_secret
from handlers.channels.webchat_body import ChatPost, UnreadableBody, new_client_key


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file of a line. `key` names it at `/chat/files/…`; empty when there is nothing to open."""

    key: str
    kind: FileKind
    name: str  # as the sender called it; may be empty
    is_image: bool  # there is a copy that may be shown in the page
    trouble: FileTrouble | None

    @property
    def kind_key(self) -> str:
        """The wording key of what kind of file it is."""
        return f"webchat_file_{self.kind}"

    @property
    def trouble_key(self) -> str:
        """The wording key of why it is not there; empty when it is."""
        return f"webchat_file_trouble_{self.trouble}" if self.trouble else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """Everything `webchat/_line.html` may use of a line.

    `key` is the place in the event stream of a line of ours, 0 for the resident's. `client_key` is what the form of its
    chips is posted under. `has_place` is a location the resident shared.
    """

    key: int
    is_ours: bool
    at: datetime
    text: str = ""
    files: tuple[FileView, ...] = ()
    choices: tuple[tuple[Choice, ...], ...] = ()
    asks_location: bool = False
    has_place: bool = False
    chose_unknown: bool = False  # a chip whose label is no longer known
    client_key: str = ""
    keeps: str = ""  # the code of an anonymous case whose receipt must still be proven to be written down
    is_newest: bool = True  # of ours: its chips are the ones meant by the conversation now


@dataclass(frozen=True, kw_only=True)
class LinePage:
    """Everything `webchat/_line.html` may use: the chat's page includes it for each of its lines."""

    line: LineView
    base: str  # where this chat is: "/chat", or below `bot.web.framing.FRAMED`
    is_framed: bool


@dataclass(frozen=True, kw_only=True)
class ChatPage:
    """Everything `webchat/chat.html` may use."""

    lines: Sequence[LineView]  # oldest first
    base: str  # where this chat is: "/chat", or below `bot.web.framing.FRAMED`
    is_framed: bool  # a page of another site shows it: what is not this chat opens outside
    last_key: int  # of our newest line: where the event stream goes on
    ward: Ward | None  # of the QR code; told to the dialogue with the first message
    place: str  # its mark, with the board whose code was read: "00091_b17"; empty for none
    notice: str  # a wording key of what went wrong; empty when nothing did
    text: str  # what was typed and could not be kept
    client_key: str  # what the form is posted under
    proof: str  # a question to be answered first, while very many write at once; else empty
    waits: bool  # the last words are the resident's and fresh: an answer is on its way
    most_files: int
    longest_text: int  # characters


def show_lines(lines: Sequence[ChatLine], receipts: Receipts | None = None) -> list[LineView]:
    """The transcript, oldest first. A chip that was pressed shows the words it had when we offered it.

    Args:
        receipts: Puts the secrets into receipts; the page alone needs them.
    """
    labels: dict[str, str] = {}
    views: list[LineView] = []
    open_receipts: dict[str, int] = {}  # a case's code to the newest line that asks to write its secret down
    for line in lines:
        view = _ours(line, labels, receipts) if line.is_ours else _residents(line, labels)
        if view is None:
            continue
        if view.is_ours and view.keeps:
            open_receipts[view.keeps] = len(views)
        elif not view.is_ours:
            open_receipts.pop(view.keeps, None)  # asked again by our answer, should the digits be wrong
        views.append(view)
    newest = max((place for place, view in enumerate(views) if view.is_ours), default=-1)
    asks = set(open_receipts.values())
    return [
        replace(view, is_newest=place == newest, keeps=view.keeps if place in asks else "")
        for place, view in enumerate(views)
    ]


def show_reply(line: ChatLine, receipts: Receipts | None = None) -> LineView | None:
    """A line of ours on its own; None for one that shows nothing (an acknowledgement meant for other channels)."""
    return _ours(line, {}, receipts)


def show_queued(line: QueuedReply, receipts: Receipts | None = None) -> LineView | None:
    """The same for a line that was not read back from the database."""
    return _said(line.id, line.created_at, line.reply, {}, receipts)


def find_file(lines: Sequence[ChatLine], key: str) -> FileView | None:
    """The file of these lines that is opened by this key."""
    files = (file for view in show_lines(lines) for file in view.files)
    return next((file for file in files if file.key == key), None) if key else None


def _ours(line: ChatLine, labels: dict[str, str], receipts: Receipts | None) -> LineView | None:
    try:
        reply = Reply.from_dict(json.loads(line.body))
    except (ValueError, KeyError, TypeError, IndexError):
        return None  # written by a later version of this program; the lines around it still are readable
    return _said(line.key, line.at, reply, labels, receipts)


def _said(key: int, at: datetime, reply: Reply, labels: dict[str, str], receipts: Receipts | None) -> LineView | None:
    if receipts is not None:
        reply = with_secret(reply, receipts)
    labels.update((choice.data, choice.label) for row in reply.choices for choice in row)
    if not (reply.text or reply.files or reply.choices):
        return None
    keeps = code_to_keep(reply)
    return LineView(
        key=key,
        is_ours=True,
        at=at,
        text=reply.text,
        files=tuple(_files(reply.files, is_ours=True)),
        choices=tuple(row for row in reply.choices if not any(choice.data.startswith(KEEP) for choice in row)),
        keeps=keeps,
        asks_location=reply.asks_location,
        client_key=new_client_key() if reply.choices or keeps or reply.asks_location else "",  # of its forms
    )


def _residents(line: ChatLine, labels: dict[str, str]) -> LineView | None:
    try:
        post = ChatPost.from_json(line.body)
    except UnreadableBody:
        return None
    if post.is_preset or post.is_empty:
        return None
    kept = post.choice.split(":")[1] if post.choice.startswith(KEEP) else ""
    choice = f"{KEEP}{kept}" if kept else post.choice  # without the digits that were typed
    return LineView(
        key=0,
        is_ours=False,
        at=line.at,
        text=labels.get(choice, "") if choice else post.text,
        files=tuple(_files(post.files, is_ours=False)),
        has_place=post.point is not None,
        chose_unknown=bool(choice) and choice not in labels,
        keeps=kept,
    )


def _files(files: Sequence[StoredFile], *, is_ours: bool) -> Iterator[FileView]:
    for file in files:
        # A resident's original stays sealed, from the resident's own browser too; what staff attached is meant to be read.
        key = file.shown_key or (file.key if is_ours and may_hand_out(file) else "")
        yield FileView(key=key, kind=file.kind, name=file.name or "", is_image=bool(file.shown_key), trouble=file.trouble)
