"""Pages anyone may see: the front page, the wards, and what a receipt leads to.

Read `front`, then `finding`, `wards`, `ward` and `records`, then `track`; `well_known` answers machines.
"""

from public.routes import add_routes

__all__ = ["add_routes"]
