"""What one can do to a case beside answering it, and the pages that belong to it.

Read in this order: `parts` (what the case's page shows of this), `ties` and `acts` (whose it is, and other cases), then a
file per page of its own; `routes` has their addresses.
"""
