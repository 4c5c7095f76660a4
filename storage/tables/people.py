"""Staff: who they are, what they did, and what they keep at the desk."""

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

from storage.tables.base import metadata
from storage.types import CleanText, Id, Json, SealedJson, SealedName, SealedText, UtcDateTime

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
    Column("has_code", Boolean, nullable=False, server_default=false()),  # as `second_factors` says, for every page view
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
    Column("device", String(32), nullable=False, server_default=""),
)

# The password was right, a code is awaited. A table of its own: nothing that looks for a session finds one of these.
half_sessions = Table(
    "half_sessions",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False, index=True),
    Column("browser_hash", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
)

# The secret of somebody's app, sealed with a key that is not in here; empty when it was taken away.
second_factors = Table(
    "second_factors",
    metadata,
    Column("staff_id", Id, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("sealed", CleanText, nullable=False),
    Column("since", UtcDateTime),
    Column("reset_at", UtcDateTime),
    Column("reset_by", CleanText, nullable=False, server_default=""),
)

# Half minutes whose code was used: none is taken twice.
used_steps = Table(
    "used_steps",
    metadata,
    Column("staff_id", Id, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("step", Id, primary_key=True, autoincrement=False),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("staff_id", Id, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("code_hash", String(64), primary_key=True),
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
    Column("text", SealedText, nullable=False),
    Column("fields", SealedJson),  # what else the form held, by its name
    Column("updated_at", UtcDateTime, nullable=False),
)

# Queues under a name of one's own.
saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Id, primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("name", SealedName, nullable=False),
    Column("query", SealedText, nullable=False),
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

# How often a password or a code was guessed, for all processes together. `name` is an HMAC of what is counted (an address, a
# name, both); `judged` are seconds of the clock. Gone an hour after `last`.
guesses = Table(
    "guesses",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("judged", Json, nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("last", Float, nullable=False, index=True),
)
