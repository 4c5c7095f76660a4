"""What of the database goes into a backup and how it comes back. What a backup looks like as a file is `bot.archive`'s.

`sqlite_copy` and `postgres_copy` take one moment of the database, each engine in its own way, with a hash of every table;
`apart` has what a backup keeps apart: keys, and who was forgotten; `settling`, what a database needs once it is back.
"""

from storage.tables import case_keys, resident_keys

KEPT_APART = (case_keys.name, resident_keys.name)  # their rows are never in the archive itself
