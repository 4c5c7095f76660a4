"""A text or a point → the ward it belongs to, with the trace of why.

Read in this order: `wards` (today's wards), `tokens` and `typing_keys` (a text in whatever way it was typed), `gazetteer`
(every name a ward goes by), `names` (how near a stretch of text is to a name), `vocabulary`, `spots` and `scanning` (what
may name a place), `meaning`, `reading` and `several` (what they say together), `points` (the map), `routing` (the decision).

`lines` answers other programs, `importing` takes over another city's tables, `folding` compares ordinary words. `data/`
holds the tables and their sources.
"""

from bot.routing.routing import Candidate, Router, Routing, load_router

__all__ = ["Candidate", "Router", "Routing", "load_router"]
