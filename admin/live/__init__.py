"""Live pages: news of cases as they are recorded, to everybody who has a page open and may know of them.

Read in this order: `places` (which facts were told, though they may appear out of order), `hub` (one look of the process
for all its streams), `events` (one stream: who it is for, what it may tell, when it ends).
"""

from admin.live.events import add_live

__all__ = ["add_live"]
