"""The campaign ledger of the wards: boards of the codes, what was done for them, and who is to be praised."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, ForeignKey, Index, Integer, String, Table, false, true

from storage.tables.base import metadata, only_where
from storage.types import CleanText, Id, SealedKey, SealedText, UtcDateTime

# A board hangs in public: where it is lies open, as its own poster tells. The words are staff's, and lie sealed.
boards = Table(
    "boards",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ward_code", String(5), nullable=False),
    Column("code", String(16), nullable=False),
    Column("place", SealedText, nullable=False),
    Column("lat", Float),
    Column("lon", Float),
    Column("condition", String(8), nullable=False),
    Column("posted_on", Date, nullable=False),
    Column("checked_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("removed_on", Date),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("ix_boards_ward", "ward_code", "due_on"),
)

# What a board was like from that day on: the figures of a past term are counted from these.
board_checks = Table(
    "board_checks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("board_id", Id, ForeignKey("boards.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("look", String(8), nullable=False),
    Column("condition", String(8), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("note", SealedText, nullable=False),
    Column("photo", SealedKey, nullable=False),  # empty: there is none
    Column("shown_photo", SealedKey, nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_board_checks_board", "board_id", "day", "id"),
)
Index("ix_board_checks_photo", board_checks.c.photo, **only_where("photo <> ''"))
Index("ix_board_checks_shown_photo", board_checks.c.shown_photo, **only_where("shown_photo <> ''"))
Index("ix_board_checks_photo_at", board_checks.c.at, **only_where("photo <> ''"))

# `is_about`: staff say that the case is about this board; otherwise it came through the board's own QR code.
board_cases = Table(
    "board_cases",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("is_about", Boolean, primary_key=True, autoincrement=False),
    Column("board_id", Id, ForeignKey("boards.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ward_code", String(5), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("day", Date, nullable=False),
    Column("code", String(16), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("is_planned", Boolean, nullable=False, server_default=true()),
    Column("found", BigInteger, nullable=False, server_default="0"),
    Column("reminded", BigInteger, nullable=False, server_default="0"),
    Column("criticised", BigInteger, nullable=False, server_default="0"),
    Column("disciplined", BigInteger, nullable=False, server_default="0"),
    Column("words", SealedText, nullable=False),
    Column("doubts", String(255), nullable=False, server_default=""),  # wording keys, parted by spaces
    Column("sure_by", Id, ForeignKey("staff.id", name="fk_ledger_entries_sure_by")),
    Column("sure_at", UtcDateTime),
    Column("made_by", Id, ForeignKey("staff.id", name="fk_ledger_entries_made_by"), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("struck_at", UtcDateTime),  # taken out: it counts no more, and stays to be read
    Index("ix_ledger_entries_ward", "ward_code", "day"),
    Index("ix_ledger_entries_day", "day"),
)

residential_groups = Table(
    "residential_groups",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ward_code", String(5), nullable=False),
    Column("name", CleanText, nullable=False),
    Column("is_gone", Boolean, nullable=False, server_default=false()),  # merged into another, or never was
    Index("ix_residential_groups_ward", "ward_code", "name", unique=True),
)

entry_groups = Table(
    "entry_groups",
    metadata,
    Column("entry_id", Id, ForeignKey("ledger_entries.id"), primary_key=True, autoincrement=False),
    Column("group_id", Id, ForeignKey("residential_groups.id"), primary_key=True, autoincrement=False),
    Index("ix_entry_groups_group", "group_id"),
)

ledger_settings = Table(
    "ledger_settings",
    metadata,
    Column("ward_code", String(5), primary_key=True),
    Column("check_months", Integer, nullable=False),
    Column("inhabitants", Integer),
    Column("updated_at", UtcDateTime, nullable=False),
)

# Who is praised, and everything said of them, lies sealed.
praises = Table(
    "praises",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ward_code", String(5)),
    Column("case_id", Id, ForeignKey("cases.id"), unique=True),
    Column("name", SealedText, nullable=False),
    Column("is_group", Boolean, nullable=False),
    Column("deed", SealedText, nullable=False),
    Column("submitter", SealedText, nullable=False),
    Column("agreed_at", UtcDateTime),  # when the one who told it agreed, in the chat, that it is entered for the contest
    Column("praised_id", Id, ForeignKey("staff.id", name="fk_praises_praised_id")),
    Column("source", String(8), nullable=False),
    Column("is_essay", Boolean, nullable=False),
    Column("day", Date, nullable=False),
    Column("state", String(16), nullable=False),
    Column("consent", String(16), nullable=False),
    Column("consent_how", SealedText, nullable=False),
    Column("consent_on", Date),
    Column("shortlisted_on", Date),
    Column("decided_on", Date),
    Column("decided_by", Id, ForeignKey("staff.id", name="fk_praises_decided_by")),
    Column("reason", SealedText, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("is_faded", Boolean, nullable=False, server_default=false()),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("ix_praises_ward", "ward_code", "day"),
)
Index("ix_praises_decided", praises.c.decided_on, **only_where("NOT is_faded AND decided_on IS NOT NULL"))
