"""What is counted, for Prometheus. Counts only: no label holds a case, an address or a person.

The registry is ours and not the library's global one, so that two applications in one test process do not share figures.
"""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4


@dataclass(frozen=True)
class Metrics:
    """The gauges are set at each reading of `/metrics`; the counter is raised where a webhook turns somebody away."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    inbox_waiting: Gauge = field(init=False)
    inbox_failed: Gauge = field(init=False)
    inbox_oldest: Gauge = field(init=False)
    outbox_waiting: Gauge = field(init=False)
    outbox_failed: Gauge = field(init=False)
    outbox_oldest: Gauge = field(init=False)
    webhook_refused: Counter = field(init=False)
    audit_broken: Gauge = field(init=False)
    besieged: Gauge = field(init=False)

    def __post_init__(self) -> None:
        def gauge(name: str, what: str) -> Gauge:
            return Gauge(f"homthu_{name}", what, registry=self.registry)

        made = {
            "inbox_waiting": gauge("inbox_waiting", "Kept updates that wait to be handled"),
            "inbox_failed": gauge("inbox_failed", "Kept updates that could not be handled"),
            "inbox_oldest": gauge("inbox_oldest_seconds", "Age of the oldest waiting update"),
            "outbox_waiting": gauge("outbox_waiting", "Replies that are due and not yet sent"),
            "outbox_failed": gauge("outbox_failed", "Replies that can never be delivered"),
            "outbox_oldest": gauge("outbox_oldest_seconds", "How long the oldest due reply has been due"),
            "audit_broken": gauge("audit_broken", "1 once a row of the audit trail was found that does not fit"),
            "besieged": Gauge(
                "homthu_besieged",
                "1 while very many knock at once",
                ["where"],
                registry=self.registry,
            ),
            "webhook_refused": Counter(
                "homthu_webhook_refused", "Webhook calls without the right secret", ["channel"], registry=self.registry
            ),
        }
        for name, metric in made.items():
            object.__setattr__(self, name, metric)  # frozen for everybody else

    def text(self) -> bytes:
        """The exposition format; its content type is `CONTENT_TYPE`."""
        return generate_latest(self.registry)


CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
