"""Open311 GeoReport v2: cases for other programs, read by everybody and sent in by those who have a key.

Read in this order: `services` (what can be reported, and what is asked about it: `attributes`), `asking` (a question's
parameters), `requests` (what is answered), `posting` (a request that comes in), `spoken` (XML and JSON of the same data),
`refusing` (what is wrong, in the same shape), `discovery`, `bulk`, `description` (all of it as OpenAPI), `routes`.

The rules are those of http://wiki.open311.org/GeoReport_v2. What differs is said in each file and in the README.
"""

from public.open311.routes import add_routes

__all__ = ["add_routes"]
