"""Files between the steps of the counter: stored at once, carried along sealed, and doomed unless a case takes them.

The page holds them only sealed, with whose they are: nobody can slip in a file of somebody else's.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from admin.guard import Visit
from admin.uploads import MOST_FILES, NotKept, keep_uploads
from bot.domain.incoming import FileKind, StoredFile
from bot.errors import NotOurSeal
from bot.services.identity_cards import is_card
from bot.web import keys
from bot.web.forms import Form

UNFILED_FOR = timedelta(days=1)  # so long a file waits for its case; a form left open longer has lost it
_FIELD = "files_kept"
_LONGEST = 20_000  # characters of the sealed field


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A stored file, and the name its page shows."""

    file: StoredFile

    @property
    def label(self) -> str:
        return self.file.name or ""


async def files_of(visit: Visit, form: Form) -> tuple[Kept, ...]:
    """Those of the steps before that were not taken out again, and those that came with this one.

    Raises:
        NotKept: One of the new ones cannot be kept, is called an identity card, or there are too many; see `carried` for the
            others.
    """
    before = carried(visit, form)
    if len(before) + sum(bool(upload.size) for upload in form.uploads) > MOST_FILES:
        raise NotKept("desk_files_too_many")
    card = next((upload.name for upload in form.uploads if upload.size and is_card("", upload.name)), None)
    if card is not None:
        raise NotKept("counter_card_refused", card)
    new = await keep_uploads(visit, form)
    if new:
        await _doom(visit, new)
    return (*before, *(Kept(file=file) for file in new))


def carried(visit: Visit, form: Form) -> tuple[Kept, ...]:
    """The files of the steps before, without those whose "take it out" was ticked."""
    files = _unseal(visit, form.text(_FIELD))
    return tuple(Kept(file=file) for number, file in enumerate(files) if form.text(f"drop_{number}") != "yes")


def seal(visit: Visit, files: Sequence[Kept]) -> str:
    """What the page carries; empty for no file."""
    if not files:
        return ""
    packed = [[f.file.key, f.file.kind.value, f.file.name, f.file.media_type, f.file.size, f.file.shown_key] for f in files]
    content = {"staff": visit.staff.id, "until": (visit.now + UNFILED_FOR).timestamp(), "files": packed}
    return visit.request.app[keys.SEALER].seal(json.dumps(content))


def _unseal(visit: Visit, sealed: str) -> list[StoredFile]:
    """Nothing where it is not ours, another officer's, or too old: then the files are gone from the store."""
    if not sealed or len(sealed) > _LONGEST:
        return []
    try:
        content = json.loads(visit.request.app[keys.SEALER].open(sealed))
        if content["staff"] != visit.staff.id or content["until"] < visit.now.timestamp():
            return []
        return [
            StoredFile(key, FileKind(kind), name, media_type, size, shown_key)
            for key, kind, name, media_type, size, shown_key in content["files"]
        ]
    except (NotOurSeal, ValueError, KeyError, TypeError):
        return []


async def _doom(visit: Visit, files: Sequence[StoredFile]) -> None:
    """Unless a case points to them by then."""
    async with visit.request.app[keys.STORAGE].begin() as uow:
        found = [key for file in files for key in (file.key, file.shown_key) if key]
        await uow.retention.doom(found, visit.now + UNFILED_FOR + timedelta(hours=1))
        await uow.commit()
