"""Papers that the desk hands out: the export, the register, the loudspeaker text, and what is made while one waits.

Read in this order: `work` (how far it is, stop, fetch), `routes`.
"""

from admin.papers.routes import add_papers_routes

__all__ = ["add_papers_routes"]
