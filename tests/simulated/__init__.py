"""A year of a city in a minute or two: thousands of cases live through the real services on a real database.

The clock is moved, chance is seeded, nothing else is pretended: residents file, add, dispute and block the bot, staff take,
answer, move and close, the timekeeper's own work is done when it is due. Then everything that is stored is read once and
held against what must always be true (`invariants`), and the figures against a plain recount of the events (`recount`).

Read in this order: `town` (the clock, the people, the plan of what comes), `residents`, `officers`, `closers`, `clockwork`
(what happens by itself), `record` (all that is stored, read at the end), `recount`, `invariants` and those beside it,
`planted` and `planted_after` (faults to be found).
"""
