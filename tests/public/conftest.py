"""The desk is there too: what anybody sees is made of what is worked at there."""

from tests.admin.conftest import desk, sqlite_desk

__all__ = ["desk", "sqlite_desk"]
