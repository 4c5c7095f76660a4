"""What can be made to go wrong with the next calls of a method."""

from collections import defaultdict, deque
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One failure.

    `status` answers with that code, `garbage` with no JSON, `is_empty` with 200 and nothing, `hang` (seconds) with nothing
    for a while, `cut` closes the connection, `keeps` does so after so many bytes of the answer (the Zalo server's, where the
    call acts), `location` sends the caller elsewhere. `acts` says whether the call is carried out before it fails. `slow`
    (seconds) lets it wait and then answers as if nothing were wrong.
    """

    status: int = 0
    description: str = "Internal Server Error"
    retry_after: int = 0  # seconds, with 429
    garbage: bytes = b""
    is_empty: bool = False
    slow: float = 0.0
    hang: float = 0.0
    cut: bool = False
    keeps: int = 0
    location: str = ""
    acts: bool = False


class Faults:
    """Faults that wait for their call, first in, first out."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)

    def add(self, method: str, fault: Fault, times: int) -> None:
        self._waiting[method].extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        waiting = self._waiting[method]
        return waiting.popleft() if waiting else None

    def waiting(self, method: str) -> int:
        return len(self._waiting[method])
