"""What a small office's machine and a big city's cluster go through, done to the real program: nothing sent is ever lost.

Each scenario runs `python -m bot run` as a process of its own on a real database, with a Bot API that keeps Telegram's
rules (`tests.bot_api`), does its harm while residents report, and is followed by one and the same set of checks.

Read in this order: `reporting` (residents who report and remember what they were told), `oracle` (what must be true
afterwards), `scene` (the program, its residents, the end), then the scenarios, a file each. `planted` holds faults that
the oracle has to find. The long runs are commands: `python -m tests.faults --help`.
"""
