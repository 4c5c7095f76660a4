"""The tables as they are now. How they came to be so is in `storage.migrations`; a test holds the two together.

Enumerations are kept as their values, moments in UTC. Rows that wait have partial indexes of their own, so that taking
the next one never looks at the history, which only grows.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from storage.types import CleanText, Id, Json, Lexemes, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def only_where(condition: str) -> dict[str, Any]:
    """The arguments that make an index partial, for either engine."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


# Every raw update, once, until it was handled.
inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("external_id", CleanText, nullable=False),
    Column("address_id", CleanText, nullable=False),  # empty: nobody could read whose it is
    Column("body", CleanText, nullable=False),
    Column("state", String(8), nullable=False),  # waiting | handled | failed
    Column("attempts", Integer, nullable=False),  # times it was claimed
    Column("owner", CleanText, nullable=False),  # who claimed it last; empty when nobody has it
    Column("leased_until", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("reason", CleanText, nullable=False),  # why it failed
    Column("received_at", UtcDateTime, nullable=False),
    Column("handled_at", UtcDateTime),
    UniqueConstraint("channel", "external_id"),
)
Index("ix_inbox_waiting", inbox.c.id, **only_where("state = 'waiting'"))
Index("ix_inbox_waiting_address", inbox.c.channel, inbox.c.address_id, inbox.c.id, **only_where("state = 'waiting'"))
Index("ix_inbox_failed", inbox.c.id, **only_where("state = 'failed'"))
# What was handled and is not yet blanked: a web chat's page reads its own, the other channels keep their own.
HANDLED = "state <> 'waiting' AND body <> '' AND channel <> 'webchat'"
Index("ix_inbox_read_address", inbox.c.channel, inbox.c.address_id, inbox.c.id, **only_where(HANDLED))
Index("ix_inbox_read", inbox.c.handled_at, **only_where(HANDLED))
Index("ix_inbox_webchat", inbox.c.address_id, inbox.c.id, **only_where("channel = 'webchat'"))

# Every reply, until the channel took it or it never can be delivered.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("external_id", CleanText, nullable=False),
    Column("body", Json, nullable=False),
    Column("message_id", Id, ForeignKey("messages.id")),
    Column("case_id", Id, ForeignKey("cases.id")),
    Column("state", String(8), nullable=False),  # waiting | sent | failed
    Column("attempts", Integer, nullable=False),
    Column("owner", CleanText, nullable=False),
    Column("leased_until", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("provider_id", CleanText, nullable=False),
    Column("error", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column(
        "about", CleanText, nullable=False, server_default=""
    ),  # a newer one about the same takes its place while it waits
)
Index("ix_outbox_waiting", outbox.c.id, **only_where("state = 'waiting'"))
Index("ix_outbox_waiting_address", outbox.c.channel, outbox.c.external_id, outbox.c.id, **only_where("state = 'waiting'"))
Index("ix_outbox_failed_case", outbox.c.case_id, **only_where("state = 'failed'"))
Index("ix_outbox_message", outbox.c.message_id, **only_where("message_id IS NOT NULL"))
FINISHED = "state <> 'waiting' AND channel <> 'webchat'"
Index("ix_outbox_sent_address", outbox.c.channel, outbox.c.external_id, outbox.c.id, **only_where(FINISHED))
Index("ix_outbox_webchat", outbox.c.external_id, outbox.c.id, **only_where("channel = 'webchat'"))

residents = Table(
    "residents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
)

# Whose a channel's id is. One resident may come to have several.
addresses = Table(
    "addresses",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("external_id", CleanText, primary_key=True),
    Column("resident_id", Id, ForeignKey("residents.id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
)

# Where we stand with each address.
conversations = Table(
    "conversations",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("external_id", CleanText, primary_key=True),
    Column("resident_id", Id, ForeignKey("residents.id"), nullable=False),
    Column("language", String(2), nullable=False),
    Column("draft", Json),
    Column("asked", String(16)),
    Column("case_code", String(16)),
    Column("preset_ward", String(5)),
    Column("last_group_id", CleanText, nullable=False),
    Column("is_blocked", Boolean, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("last_ward", String(5)),
    Column("awaits", Json),
    Column("draft_due_at", UtcDateTime),
    Column("draft_reminded", Boolean, nullable=False, server_default=false()),
    Column("paused_until", UtcDateTime),  # staff alone write these two
    Column("pause_reason", CleanText, nullable=False, server_default=""),
    Column("pause_told_at", UtcDateTime),
    Column("offered", Json),  # label and data of each choice under what was said last
    ForeignKeyConstraint(
        ["channel", "external_id"], ["addresses.channel", "addresses.external_id"], name="fk_conversations_address"
    ),
)

Index("ix_conversations_draft_due", conversations.c.draft_due_at, **only_where("draft_due_at IS NOT NULL"))

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
    Column("external_id", CleanText, nullable=False),
    Column("source_id", CleanText, nullable=False),
    Column("status", String(8), nullable=False),
    Column("outcome", String(16)),
    Column("text", CleanText, nullable=False),
    Column("lat", Float),
    Column("lon", Float),
    Column("accuracy", Float),
    Column("routing_trace", Json, nullable=False),
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
    Column("place_key", CleanText, nullable=False, server_default=""),
    Column("disputes", Integer, nullable=False, server_default="0"),
    Column("accused_unit", String(16), nullable=False, server_default=""),
    Column("owner_id", Id, ForeignKey("staff.id", name="fk_cases_owner_id")),
    Column("owner_until", UtcDateTime),  # an owner who does nothing until then gives the case back to the queue
    Column("hops", Integer, nullable=False, server_default="0"),  # how often it was moved
    Column("erase_asked_at", UtcDateTime),  # the resident wants to be forgotten: once it is closed, its words go
    Column("erased_at", UtcDateTime),
    Column("first_answer_at", UtcDateTime),  # when staff first answered; what the resident waited for
    # Whole hours from acceptance until then, reckoned by the engine; made by its migration, never written.
    Column("answer_hours", Integer),
    Column("close_hours", Integer),
    Column("tell_since", UtcDateTime),  # an answer of the counter's that nobody has told yet; no channel leads there
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
_AT_CITY = f"desk IN ('unplaced', 'leaders') AND {_MAIN}"
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
_TALLIED = ("ward_code", "desk", "category", "channel", "status", "disputes", "hops", "answer_hours", "close_hours", "id")
Index("ix_cases_tally", cases.c.created_at, *(cases.c[name] for name in _TALLIED), **only_where(_MAIN))
Index("ix_cases_ward_created", cases.c.ward_code, cases.c.created_at, **only_where(_MAIN))
Index("ix_cases_owner_until", cases.c.owner_until, **only_where("owner_until IS NOT NULL"))
Index("ix_cases_resident", cases.c.resident_id, cases.c.id)
Index("ix_cases_tell", cases.c.tell_since, cases.c.id, **only_where("tell_since IS NOT NULL"))
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

# The words each case is found by; see `storage.case_words`. What an engine looks them up in is beside the tables: it is
# no table (`case_search`, FTS5) or of no index that SQLite has, so it is made by its migration alone.
case_words = Table(
    "case_words",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("words", CleanText, nullable=False),
    Column("lexemes", Lexemes),  # on PostgreSQL only
)


def is_ours(_object: object, name: str | None, *_: object) -> bool:
    """Whether Alembic may compare it with the tables here."""
    return not str(name).startswith(("case_search", "ix_case_words", "lexemes", "answer_hours", "close_hours"))


case_events = Table(
    "case_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id")),
    Column("details", Json),
    Index("ix_case_events_case", "case_id", "id"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("author", String(16), nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id")),
    Column("text", CleanText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("edited_at", UtcDateTime),
    Column("source_id", CleanText, nullable=False),
    Column("group_id", CleanText, nullable=False),
    Column("sealed", CleanText, nullable=False, server_default=""),  # the words with their personal data, encrypted
    Column("repeats", Integer, nullable=False, server_default="0"),
    Index("ix_messages_case", "case_id", "id"),
)

# The words a message had before it was edited; `at` is when they were replaced.
message_revisions = Table(
    "message_revisions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=False, index=True),
    Column("text", CleanText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("sealed", CleanText, nullable=False, server_default=""),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=False, index=True),
    Column("key", String(64), nullable=False),  # in the file store; empty when `trouble` says why it is not there
    Column("shown_key", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", CleanText),
    Column("media_type", CleanText, nullable=False),
    Column("size", Id, nullable=False),  # bytes
    Column("trouble", String(16)),
)
Index("ix_attachments_key", attachments.c.key, **only_where("key <> ''"))
Index("ix_attachments_shown_key", attachments.c.shown_key, **only_where("shown_key <> ''"))

# Files that nothing may point to any more: removed from the store once that is so.
doomed_files = Table(
    "doomed_files",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("due_at", UtcDateTime, nullable=False, index=True),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Id, primary_key=True),
    Column("username", CleanText, nullable=False),
    Column("folded_username", CleanText, nullable=False, unique=True),  # without case: what is compared
    Column("full_name", CleanText, nullable=False),
    Column("role", String(32), nullable=False),
    Column("ward_code", String(5)),
    Column("language", String(2), nullable=False),
    Column("password_hash", CleanText, nullable=False),
    Column("is_disabled", Boolean, nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("unit", String(16), nullable=False, server_default=""),
    CheckConstraint(
        "(role IN ('ward_officer', 'ward_leader', 'restricted_officer')) = (ward_code IS NOT NULL)", name="ward_of_role"
    ),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False, index=True),
    Column("form_token", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

# Append-only. `hash` covers the row and `prev_hash`, so that a change anywhere shows.
audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("staff_id", Id),  # no foreign key: the trail outlives an account
    Column("action", CleanText, nullable=False),
    Column("subject", CleanText, nullable=False),
    Column("details", CleanText, nullable=False),  # canonical JSON, as it was hashed
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

Index("ix_audit_staff", audit.c.staff_id, audit.c.id, **only_where("staff_id IS NOT NULL"))

# How many working days a category may take, where the city decided otherwise than `categories.json`.
category_settings = Table(
    "category_settings",
    metadata,
    Column("category", CleanText, primary_key=True),
    Column("working_days", Integer, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# The days that differ from "Monday to Friday without public holidays".
calendar_days = Table(
    "calendar_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("is_worked", Boolean, nullable=False),
    Column("note", CleanText, nullable=False),
)

# What staff corrected about routing, for the operator's export. One row a case.
routing_corrections = Table(
    "routing_corrections",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("text", CleanText, nullable=False),
    Column("lat", Float),
    Column("lon", Float),
    Column("guess", CleanText, nullable=False),  # ward codes joined by ";", empty when unplaced
    Column("truth", String(5)),  # NULL while nobody knows
    Column("at", UtcDateTime, nullable=False),
)

# What a resident agreed to, and to which words: the proof that the law asks for.
consents = Table(
    "consents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("resident_id", Id, ForeignKey("residents.id"), nullable=False, index=True),
    Column("case_id", Id, ForeignKey("cases.id")),
    Column("purpose", String(16), nullable=False),
    Column("text_version", String(32), nullable=False),
    Column("language", String(2), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
)

# How a resident may be reached, if they chose to say. Encrypted; opened only as `identity_openings` records.
identities = Table(
    "identities",
    metadata,
    Column("resident_id", Id, ForeignKey("residents.id"), primary_key=True, autoincrement=False),
    Column("sealed", CleanText, nullable=False),
    Column("consent_id", Id, ForeignKey("consents.id"), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# What a resident thinks of a closing; one row for each time the case was closed.
ratings = Table(
    "ratings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("closed_at", UtcDateTime, nullable=False),
    Column("is_resolved", Boolean, nullable=False),
    Column("stars", Integer),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("case_id", "closed_at"),
)

# Wrong secrets of receipts, so that nobody tries one after the other. One row an address.
secret_tries = Table(
    "secret_tries",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("external_id", CleanText, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

# How a ward is reached by phone or in person, as its staff keep it.
ward_settings = Table(
    "ward_settings",
    metadata,
    Column("ward_code", String(5), primary_key=True),
    Column("phone", CleanText, nullable=False),
    Column("hours", CleanText, nullable=False),
    Column("hours_en", CleanText, nullable=False),
    Column("address", CleanText, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# While somebody is away, a colleague may do what they may.
absences = Table(
    "absences",
    metadata,
    Column("id", Id, primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False, index=True),
    Column("deputy_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("from_at", UtcDateTime, nullable=False),
    Column("until_at", UtcDateTime, nullable=False),
    Column("made_by", Id, ForeignKey("staff.id"), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Index("ix_absences_deputy", "deputy_id", "until_at"),
)

# Who must not know of a case: the people it is about, and those close to them.
case_exclusions = Table(
    "case_exclusions",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("staff_id", Id, ForeignKey("staff.id"), primary_key=True, autoincrement=False, index=True),
    Column("why", String(16), nullable=False),
)

# What staff typed and have not sent.
staff_drafts = Table(
    "staff_drafts",
    metadata,
    Column("staff_id", Id, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False, index=True),
    Column("form", String(16), primary_key=True),
    Column("text", CleanText, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# Queues under a name of one's own.
saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Id, primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("name", CleanText, nullable=False),
    Column("query", CleanText, nullable=False),
    UniqueConstraint("staff_id", "name"),
)

# Ready texts for answers; without a ward they are the city's.
templates = Table(
    "templates",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ward_code", String(5), index=True),
    Column("name", CleanText, nullable=False),
    Column("language", String(2), nullable=False),
    Column("text", CleanText, nullable=False),
    Column("is_active", Boolean, nullable=False),
)

# Who has a case open in front of them.
presences = Table(
    "presences",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("staff_id", Id, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
    Column("is_writing", Boolean, nullable=False),
)

# Somebody asks who a resident is, somebody else decides.
identity_openings = Table(
    "identity_openings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("asked_by", Id, ForeignKey("staff.id"), nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("decided_by", Id, ForeignKey("staff.id")),
    Column("is_granted", Boolean),
    Column("decided_at", UtcDateTime),
    Column("opened_at", UtcDateTime),
    CheckConstraint("decided_by <> asked_by", name="two_people"),
    CheckConstraint("(is_granted IS NULL) = (decided_at IS NULL)", name="decided"),
)
Index("ix_identity_openings_waiting", identity_openings.c.id, **only_where("decided_at IS NULL"))

# A note names a colleague: where they find it again.
mentions = Table(
    "mentions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    Index("ix_mentions_staff", "staff_id", "id"),
    Index("ix_mentions_message", "message_id"),
)

# Chats that staff are pinged in, never with content.
staff_chats = Table(
    "staff_chats",
    metadata,
    Column("id", Id, primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("external_id", CleanText, nullable=False),  # empty until linked
    Column("code_hash", String(64), nullable=False),  # empty once linked
    Column("linked_at", UtcDateTime),
    Column("code_until", UtcDateTime),  # empty once linked
)
Index("ix_staff_chats_code", staff_chats.c.code_hash, unique=True, **only_where("linked_at IS NULL"))
Index(
    "ix_staff_chats_linked",
    staff_chats.c.channel,
    staff_chats.c.external_id,
    unique=True,
    **only_where("linked_at IS NOT NULL"),
)

# What happened to cases and was not yet told to anybody: spread to `notices`, then gone.
notice_facts = Table(
    "notice_facts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("by_id", Id, ForeignKey("staff.id")),  # who did it
    Column("about_id", Id, ForeignKey("staff.id")),  # whom a note names
    Column("at", UtcDateTime, nullable=False),
)

# Whom a case is to be told to, once each; gone when they were told, or when it was none of their business any more.
notices = Table(
    "notices",
    metadata,
    Column("staff_id", Id, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("reason", String(16), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

# What a member wants to be told of, and when to look whether there is anything. One row for whoever ever linked a chat.
notice_choices = Table(
    "notice_choices",
    metadata,
    Column("staff_id", Id, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    *(
        Column(name, Boolean, nullable=False)
        for name in ("assigned", "mentioned", "resident", "arrived", "emergency", "digest")
    ),
    Column("pinged_at", UtcDateTime),
    Column("due_at", UtcDateTime),  # empty while nothing waits
    Column("digest_at", UtcDateTime),  # empty for whoever wants none
)
Index("ix_notice_choices_due", notice_choices.c.due_at, **only_where("due_at IS NOT NULL"))
Index("ix_notice_choices_digest", notice_choices.c.digest_at, **only_where("digest_at IS NOT NULL"))

# One row, counted up to prove that a row can be committed.
heartbeat = Table("heartbeat", metadata, Column("id", Integer, primary_key=True), Column("beats", Id, nullable=False))
