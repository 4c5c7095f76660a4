"""How staff hear of what happened while they were elsewhere."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table

from storage.tables.base import metadata, only_where
from storage.types import Id, SealedName, UtcDateTime

# Chats that staff are pinged in, never with content.
staff_chats = Table(
    "staff_chats",
    metadata,
    Column("id", Id, primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("external_id", SealedName, nullable=False),  # empty until linked
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
