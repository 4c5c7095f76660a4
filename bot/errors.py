"""What can go wrong, told twice: to the log (the docstring and the values) and to the person (`wording_key`)."""

from datetime import timedelta
from typing import Any, ClassVar


class BotError(Exception):
    """Something went wrong that this program knows by name."""

    wording_key: ClassVar[str] = "something_went_wrong"

    def __init__(self, **values: Any) -> None:
        super().__init__(self.__doc__.strip().splitlines()[0] if self.__doc__ else type(self).__name__, values)
        self.values = values

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.args[0]} ({shown})" if shown else str(self.args[0])


class SettingsError(BotError):
    """A setting is missing or wrong."""


class StorageBusy(BotError):
    """The database cannot be written to at present; what was sent has not been kept."""

    wording_key = "try_again_soon"


class DatabaseOutOfReach(StorageBusy):
    """The database cannot be opened now; `line` tells an operator what to look at."""


class ScannerAway(StorageBusy):
    """The virus scanner that was set up gives no answer; what is not scanned is not kept."""


class AuditBroken(BotError):
    """The audit trail is not as it was written; `line` tells an operator where."""


class BackupRefused(BotError):
    """A backup or a restore cannot be made as things are; `line` tells an operator why, and that nothing was changed."""


class BackupDamaged(BackupRefused):
    """A backup is not as it was written; `line` tells an operator what is wrong with it."""


class NoOpenUnitOfWork(BotError):
    """Storage was used outside a unit of work."""


class CaseNotFound(BotError):
    """There is no such case, or this person may not know that there is."""

    wording_key = "case_not_found"


class StaleVersion(BotError):
    """The case was changed by someone else since the form was opened."""

    wording_key = "case_changed_meanwhile"


class LedgerChanged(BotError):
    """The board, entry or submission was changed by someone else since the form was opened."""

    wording_key = "campaign_changed"


class CaseAlreadyClosed(BotError):
    """The case is closed, so this cannot be done to it."""

    wording_key = "case_already_closed"


class EmptyText(BotError):
    """The words are missing."""

    wording_key = "text_is_empty"


class UnknownWard(BotError):
    """There is no ward with this code."""

    wording_key = "ward_unknown"


class UsernameTaken(BotError):
    """Another account has this name."""

    wording_key = "username_taken"


class ChannelError(BotError):
    """A channel did not do what it was asked."""


class TryLater(ChannelError):
    """The channel asks to wait, or did not answer; the same call may succeed later.

    `after` is what the channel asked for, None where it said nothing. `acted` is False when it is certain that nothing
    was done, so that repeating cannot double the message.
    """

    def __init__(self, *, after: timedelta | None = None, acted: bool = True, **values: Any) -> None:
        super().__init__(**values)
        self.after = after
        self.acted = acted


class NotMoved(BotError):
    """The database was not moved; `line` says why."""


class NotOurSeal(BotError):
    """A sealed text cannot be opened: it was sealed with another secret key, or changed."""

    wording_key = "seal_not_opened"


class NeverDeliverable(ChannelError):
    """The channel refused this reply for good: asking again unchanged would be refused again."""

    def __init__(self, *, blocked: bool = False, **values: Any) -> None:
        super().__init__(blocked=blocked, **values)
        self.blocked = blocked


class FileNotFetched(ChannelError):
    """The channel did not hand out a file."""


class FileTooLarge(FileNotFetched):
    """The file is larger than a channel hands out."""
