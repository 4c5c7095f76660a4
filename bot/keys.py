"""The secret key, which signs forms and wraps every other key: from the setting, or made once and kept beside the data."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from bot.errors import SettingsError
from bot.settings import Settings

FILE_NAME = "secret.key"
NEXT_NAME = "secret.key.new"  # until every key is wrapped under it


def load_secret_key(settings: Settings) -> str:
    """The key, 43 characters or more when it is ours.

    Raises:
        SettingsError: The key's file can neither be read nor made.
    """
    given = settings.secret_key.get_secret_value()
    if given:
        return given
    path = settings.data_dir / FILE_NAME
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _make(path) or path.read_text(encoding="ascii").strip()
    except OSError as trouble:
        in_the_way = isinstance(trouble, FileExistsError | NotADirectoryError)
        why = "a file is in the way" if in_the_way else trouble.strerror
        line = f"HOMTHU_DATA_DIR: {settings.data_dir} cannot be used: {why}; choose a folder this account may write to"
        raise SettingsError(line=line) from trouble


def next_secret_key(settings: Settings) -> str:
    """The key to change to: from the setting, or made now and kept beside the present one until `adopt_next_key`.

    Raises:
        SettingsError: The present key is a setting, so the new one must be too; or its file can neither be read nor made.
    """
    given = settings.secret_key_new.get_secret_value()
    if settings.secret_key.get_secret_value():
        if not given:
            raise SettingsError(
                line="HOMTHU_SECRET_KEY_NEW: is missing; set it to the key that shall follow HOMTHU_SECRET_KEY"
            )
        return given
    path = settings.data_dir / NEXT_NAME
    try:
        return _make(path, given) or path.read_text(encoding="ascii").strip()
    except OSError as trouble:
        line = f"HOMTHU_DATA_DIR: {path} cannot be used ({trouble.strerror}); choose a folder this account may write to"
        raise SettingsError(line=line) from trouble


def adopt_next_key(settings: Settings) -> bool:
    """Put the new key in the place of the old one, at once and for good. False where the key is a setting."""
    if settings.secret_key.get_secret_value():
        return False
    with suppress(FileNotFoundError):  # done before
        (settings.data_dir / NEXT_NAME).replace(settings.data_dir / FILE_NAME)
    folder = os.open(settings.data_dir, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def _make(path: Path, given: str = "") -> str:
    """A new key, or an empty text when there is a file already. Two starting processes agree on one key, a whole one."""
    if path.exists():
        return ""
    key = given or secrets.token_urlsafe(32)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key)
            file.flush()
            os.fsync(handle)
        os.link(part, path)  # refuses where there is one, and nobody ever sees half of it
    except FileExistsError:
        return ""
    finally:
        part.unlink()
    return key
