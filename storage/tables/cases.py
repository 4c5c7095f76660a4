"""The cases, and the orders in which they are walked."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
)

from storage.tables.base import metadata, only_where
from storage.types import CleanText, Id, SealedJson, SealedName, SealedText, UtcDateTime

cases = Table(
    "cases",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(16), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("category", CleanText, nullable=False),
    Column("ward_code", String(5)),
    Column("desk", String(16), nullable=False),
    Column("resident_id", Id, ForeignKey("residents.id"), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("external_id", SealedName, nullable=False),
    Column("source_id", CleanText, nullable=False),
    Column("status", String(8), nullable=False),
    Column("outcome", String(16)),
    Column("text", SealedText, nullable=False),
    Column("spot", SealedJson),  # see `storage.spots`, also for the next three
    Column("lat", Float),
    Column("lon", Float),
    Column("accuracy", Float),
    Column("routing_trace", SealedJson, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    Column("is_sensitive", Boolean, nullable=False, server_default=false()),
    Column("is_anonymous", Boolean, nullable=False, server_default=false()),
    Column("is_emergency", Boolean, nullable=False, server_default=false()),
    Column("accused", String(16), nullable=False, server_default=""),
    Column("draft_serial", String(16), nullable=False, server_default=""),
    Column("main_case_id", Id),  # no foreign key: SQLite could not walk back down from one
    Column("joined_count", Integer, nullable=False, server_default="0"),
    Column("place_key", SealedName, nullable=False, server_default=""),
    Column("disputes", Integer, nullable=False, server_default="0"),
    Column("accused_unit", String(16), nullable=False, server_default=""),
    Column("owner_id", Id, ForeignKey("staff.id", name="fk_cases_owner_id")),
    Column("owner_until", UtcDateTime),  # an owner who does nothing until then gives the case back to the queue
    Column("hops", Integer, nullable=False, server_default="0"),  # how often it was moved
    Column("erase_asked_at", UtcDateTime),  # the resident wants to be forgotten: once it is closed, its words go
    Column("erased_at", UtcDateTime),
    Column("fading_told_at", UtcDateTime),  # staff were told that its words go
    Column("faded_at", UtcDateTime),  # they went, because their time was over
    Column("first_answer_at", UtcDateTime),  # when staff first answered; what the resident waited for
    # Reckoned by the engine, made by their migration, never written: whole hours from acceptance to the answer and to the
    # closing, the minute of the deadline since the year 2000, and what became of it as one number (`storage.figures`).
    Column("answer_hours", Integer),
    Column("close_hours", Integer),
    Column("due_minute", Integer),
    Column("fate", Integer),
    Column("reach_since", UtcDateTime),  # words of staff did not arrive: somebody has to reach the resident otherwise
    Column("heard_at", UtcDateTime),  # when the resident came to know of them
    Column("tally", Id, nullable=False, server_default="0"),  # what happened to it, as `storage.case_tally` counts it
    Column("tell_since", UtcDateTime),  # an answer of the counter's that nobody has told yet; no channel leads there
    # What the clocks show, written with every event that moves them (`storage.case_clocks`; `bot.domain.clocks`).
    Column("clocks_began_at", UtcDateTime),  # empty: when it came in
    Column("counted_from", UtcDateTime),  # empty: the deadline is a date as such
    Column("counted_days", Integer, nullable=False, server_default="0"),
    Column("counted_more", Integer, nullable=False, server_default="0"),  # minutes of working time
    Column("answer_days", Integer, nullable=False, server_default="0"),
    Column("accept_due_at", UtcDateTime),
    Column("answer_due_at", UtcDateTime),
    Column("accepted_at", UtcDateTime),
    Column("answered_at", UtcDateTime),  # since it was last opened; `first_answer_at` is the first of all
    Column("waits_since", UtcDateTime),  # staff asked the resident something
    Column("stood_seconds", Integer, nullable=False, server_default="0"),
    Column("warned", String(255), nullable=False, server_default=""),  # "accept.owner accept.leader"
    Column("alarm_due_at", UtcDateTime),  # the next warning; empty while the clocks stand
    UniqueConstraint("channel", "external_id", "source_id"),
    CheckConstraint("desk NOT IN ('general', 'restricted') OR ward_code IS NOT NULL", name="ward_of_desk"),
)

# A queue is walked in its own order, and what it is filtered by stands behind that order in the index: a filter that few
# cases pass is tried without fetching a row. The desk is there too, not after the ward: an officer who sees two desks
# still gets them in one order, without sorting. A case that joined another waits in no queue.
_FILTERS = (
    cases.c.desk,
    cases.c.kind,
    cases.c.category,
    cases.c.channel,
    cases.c.is_emergency,
    cases.c.owner_id,
    cases.c.accused_unit,
)

_MAIN = "main_case_id IS NULL"

_AT_CITY = f"desk IN ('unplaced', 'leaders', 'disputed') AND {_MAIN}"
Index("ix_cases_queue", cases.c.ward_code, cases.c.status, cases.c.due_at, cases.c.id, *_FILTERS, **only_where(_MAIN))
Index("ix_cases_newest", cases.c.ward_code, cases.c.status, cases.c.id, *_FILTERS, **only_where(_MAIN))
Index("ix_cases_city_queue", cases.c.status, cases.c.due_at, cases.c.id, **only_where(_AT_CITY))
Index("ix_cases_city_newest", cases.c.status, cases.c.id, **only_where(_AT_CITY))
Index(
    "ix_cases_every_queue",
    *(cases.c.status, cases.c.due_at, cases.c.id, *_FILTERS, cases.c.ward_code),
    **only_where(_MAIN),
)
Index("ix_cases_every_newest", cases.c.status, cases.c.id, *_FILTERS, **only_where(_MAIN))
Index(
    "ix_cases_category",
    *(cases.c[name] for name in ("status", "category", "due_at", "id", "kind", "channel")),
    **only_where(_MAIN),
)
Index(
    "ix_cases_kind",
    *(cases.c[name] for name in ("status", "kind", "due_at", "id", "desk", "channel")),
    **only_where(_MAIN),
)
Index("ix_cases_emergency", cases.c.status, cases.c.due_at, cases.c.id, **only_where(f"is_emergency AND {_MAIN}"))
Index(
    "ix_cases_owner",
    cases.c.owner_id,
    cases.c.status,
    cases.c.due_at,
    cases.c.id,
    **only_where(f"owner_id IS NOT NULL AND {_MAIN}"),
)
Index(
    "ix_cases_disputed",
    *(cases.c[name] for name in ("ward_code", "status", "due_at", "id", "desk")),
    **only_where(f"disputes > 0 AND {_MAIN}"),
)

# The figures of a period, counted without fetching a case, and of a ward's.
_TALLIED = (
    *("ward_code", "desk", "category", "channel", "status", "fate", "tally", "answer_hours", "close_hours", "due_minute"),
    "id",
)
Index("ix_cases_tally", cases.c.created_at, *(cases.c[name] for name in _TALLIED), **only_where(_MAIN))
# What came in through Open311 and everybody may look at, in the order it came. "NOT <>" and not "=": asked by equality,
# SQLite would find the channel in the unique index of sources and sort whatever ever came this way.
CAME_BY_OPEN311 = "NOT (channel <> 'open311') AND desk = 'general'"
Index("ix_cases_open311", cases.c.created_at, cases.c.code, **only_where(CAME_BY_OPEN311))
Index("ix_cases_ward_created", cases.c.ward_code, cases.c.created_at, **only_where(_MAIN))
Index("ix_cases_owner_until", cases.c.owner_until, **only_where("owner_until IS NOT NULL"))
# Whom to warn next: emergencies are told at night too. One that joined another is warned of with that one.
Index("ix_cases_alarm", cases.c.is_emergency, cases.c.alarm_due_at, **only_where(f"alarm_due_at IS NOT NULL AND {_MAIN}"))
Index("ix_cases_open", cases.c.id, **only_where("status = 'open'"))  # to lay their deadlines again
Index("ix_cases_resident", cases.c.resident_id, cases.c.id)
Index(
    "ix_cases_reach",
    *(cases.c[name] for name in ("ward_code", "status", "due_at", "id", "desk")),
    **only_where("reach_since IS NOT NULL"),
)
Index("ix_cases_tell", cases.c.tell_since, cases.c.id, **only_where("tell_since IS NOT NULL"))
Index("ix_cases_fading", cases.c.kind, cases.c.closed_at, **only_where("closed_at IS NOT NULL AND faded_at IS NULL"))
Index("ix_cases_erase", cases.c.closed_at, **only_where("erase_asked_at IS NOT NULL"))

# What else is known about this spot: by its name, and by where it lies. The city sees few cases of a long street.
Index(
    "ix_cases_place", *(cases.c[name] for name in ("ward_code", "place_key", "id", "desk")), **only_where("place_key <> ''")
)
Index("ix_cases_spot", *(cases.c[name] for name in ("ward_code", "lat", "lon", "desk")), **only_where("lat IS NOT NULL"))
Index("ix_cases_joined", cases.c.main_case_id, **only_where("main_case_id IS NOT NULL"))

# "Is there an open case of this already?": never about an official, and never one that has itself joined another.
Index(
    "ix_cases_alike",
    cases.c.ward_code,
    cases.c.category,
    cases.c.created_at,
    **only_where("status = 'open' AND desk = 'general' AND main_case_id IS NULL"),
)
