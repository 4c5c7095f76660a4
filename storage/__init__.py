"""How everything is remembered, on SQLite or PostgreSQL, behind the Protocols of `bot.ports`.

Read in this order: `tables` (what is kept), `database` (opened, and asked for units of work), `unit_of_work`, `link` (how
a noun speaks to its transaction), then a file per noun: `inbox`, `outbox`, `conversations`, `cases` (made of `case_rows`,
`queue` and `threads`; who may see which is `visible_cases`), `staff`, `sessions`, `audit`, `chat_lines`, `calendar`,
`corrections`. Below them `engine`, `sqlite_driver`, `trouble`, `types`, `claiming`, `folder_lock`; beside them `files` and
`migrations`.

Nothing here decides anything about a case; nothing outside knows which engine it is.
"""

from storage.database import Database

__all__ = ["Database"]
