"""The key that signs cookies and forms: from the setting, or made once and kept beside the data."""

import os
import secrets
from pathlib import Path

from bot.errors import SettingsError
from bot.settings import Settings

FILE_NAME = "secret.key"


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
        line = f"HOMTHU_DATA_DIR: {path} cannot be used ({trouble.strerror}); choose a folder this account may write to"
        raise SettingsError(line=line) from trouble


def _make(path: Path) -> str:
    """A new key, or an empty text when there is a file already. O_EXCL: two starting processes agree on one key."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return ""
    key = secrets.token_urlsafe(32)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key)
    return key
