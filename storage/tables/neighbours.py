"""Other programs that are told of cases, and how far each event has come with each of them."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from storage.tables.base import metadata, only_where
from storage.types import CleanText, Id, SealedJson, SealedText, UtcDateTime

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("address", SealedText, nullable=False),  # an address may hold a token
    Column("secrets", SealedJson, nullable=False),
    Column("kinds", String(120), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", Id, ForeignKey("staff.id")),  # empty: by command line
    Column("disabled_at", UtcDateTime),
    Column("ended", String(16), nullable=False, server_default=""),
    Column("seen", Id, nullable=False),  # the last of `case_events` that was looked at for it
    Column("accepted", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failing_since", UtcDateTime),
    Column("paused_until", UtcDateTime),
    Column("owner", String(80), nullable=False, server_default=""),
    Column("leased_until", UtcDateTime),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("subscription_id", Id, ForeignKey("subscriptions.id"), nullable=False),
    Column("event_id", String(40), nullable=False),
    Column("case_event_id", Id),  # empty: a ping
    Column("case_id", Id),
    Column("kind", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("first_tried_at", UtcDateTime),
    Column("due_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("status", Integer, nullable=False),
    Column("error", String(40), nullable=False),
    Column("milliseconds", Integer, nullable=False),
    UniqueConstraint("subscription_id", "case_event_id"),
)
Index("ix_deliveries_waiting", deliveries.c.subscription_id, deliveries.c.id, **only_where("state = 'waiting'"))
Index("ix_deliveries_newest", deliveries.c.subscription_id, deliveries.c.id)
Index("ix_deliveries_finished", deliveries.c.finished_at, **only_where("finished_at IS NOT NULL"))
