"""What comes in and goes out, and where we stand with each address."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
)

from storage.tables.base import metadata, only_where
from storage.types import CleanText, Id, SealedJson, SealedName, SealedText, UtcDateTime

# Every raw update, once, until it was handled.
inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("external_id", SealedName, nullable=False),
    Column("address_id", SealedName, nullable=False),  # empty: nobody could read whose it is
    Column("body", SealedText, nullable=False),
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
    Column("external_id", SealedName, nullable=False),
    Column("body", SealedJson, nullable=False),
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
    Column("external_id", SealedName, primary_key=True),
    Column("resident_id", Id, ForeignKey("residents.id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
)

# Two chats of one person; a code waits in `code_hash` until it is typed in the other one (`bot.domain.bonds`).
bonds = Table(
    "bonds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("external_id", SealedName, nullable=False),
    Column("other_channel", String(16), nullable=False, server_default=""),
    Column("other_external_id", SealedName, nullable=False, server_default=""),
    Column("code_hash", String(64), nullable=False),  # keyed; empty once it was used
    Column("code_until", UtcDateTime),
    Column("tied_at", UtcDateTime),
    Index("ix_bonds_asker", "channel", "external_id"),
    Index("ix_bonds_other", "other_channel", "other_external_id"),
    Index("ix_bonds_code", "code_hash"),
)

# Where we stand with each address.
conversations = Table(
    "conversations",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("external_id", SealedName, primary_key=True),
    Column("resident_id", Id, ForeignKey("residents.id"), nullable=False),
    Column("language", String(2), nullable=False),
    Column("draft", SealedJson),
    Column("asked", String(16)),
    Column("case_code", String(16)),
    Column("preset_ward", String(5)),
    Column("preset_board", Id),  # whose QR code was read; no foreign key: anybody can type a number
    Column("last_group_id", CleanText, nullable=False),
    Column("is_blocked", Boolean, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("last_ward", String(5)),
    Column("awaits", SealedJson),
    Column("draft_due_at", UtcDateTime),
    Column("draft_reminded", Boolean, nullable=False, server_default=false()),
    Column("paused_until", UtcDateTime),  # staff alone write these two
    Column("pause_reason", CleanText, nullable=False, server_default=""),
    Column("pause_told_at", UtcDateTime),
    Column("withheld_told_at", UtcDateTime),
    Column("has_missed", Boolean, nullable=False, server_default=false()),  # an answer of staff did not arrive here
    Column("offered", SealedJson),  # label and data of each choice under what was said last
    Column("draft_files", CleanText, nullable=False, server_default=""),  # keys of the draft's files, one after the other
    ForeignKeyConstraint(
        ["channel", "external_id"], ["addresses.channel", "addresses.external_id"], name="fk_conversations_address"
    ),
)
Index("ix_conversations_draft_due", conversations.c.draft_due_at, **only_where("draft_due_at IS NOT NULL"))

# Links to single files, for a messenger that fetches by address. A row lives two minutes, or until it was used.
file_links = Table(
    "file_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("key", String(64), nullable=False),  # of the copy that is shown
    Column("until", UtcDateTime, nullable=False),
)
Index("ix_file_links_until", file_links.c.until)
