"""Statements are compiled once for all databases of a run: SQLAlchemy keeps them for one engine, and each test has its own.

A tenth of all tests' time went into compiling the same few hundred statements again. What is not shared is a statement that
touches sealed columns of a database with a vault: its converters are of that database only (as in `storage.straight`).
"""

from collections.abc import Iterator, MutableMapping
from typing import Any
from unittest.mock import patch

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import LRUCache

from storage import engine as engines
from storage.types import SealedJson, SealedKey, SealedName, SealedText
from storage.vaults import vault_of

MOST = 10_000  # statements; there are far fewer, but those that a test makes up must not pile up
_SEALED = (SealedJson, SealedKey, SealedName, SealedText)
_plain: LRUCache[Any, Any] = LRUCache(MOST)
_unsealed: LRUCache[Any, Any] = LRUCache(MOST)  # what would seal, where there is no vault


def share_compiled() -> None:
    """From now on, for every engine that `storage.engine` makes in this process."""

    def sharing(*given: Any, **options: Any) -> AsyncEngine:
        engine = create_async_engine(*given, **options)
        engine.sync_engine._compiled_cache = _Compiled()
        return engine

    patch.object(engines, "create_async_engine", sharing).start()


class _Compiled(MutableMapping[Any, Any]):
    """One engine's cache: everybody's, and its own for what seals with its vault. A key begins with the engine's dialect."""

    def __init__(self) -> None:
        self._own: LRUCache[Any, Any] = LRUCache(500)  # as many as SQLAlchemy keeps

    def get(self, key: Any, default: Any = None) -> Any:
        shared = _for_all(key)
        if (found := _plain.get(shared)) is not None:
            return found
        return _unsealed.get(shared, default) if vault_of(key[0]) is None else self._own.get(key, default)

    def __getitem__(self, key: Any) -> Any:
        if (found := self.get(key)) is None:
            raise KeyError(key)
        return found

    def __setitem__(self, key: Any, compiled: Any) -> None:
        if not _seals(compiled):
            _plain[_for_all(key)] = compiled
        elif vault_of(key[0]) is None:
            _unsealed[_for_all(key)] = compiled
        else:
            self._own[key] = compiled

    def __delitem__(self, key: Any) -> None:
        del self._own[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)


def _for_all(key: Any) -> Any:
    """The same for every database of this kind."""
    dialect: Dialect = key[0]
    return (type(dialect), *key[1:])


def _seals(compiled: SQLCompiler) -> bool:
    types = [bind.type for bind in compiled.binds.values()] + [column.type for column in compiled._result_columns]
    return any(isinstance(one, _SEALED) for one in types)
