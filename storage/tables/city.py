"""What the city decided, and the beat that proves it can be written down."""

from sqlalchemy import Boolean, Column, Date, Integer, String, Table

from storage.tables.base import metadata
from storage.types import CleanText, Id, UtcDateTime

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

# A day of the calendar that changed, until the deadlines of every open case have been laid again. `after_id`: done so far.
calendar_sweeps = Table(
    "calendar_sweeps",
    metadata,
    Column("id", Id, primary_key=True),
    Column("day", Date, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("after_id", Id, nullable=False, server_default="0"),
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

# How many months a kind of case keeps its words once it is closed, where the city decided so.
retention_rules = Table(
    "retention_rules",
    metadata,
    Column("kind", String(32), primary_key=True),
    Column("months", Integer, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# One row, counted up to prove that a row can be committed.
heartbeat = Table("heartbeat", metadata, Column("id", Integer, primary_key=True), Column("beats", Id, nullable=False))
