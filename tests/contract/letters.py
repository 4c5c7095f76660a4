"""A channel that was made up: letters. All that a new one takes is this file and its row; the suite does the rest."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.app.telegram import Keep, Messenger
from bot.domain.capabilities import CAPABILITIES
from bot.domain.incoming import FileKind, Incoming, IncomingKind, RemoteFile
from bot.domain.people import Address, Channel, Language
from bot.domain.reply import Reply
from bot.domain.splitting import pieces
from bot.ports import KeptUpdate, RawUpdate
from bot.wording import catalogue
from handlers.channels.lines import with_lines
from handlers.pacing import Pace
from tests.contract.meaning import Heard
from tests.contract.players import Player

NAME = "letter"
LONGEST = 300  # UTF-16 units on a page: shorter than anywhere, so that much is split


def new_channel(patch: pytest.MonkeyPatch) -> Channel:
    """A member of `Channel`, its row and what the desk calls it, until the patch is undone."""
    member = str.__new__(Channel, NAME)
    member._name_, member._value_ = NAME.upper(), NAME
    patch.setitem(Channel._value2member_map_, NAME, member)
    patch.setitem(Channel._member_map_, NAME.upper(), member)
    row = replace(CAPABILITIES[Channel.ZALO], name="", longest_text=LONGEST, longest_caption=0, withholds_words=False)
    patch.setitem(CAPABILITIES, member, row)
    for language in Language:
        patch.setitem(catalogue(language), f"desk_channel_{NAME}", ("Thư",))
    return member


@dataclass
class Letters:
    """`bot.ports.ChannelPort` for letters, with the post office beside it."""

    channel: Channel
    boxes: dict[str, list[Heard]] = field(default_factory=dict)  # what lies in each resident's letter box
    files: dict[str, bytes] = field(default_factory=dict)
    keep: Keep | None = None

    def read(self, update: KeptUpdate) -> Incoming:
        said = json.loads(update.body)
        files = tuple(RemoteFile(remote_id=key, kind=FileKind.PHOTO, media_type="image/jpeg") for key in said["files"])
        return Incoming(
            address=Address(self.channel, update.address_id),
            kind=IncomingKind.PHOTO if files else IncomingKind.TEXT if said["text"] else IncomingKind.UNSUPPORTED,
            source_id=update.external_id,
            sent_at=update.received_at,
            text=said["text"],
            remote_files=files,
        )

    async def fetch(self, file: RemoteFile) -> bytes:
        return self.files[file.remote_id]

    async def send(self, address: Address, reply: Reply) -> str:
        pages = pieces(with_lines(reply), LONGEST)
        box = self.boxes.setdefault(address.external_id, [])
        box += [Heard(page, (), len(reply.files) if page is pages[-1] else 0) for page in pages]
        return str(len(box))

    async def open(self, *_: object) -> Messenger:
        """In place of `bot.app.open_zalo`."""

        def receiving(_storage: Any, keep: Keep, _app: Any) -> list[Any]:
            self.keep = keep
            return []

        return Messenger(
            channel=self, pace=Pace(per_second=1000, per_chat_per_second=1000), needs_door=False, receiving=receiving
        )

    async def brings(self, whose: str, number: int, text: str, files: Sequence[str] = ()) -> None:
        assert self.keep is not None
        body = json.dumps({"text": text, "files": list(files)})
        update = RawUpdate(channel=self.channel, external_id=f"{whose}-{number}", address_id=whose, body=body)
        for _ in range(2):  # the post is like that
            await self.keep(self.channel, [update])


class OnPaper(Player):
    """A resident who writes letters."""

    def __init__(self, letters: Letters, name: str) -> None:
        self.letters, self.name, self.channel = letters, name, letters.channel

    async def writes(self, text: str) -> None:
        self.sent += 1
        await self.letters.brings(self.name, self.sent, text)

    async def sends_photo(self, data: bytes, caption: str) -> None:
        self.sent += 1
        self.letters.files[f"{self.name}-{self.sent}"] = data
        await self.letters.brings(self.name, self.sent, caption, [f"{self.name}-{self.sent}"])

    async def chooses(self, words: str) -> None:
        rows = "\n".join(one.text for one in await self.heard()).splitlines()
        await self.writes(next(row.partition(".")[0] for row in reversed(rows) if words in row and row[:1].isdigit()))

    async def sends_nonsense(self) -> None:
        await self.writes("")

    async def heard(self) -> list[Heard]:
        return list(self.letters.boxes.get(self.name, ()))
