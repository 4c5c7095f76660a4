"""Which vault an opened database has. SQLAlchemy hands every column type the engine's dialect, so that is what it hangs on.

A database that was opened without a secret key has none: tests of the tables alone, a walk of the migrations. Then nothing
is sealed, and what was sealed is given back sealed.
"""

from sqlalchemy import Dialect

from bot.ports.sealing import Vault

_OURS = "homthu_vault"  # an attribute of the dialect: it is asked for with every value that goes in or comes out


def give_vault(dialect: Dialect, vault: Vault) -> None:
    """From now on, everything of this engine is sealed with it."""
    setattr(dialect, _OURS, vault)


def vault_of(dialect: Dialect) -> Vault | None:
    return getattr(dialect, _OURS, None)
