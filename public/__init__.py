"""Pages anyone may see. So far the front page: what this is, and the ways in."""

from public.routes import add_routes

__all__ = ["add_routes"]
