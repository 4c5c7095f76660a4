"""The web chat as a channel: a page of our own instead of a messenger.

Reading is decoding our own JSON (`webchat_body`). Sending is nothing at all: the page reads the outbox (`webchat_pages`
when it is opened, `webchat_events` while it stays open), so a reply that is queued has arrived.
"""

import re

from bot.domain.incoming import FileKind, Incoming, IncomingKind, RemoteFile
from bot.domain.people import Address, Channel
from bot.domain.reply import Reply
from bot.errors import FileNotFetched
from bot.ports import KeptUpdate
from handlers.channels.webchat_body import ChatPost, UnreadableBody, source_id_of

# "/start ward_00091"; "/ngõ 12" is a resident's sentence, for no command of ours has such a letter.
_COMMAND = re.compile(r"/([a-z][a-z0-9_]{0,31})(?:\s+(.*))?", re.DOTALL)

_KIND_OF_FILE = {
    FileKind.PHOTO: IncomingKind.PHOTO,
    FileKind.VIDEO: IncomingKind.VIDEO,
    FileKind.VOICE: IncomingKind.VOICE,
    FileKind.DOCUMENT: IncomingKind.DOCUMENT,
}


class WebChat:
    """`bot.ports.ChannelPort` for the web chat."""

    channel = Channel.WEBCHAT

    def read(self, update: KeptUpdate) -> Incoming:
        """What the resident did on the page. Never raises: a body that is not ours is `Incoming.unsupported`."""
        address = Address(Channel.WEBCHAT, update.address_id)
        source_id = source_id_of(update.external_id)
        try:
            post = update.value if isinstance(update.value, ChatPost) else ChatPost.from_json(update.body)
        except UnreadableBody:
            return Incoming.unsupported(address, source_id, update.received_at)
        command = _COMMAND.fullmatch(post.text) if not post.files else None
        return Incoming(
            address=address,
            kind=_kind(post, is_command=command is not None),
            source_id=source_id,
            sent_at=update.received_at,
            text=post.text,
            command=command[1] if command else "",
            argument=(command[2] or "").strip() if command else "",
            choice=post.choice,
            point=post.point,
            files=post.files,
            language_hint=post.language,
            sequence=update.id,  # our own page posts one thing after the other
        )

    async def fetch(self, file: RemoteFile) -> bytes:
        """Files of this channel were stored before their post was kept, so there is never one to fetch.

        Raises:
            FileNotFetched: Always.
        """
        raise FileNotFetched(kind=file.kind.value)

    async def send(self, address: Address, reply: Reply) -> str:
        """Nothing to do: the page reads the reply from the outbox. It has no id of its own."""
        del address, reply
        return ""


def _kind(post: ChatPost, *, is_command: bool) -> IncomingKind:
    if post.choice:
        return IncomingKind.CHOICE
    if post.files:
        return _KIND_OF_FILE[post.files[0].kind]
    if post.point:
        return IncomingKind.LOCATION
    if is_command:
        return IncomingKind.COMMAND
    return IncomingKind.TEXT if post.text else IncomingKind.UNSUPPORTED
