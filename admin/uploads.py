"""Files that staff attach: through the same keeper as a resident's, so that nobody's photo gives a place away."""

from admin.guard import Visit
from bot.domain.incoming import LARGEST_FILE, FileKind, FileTrouble, RemoteFile, StoredFile
from bot.web import keys
from bot.web.forms import Form, Limits, Upload

MOST_FILES = 10
FORM_LIMITS = Limits(files=MOST_FILES, file_size=LARGEST_FILE, total_size=MOST_FILES * LARGEST_FILE + 1024 * 1024)
IMAGE_STARTS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF8": "image/gif"}


class NotKept(Exception):
    """A file cannot be attached; `key` is the wording of the reason, `name` the file's."""

    def __init__(self, key: str, name: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.name = name


async def keep_uploads(visit: Visit, form: Form) -> list[StoredFile]:
    """Store every file of the form, one in memory at a time.

    Raises:
        NotKept: One is too large or of a kind we do not keep, or there are too many. Then none is attached.
    """
    if form.has_too_many_files:
        raise NotKept("desk_files_too_many")
    for upload in form.uploads:
        if upload.is_too_large:
            raise NotKept("desk_files_too_large", upload.name)
    return [await _keep(visit, upload) for upload in form.uploads if upload.size]


async def _keep(visit: Visit, upload: Upload) -> StoredFile:
    data = upload.read()
    kind = FileKind.PHOTO if image_type(data) else FileKind.DOCUMENT
    remote = RemoteFile(remote_id="", kind=kind, name=upload.name[:200] or None, size=len(data))
    kept = await visit.request.app[keys.FILE_KEEPER].keep(data, remote)
    if kept.trouble is not None:
        too_large = kept.trouble is FileTrouble.TOO_LARGE
        raise NotKept("desk_files_too_large" if too_large else "desk_files_refused", upload.name)
    if kind is FileKind.PHOTO and not kept.shown_key:
        raise NotKept("desk_files_refused", upload.name)  # an image that cannot be cleaned must not go out
    return kept


def image_type(data: bytes) -> str:
    """The media type of a picture that browsers show, by its first bytes; empty for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for start, media_type in IMAGE_STARTS.items() if data.startswith(start)), "")
