"""The clocks of a case: how long until somebody takes it on, until the resident is answered, until it is resolved.

Pure functions. `state` is what the clocks show and when the next warning is due; `setting` gives due times in working time
(the only part that asks the calendar); `fold` walks a case's events. Every event that sets a due time carries it in its
details, so the events alone give back what is stored with the case. Who is warned is `bot.domain.warning`.
"""
