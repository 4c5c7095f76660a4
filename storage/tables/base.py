"""What every table is made with."""

from typing import Any

from sqlalchemy import MetaData, text

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
    """The arguments that make an index partial; on PostgreSQL once `know_postgres` was called."""
    return {"sqlite_where": text(condition)}


def know_postgres() -> None:
    """Let every partial index be one on PostgreSQL as well.

    Said of a table when that is declared, it would load PostgreSQL's dialects into every process on SQLite.
    """
    for table in metadata.tables.values():
        for index in table.indexes:
            condition = index.dialect_options["sqlite"]["where"]
            if condition is not None:
                index.dialect_kwargs["postgresql_where"] = condition
