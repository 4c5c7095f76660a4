"""What is done to several cases at once: chosen, looked at beforehand, done one by one, and for a minute undone.

Read in this order: `order` (what is to be done, to which), `looking` (what would happen to each), `doing` (one case, one
transaction), `ticket` (what was done, signed, so that it can be undone by whoever did it), `pages`, `steps` (the handlers).
"""

from admin.queueing.bulk.steps import post_bulk, post_undo, show_done

__all__ = ["post_bulk", "post_undo", "show_done"]
