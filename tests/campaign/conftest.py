"""The desk of the admin tests, on SQLite: what the ledger asks of an engine is held by test_figures on both."""

from tests.admin.conftest import sqlite_desk

__all__ = ["sqlite_desk"]
