"""Keys, all of them wrapped under the secret key, which is not here. A backup keeps them apart from what they open."""

from sqlalchemy import Column, ForeignKey, String, Table

from storage.tables.base import metadata
from storage.types import CleanText, Id, UtcDateTime

# What the whole installation shares, by purpose.
vault_keys = Table(
    "vault_keys",
    metadata,
    Column("purpose", String(16), primary_key=True),
    Column("wrapped", CleanText, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

# A key for each case that holds anything sealed. To erase is to destroy it.
case_keys = Table(
    "case_keys",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("wrapped", CleanText, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

# And for each resident who left word how to be reached.
resident_keys = Table(
    "resident_keys",
    metadata,
    Column("resident_id", Id, ForeignKey("residents.id"), primary_key=True, autoincrement=False),
    Column("wrapped", CleanText, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

# What was here before there were keys, sealed table by table; a row is one that is done.
sealed_tables = Table("sealed_tables", metadata, Column("name", String(32), primary_key=True))
