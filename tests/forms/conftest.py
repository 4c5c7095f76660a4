"""The desk of `tests.admin`."""

from tests.admin.conftest import sqlite_desk

__all__ = ["sqlite_desk"]
