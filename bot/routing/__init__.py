"""A text or a point → the ward it belongs to, with the trace of why.

Read in this order: `wards` (today's wards), `folding` (words that can be compared), `gazetteer` (every name a ward goes
by), `matching` (names in a text), `points` (the map), `routing` (the decision). `data/` holds the tables and their sources.
"""

from bot.routing.routing import Candidate, Router, Routing, load_router

__all__ = ["Candidate", "Router", "Routing", "load_router"]
