"""Intake, dialogue, services, delivery and timekeeping, the real ones, on a simulated clock with a seeded order of events.

A seed is a life of a few minutes: some residents, some messages, some faults (`faults`), one process or two. Nothing in it
asks the machine for time, chance, threads or a network: `loop` runs the handles, `disk` keeps what was committed in an
SQLite in memory, `telegram` is the Bot API, `process` is what a machine runs, `residents` are who writes. So a seed that
fails fails again in the same way, word for word, with

    python -m tests.deterministic --seeds 4711 --trace

What must be true at the end is in `oracle`; that it can be found untrue, `planted` shows. Begin with `world.live`.
"""
