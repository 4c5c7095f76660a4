"""The staff desk: sign in, one's queue, a case, and what one can do to it. Decides nothing: `bot.services` does.

Read in this order: `pages` (what each page may show), `guard` (who is asking), `signing_in`, `queueing`, `case_page` and
`thread_lines` (a case as a page), `actions` (what its forms do), `files`, `routes`.
"""

from admin.routes import add_routes

__all__ = ["add_routes"]
