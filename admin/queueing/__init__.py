"""The queue: which cases, in which order, a page at a time, and what can be done to several of them at once.

Read in this order: `address` (what is asked for), `pages` (what is shown), `marks`, `rows`, `choices` (lists to choose
from), `queue` (the page), `views` (saved addresses), `bulk` (several cases at once).
"""

from admin.queueing.queue import show_queue
from admin.queueing.views import post_view, remove_view

__all__ = ["post_view", "remove_view", "show_queue"]
