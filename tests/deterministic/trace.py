"""What happened, in order, as lines: two runs of one seed write the same ones, byte for byte."""

from collections.abc import Callable
from hashlib import sha256


class Trace:
    """Lines with the simulated second in front."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self.lines: list[str] = []

    def __call__(self, who: str, what: str) -> None:
        self.lines.append(f"{self._time():10.4f} {who:8} {what}")

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def digest(self) -> str:
        """Sixteen letters that two equal traces share."""
        return sha256(self.text.encode()).hexdigest()[:16]
