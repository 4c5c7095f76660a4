"""Accounts, signed-in browsers, and the trail of who did what."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.domain.guessing import Counted
from bot.domain.people import Language, Role, Session, StaffId, StaffMember, Unit
from bot.domain.signing_in import HalfSession, SecondFactor
from bot.domain.trail import TrailBreak, TrailEntry, TrailHead, TrailPoint
from bot.domain.ward import WardCode
from bot.ports.viewing import Viewer


class StaffMembers(Protocol):
    """Accounts of the desk."""

    async def add(
        self,
        *,
        username: str,
        full_name: str,
        role: Role,
        ward_code: WardCode | None,
        password_hash: str,
        must_change_password: bool,
        now: datetime,
        unit: Unit = Unit.NONE,
    ) -> StaffMember: ...

    async def by_username(self, username: str) -> tuple[StaffMember, str] | None:
        """The member and the password's hash; names are compared without case."""
        ...

    async def get(self, staff_id: StaffId) -> StaffMember | None: ...

    async def everyone(self) -> list[StaffMember]: ...

    async def of_ward(self, ward_code: WardCode) -> list[StaffMember]:
        """Its own staff, closed accounts too, by name."""
        ...

    async def place(self, staff_id: StaffId, *, role: Role, ward_code: WardCode | None, unit: Unit) -> None:
        """Change where somebody stands. Also ends every session and linked chat of this member."""
        ...

    async def set_password(self, staff_id: StaffId, password_hash: str, *, must_change: bool) -> None:
        """Also ends every session and linked chat of this member."""
        ...

    async def set_disabled(self, staff_id: StaffId, disabled: bool) -> None:
        """Disabling also ends every session and linked chat of this member."""
        ...

    async def set_language(self, staff_id: StaffId, language: Language) -> None: ...


class Sessions(Protocol):
    """Signed-in browsers."""

    async def add(self, session: Session) -> None: ...

    async def get(self, id_hash: str) -> tuple[Session, StaffMember] | None: ...

    async def touch(self, id_hash: str, now: datetime) -> None: ...

    async def end(self, id_hash: str) -> None: ...

    async def of(self, staff_id: StaffId) -> list[Session]:
        """Where this member is signed in, the latest used first; such as are over by time too."""
        ...

    async def end_all(self, staff_id: StaffId) -> None:
        """Also those that wait for a code."""
        ...

    async def add_half(self, half: HalfSession, *, drop_before: datetime) -> None:
        """Those of the same member from before that moment are dropped: they are over."""
        ...

    async def half(self, id_hash: str) -> tuple[HalfSession, StaffMember] | None: ...

    async def tried_half(self, id_hash: str) -> int:
        """Count a wrong code; how many there were with it, 0 where it is over."""
        ...

    async def end_half(self, id_hash: str) -> bool:
        """Whether it was there: of two that come at once, one is told so."""
        ...


class SecondFactors(Protocol):
    """What signing in takes beside the password. Of a recovery code only the hash is kept."""

    async def get(self, staff_id: StaffId) -> SecondFactor | None: ...

    async def put(self, staff_id: StaffId, sealed: str, now: datetime) -> None:
        """From now on this is the app's secret; the steps that were used stay used, recovery codes go."""
        ...

    async def put_codes(self, staff_id: StaffId, hashes: Sequence[str]) -> None:
        """These recovery codes instead of all others."""
        ...

    async def remove(self, staff_id: StaffId, *, reset_at: datetime | None = None, reset_by: str = "") -> None:
        """No second factor any more; `reset_at` where somebody else did that: its owner is to be told."""
        ...

    async def told(self, staff_id: StaffId) -> None:
        """Its owner knows that it was reset."""
        ...

    async def use_step(self, staff_id: StaffId, step: int) -> bool:
        """False where that step was used before, by whatever process."""
        ...

    async def use_code(self, staff_id: StaffId, code_hash: str) -> bool:
        """False where there is no such recovery code, or it was used."""
        ...

    async def has_codes(self, staff_id: StaffId, hashes: Sequence[str]) -> bool:
        """Whether each of them is there, unused."""
        ...


class Guesses(Protocol):
    """How often secrets were guessed, by names that only the program itself can make."""

    async def get(self, names: Sequence[str]) -> Mapping[str, Counted]:
        """Those that are known."""
        ...

    async def hold(self, names: Sequence[str]) -> None:
        """Nobody else changes them until the unit of work ends."""
        ...

    async def put(self, counted: Mapping[str, Counted]) -> None: ...

    async def forget(self, before: float) -> None:
        """Those whose last guess was before that second; some of them."""
        ...


class Audit(Protocol):
    """Who did what, append-only, each row carrying the hash of the one before."""

    async def record(
        self,
        *,
        action: str,
        now: datetime,
        staff_id: StaffId | None = None,
        subject: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None: ...

    async def page(self, viewer: Viewer, *, before: int | None = None, most: int = 50) -> list[TrailEntry]:
        """What this viewer may read of it, newest first; of the rows before that one, where it is given.

        A ward's leader reads what the ward's own staff did. Nothing tells of a case that the viewer may not know of.
        """
        ...

    async def walk(self, start: TrailPoint, most: int) -> tuple[TrailPoint, TrailBreak | None]:
        """From there at most so many rows on: how far it fits, and what does not. Heads and tip are not looked at."""
        ...

    async def verify(
        self, signer: "HeadSigner | None" = None, told: Callable[[int], None] | None = None
    ) -> TrailBreak | None:
        """Walk all of it; the first place that does not fit, or None.

        Args:
            signer: Also checks the signatures of the heads.
            told: Is given the number of rows walked so far, now and then.
        """
        ...

    async def tip(self) -> TrailPoint | None:
        """Where the trail says that it ends. None: somebody took that row away."""
        ...

    async def heads(self, after: int = 0, most: int = 500) -> list[TrailHead]:
        """Those after this number, in order."""
        ...

    async def newest_head(self, *, in_turn: bool = False) -> TrailHead | None:
        """`in_turn`: nobody else adds one before this transaction ends."""
        ...

    async def add_head(self, head: TrailHead) -> None:
        """Its number must be the next one."""
        ...


class HeadSigner(Protocol):
    """Signs the heads of the trail."""

    @property
    def key(self) -> str:
        """The name of the key: sixteen letters."""
        ...

    def sign(self, text: str) -> str:
        """The signature, in base 32."""
        ...

    def is_signed(self, text: str, signature: str) -> bool:
        """Whether this key signed it."""
        ...
