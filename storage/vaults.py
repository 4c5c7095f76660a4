"""Which vault an opened database has. SQLAlchemy hands every column type the engine's dialect, so that is what it hangs on.

A database that was opened without a secret key has none: tests of the tables alone, a walk of the migrations. Then nothing
is sealed, and what was sealed is given back sealed.
"""

from weakref import WeakKeyDictionary

from sqlalchemy import Dialect

from bot.ports.sealing import Vault

_vaults: WeakKeyDictionary[Dialect, Vault] = WeakKeyDictionary()


def give_vault(dialect: Dialect, vault: Vault) -> None:
    """From now on, everything of this engine is sealed with it."""
    _vaults[dialect] = vault


def vault_of(dialect: Dialect) -> Vault | None:
    return _vaults.get(dialect)
