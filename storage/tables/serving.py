"""What stands beside the cases for Open311: keys of programs, and since when the services are as they are."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, String, Table

from storage.tables.base import metadata
from storage.types import CleanText, Id, UtcDateTime

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("secret_hash", String(64), nullable=False, unique=True),  # nobody makes it without the installation's key
    Column("per_minute", Integer, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", Id, ForeignKey("staff.id")),  # empty: by command line
    Column("revoked_at", UtcDateTime),
    Column("used_on", Date),
    Column("minute", BigInteger, nullable=False, server_default="0"),  # since 1970, in which it was last used
    Column("uses", Integer, nullable=False, server_default="0"),  # in that minute
)

# One row: what the services were last, and since when.
service_lists = Table(
    "service_lists",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("since", UtcDateTime, nullable=False),
)
