"""One messenger each: raw JSON in, `Incoming` out; `Reply` in, a message out.

Telegram, in the order to read: `telegram_updates` (JSON → kept row), `telegram_reading` with `telegram_files` and
`telegram_values` (kept row → `Incoming`), `telegram_intake` (poll loop and webhook, over the raw calls of
`telegram_calls` on `wire`), `telegram_text` and `telegram_words` (a reply as calls), `telegram` (sending and fetching),
`telegram_uploads` (files out; the only file that imports aiogram, with `telegram_models` at half a second and 20 MB: import
it late). The web chat begins in `webchat`.
"""
