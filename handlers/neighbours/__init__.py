"""Tells other programs what happens to cases: `telling` sends one event, `keeper` walks the timelines and gives turns."""

from handlers.neighbours.keeper import LOOK_EVERY, Neighbourhood
from handlers.neighbours.telling import Teller

__all__ = ["LOOK_EVERY", "Neighbourhood", "Teller"]
