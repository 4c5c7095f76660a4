"""What is counted, for Prometheus. Counts only: no label holds a case, an address or a person.

The registry is ours and not the library's global one, so that two applications in one test process do not share figures.
`deploy/` has a dashboard and alerts made of these names; a test holds the two together.
"""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector

from bot.domain.people import Channel
from bot.domain.reply import DeliveryState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_WHAT = {
    "inbox": ("Kept updates that wait to be handled", "Kept updates that could not be handled", "waiting update"),
    "outbox": ("Replies that are due and not yet sent", "Replies that can never be delivered", "due reply"),
}
_WITH_A_WEBHOOK = ("telegram", "zalo")


class Metrics:
    """Gauges are set at each reading of `/metrics`; counters are raised where it happens."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)  # memory, processor time, open files
        self.waiting = {name: self._gauge(f"{name}_waiting", what[0]) for name, what in _WHAT.items()}
        self.failed = {name: self._gauge(f"{name}_failed", what[1]) for name, what in _WHAT.items()}
        self.oldest = {
            name: self._gauge(f"{name}_oldest_seconds", f"How long the oldest {what[2]} has been that")
            for name, what in _WHAT.items()
        }
        self.last_update = self._gauge("last_update_seconds", "Since something came over this channel", "channel")
        self.disk_free = self._gauge("disk_free_bytes", "Free on the disk of the data folder")
        self.disk_share = self._gauge("disk_free_share", "The same as a share of that disk, 0 to 1")
        self.backup_age = self._gauge("backup_age_seconds", "Since the last good backup; +Inf when there is none")
        self.neighbour = {
            name: self._gauge(f"neighbour_{name}", what, "subscription")
            for name, what in (
                ("waiting", "Events that a subscribed program was not told of yet"),
                ("oldest_seconds", "How long the oldest of these waits"),
                ("parked", "Events that nobody tries to tell any more"),
                ("failures", "Tries since it last took one"),
                ("disabled", "1 once it is told nothing more because it took nothing for days"),
            )
        }
        self.audit_broken = self._gauge("audit_broken", "1 once a row of the audit trail was found that does not fit")
        self.besieged = self._gauge("besieged", "1 while very many knock at once", "where")
        self.telegram_pending = self._gauge("telegram_pending", "Updates that wait at Telegram")
        self.telegram_error_at = self._gauge(
            "telegram_webhook_error_at", "When Telegram last failed to bring an update, seconds since 1970; 0: never"
        )
        self.zalo_refused = self._gauge("zalo_token_refused", "1 while Zalo refuses the token")
        self.webhook_refused = self._counter("webhook_refused", "Webhook calls without the right secret", "channel")
        self.updates = self._counter("updates", "Updates that a channel brought and that were kept", "channel")
        self.sent = self._counter("replies", "What came of each try to send a reply", "channel", "result")
        self.commits = self._counter("commits", "Transactions that this process committed")
        self._committed = 0
        self.telegram_waiting = 0  # as `telegram_pending`, for `/health/ready`
        self.zalo_is_refused = False  # as `zalo_token_refused`
        for state in DeliveryState:  # a line that is there from the start can be asked how much it grew
            for channel in Channel:
                self.sent.labels(channel.value, state.value)
        for name in _WITH_A_WEBHOOK:
            self.webhook_refused.labels(name)
        for channel in Channel:
            self.updates.labels(channel.value)

    def count_commits(self, so_far: int) -> None:
        """How many there have been since this process began."""
        self.commits.inc(max(0, so_far - self._committed))
        self._committed = max(so_far, self._committed)

    def tell_telegram(self, *, pending: int, error_at: int) -> None:
        """What Telegram says of its own queue."""
        self.telegram_waiting = pending
        self.telegram_pending.set(pending)
        self.telegram_error_at.set(error_at)

    def tell_neighbours(self, found: Iterable[tuple[int, float, float, float, float, float]]) -> None:
        """Of each subscription its number, then as the gauges stand; those that are gone leave no line."""
        for gauge in self.neighbour.values():
            gauge.clear()
        for number, *figures in found:
            for gauge, figure in zip(self.neighbour.values(), figures, strict=True):
                gauge.labels(str(number)).set(figure)

    def tell_zalo(self, *, is_refused: bool) -> None:
        """Whether Zalo takes our token."""
        self.zalo_is_refused = is_refused
        self.zalo_refused.set(is_refused)

    def text(self) -> bytes:
        """The exposition format; its content type is `CONTENT_TYPE`."""
        from prometheus_client import generate_latest  # a web server and a client of its own come with it

        return generate_latest(self.registry)

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"homthu_{name}", what, labels, registry=self.registry)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"homthu_{name}", what, labels, registry=self.registry)
