"""All of the endpoint as OpenAPI 3.1, made of the very rows that the routes are made of.

What a parameter may hold, and what an answer holds, is said once, here; `tests/open311/test_description.py` asks the running
program whatever this says may be asked, and holds each answer to what this says of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.serving import MOST_SERVED
from public.open311.asking import LARGEST_PAGE, USUAL_PAGE
from public.open311.attributes import Datatype
from public.open311.services import service_codes
from public.open311.spoken import MEDIA_TYPES, Format

Schema = Mapping[str, Any]
VERSION = "2.0"

_TEXT: Schema = {"type": "string"}
_TRUTH: Schema = {"type": "boolean"}
_MOMENT: Schema = {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
_NOTHING: Schema = {"type": "null"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, _NOTHING]}


def _object(fields: Mapping[str, Schema], also: Mapping[str, Schema] | None = None) -> Schema:
    """Exactly these fields; those of `also` may be missing."""
    every = {**fields, **(also or {})}
    return {"type": "object", "properties": every, "required": list(fields), "additionalProperties": False}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


_DEGREES = {
    name: _or_null({"type": "number", "minimum": -most, "maximum": most}) for name, most in (("lat", 90), ("long", 180))
}
_REQUEST = _object(
    {
        "service_request_id": _TEXT,
        "status": {"enum": ["open", "closed"]},
        "status_notes": _or_null(_TEXT),
        "service_name": _TEXT,
        "service_code": _TEXT,
        **dict.fromkeys(("description", "agency_responsible", "service_notice"), _or_null(_TEXT)),
        **dict.fromkeys(("requested_datetime", "updated_datetime", "expected_datetime"), _MOMENT),
        **dict.fromkeys(("address", "address_id", "zipcode", "media_url"), _or_null(_TEXT)),
        **_DEGREES,
    },
    also={
        "extended_attributes": _object(
            {"ward": _or_null(_TEXT), "outcome": _or_null(_TEXT), "published": _or_null(_MOMENT)}
        ),
        "notes": _list(
            _object({"datetime": _MOMENT, "type": _TEXT, "summary": _TEXT, "description": _or_null(_TEXT)}),
        ),
    },
)
SCHEMAS: Mapping[str, Schema] = {
    "Discovery": _object(
        {
            "changeset": _MOMENT,
            "contact": _TEXT,
            "key_service": _TEXT,
            "endpoints": _list(
                _object(
                    {
                        "specification": _TEXT,
                        "url": _TEXT,
                        "changeset": _MOMENT,
                        "type": {"enum": ["production", "test"]},
                        "formats": _list({"enum": list(MEDIA_TYPES.values())}),
                    }
                )
            ),
        }
    ),
    "Services": _list(
        _object(
            {
                **dict.fromkeys(("service_code", "service_name", "description", "keywords", "group"), _TEXT),
                "metadata": _TRUTH,
                "type": {"enum": ["realtime"]},
            }
        )
    ),
    "Definition": _object(
        {
            "service_code": _TEXT,
            "attributes": _list(
                _object(
                    {
                        **dict.fromkeys(("code", "datatype_description", "description"), _TEXT),
                        **dict.fromkeys(("variable", "required"), _TRUTH),
                        "datatype": {"enum": [one.value for one in Datatype]},
                        "order": {"type": "integer", "minimum": 1},
                    },
                    also={"values": _list(_object({"key": _TEXT, "name": _TEXT}))},
                )
            ),
        }
    ),
    "Requests": {**_list(_REQUEST), "maxItems": MOST_SERVED},
    "Received": {
        **_list(_object({"service_request_id": _TEXT, "service_notice": _TEXT, "account_id": _NOTHING})),
        **{"minItems": 1, "maxItems": 1},
    },
    "Tokens": {**_list(_object({"service_request_id": _TEXT, "token": _TEXT})), "minItems": 1, "maxItems": 1},
    "Errors": {**_list(_object({"code": {"type": "integer"}, "description": _TEXT})), "minItems": 1},
}
_WHEN: Schema = {"type": "string", "examples": ["2026-11-01T00:00:00Z", "2026-11-01T00:00:00+07:00"]}
_WHOLE = {"type": "integer", "minimum": 1}
_ASKED: Mapping[str, tuple[str, Schema]] = {
    "jurisdiction_id": ("Accepted and ignored: there is one.", _TEXT),
    "service_request_id": ("Ids joined by commas; overrides everything else.", _TEXT),
    "service_code": ("Codes joined by commas.", _TEXT),
    "start_date": ("First moment, with a zone; a span is 90 days at most.", _WHEN),
    "end_date": ("Last moment, with a zone.", _WHEN),
    "status": ("open, closed, or both joined by a comma.", _TEXT),
    "page": ("Extension: from 1; the oldest first.", _WHOLE),
    "page_size": (f"Extension: {USUAL_PAGE} unless told, {LARGEST_PAGE} at most.", {**_WHOLE, "maximum": LARGEST_PAGE}),
    "after": ("Extension: where to read on, from `Link` of the answer before.", _TEXT),
    "updated_after": ("Extension: first moment of the last change.", _WHEN),
    "updated_before": ("Extension: last moment of the last change.", _WHEN),
    "extensions": ("Extension: true adds extended_attributes and notes.", _TEXT),
}
_POSTED: Mapping[str, Schema] = {
    "api_key": _TEXT,
    "jurisdiction_id": _TEXT,
    "service_code": {"enum": list(service_codes())},
    "lat": {"type": "number", "minimum": -90, "maximum": 90},
    "long": {"type": "number", "minimum": -180, "maximum": 180},
    "address_string": {"type": "string", "maxLength": 500},
    "address_id": {"type": "string", "maxLength": 500},
    "description": {"type": "string", "maxLength": 4000},
    "media_url": {"type": "string", "format": "uri", "maxLength": 500},
    **dict.fromkeys(("email", "device_id", "account_id", "first_name", "last_name", "phone"), _TEXT),
}
_EXAMPLES = {"code": "vio_noise", "id": "7K3M-9QX2", "token": "7K3M-9QX2"}


def describe(rows: Sequence[Any], *, url: str) -> dict[str, Any]:
    """The whole description.

    Args:
        rows: `public.open311.routes.RESOURCES`.
        url: Where the endpoint is found.
    """
    paths: dict[str, dict[str, Any]] = {}
    for row in rows:
        for form in Format:
            paths.setdefault(f"{row.path}.{form}", {})[row.method.lower()] = _operation(row, form)
    paths["/bulk.csv"] = {"get": _bulk()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hòm Thư: Open311 GeoReport", "version": VERSION},
        "servers": [{"url": url}],
        "paths": paths,
        "components": {"schemas": SCHEMAS},
    }


def _operation(row: Any, form: Format) -> dict[str, Any]:
    refusals = {"400": "Wrong, or too often", **({"404": "Not there"} if "{" in row.path or row.path == "/requests" else {})}
    told: dict[str, Any] = {
        "operationId": f"{row.method.lower()}{row.path.replace('/', '_').replace('{', '').replace('}', '')}_{form}",
        "summary": row.does,
        "responses": {
            "200": _answer(row.does, row.says, row.root, form),
            **{status: _answer(what, "Errors", "errors", form) for status, what in refusals.items()},
        },
    }
    if parameters := [*_in_path(row.path), *(_in_query() if (row.method, row.path) == ("GET", "/requests") else [])]:
        told["parameters"] = parameters
    if row.method == "POST":
        told["responses"]["403"] = _answer("No good key", "Errors", "errors", form)
        body = {"type": "object", "properties": dict(_POSTED), "required": ["api_key", "service_code"]}
        told["requestBody"] = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": body}}}
    return told


def _bulk() -> dict[str, Any]:
    return {
        "operationId": "get_bulk_csv",
        "summary": "All requests of a span as a table",
        "parameters": [one for one in _in_query() if one["name"] in ("start_date", "end_date")],
        "responses": {
            "200": {"description": "GeoReport Bulk", "content": {"text/csv": {"schema": _TEXT}}},
            "400": _answer("Wrong, or too often", "Errors", "errors", Format.XML),
        },
    }


def _answer(what: str, schema: str, root: str, form: Format) -> dict[str, Any]:
    if form is Format.JSON:
        content: Schema = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    else:
        content = {"schema": {"type": "string"}, "x-root": root}
    return {"description": what, "content": {MEDIA_TYPES[form]: content}}


def _in_path(path: str) -> list[dict[str, Any]]:
    names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": _TEXT, "example": _EXAMPLES[name]} for name in names]


def _in_query() -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "description": what, "schema": schema, "required": False}
        for name, (what, schema) in _ASKED.items()
    ]
