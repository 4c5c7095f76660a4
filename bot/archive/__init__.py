"""The one file a backup is: `sealed` encrypts it, `packing` puts things in and takes them out, `keeping` says which to keep.

Nothing here knows the database: what goes in is `storage.saving`'s affair, and `bot.app.backup` brings the two together.
"""
