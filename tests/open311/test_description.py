"""The description that programs are made from, held against the program that runs."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from public.open311 import refusing
from public.open311.routes import RESOURCES
from storage import Database
from tests.dialogue.driver import MONDAY
from tests.open311.cast import Program, publishes, speaking

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance"
)


async def found_wrong(program: Program, folder: Path, examples: int, *only: str) -> str:
    """What schemathesis finds wrong with the running program; empty: nothing. It is given the program's key."""
    told = await program.gets_json("/openapi.json")
    for path in ("/requests.json", "/requests.xml"):
        content = told["paths"][path]["post"]["requestBody"]["content"]
        content["application/x-www-form-urlencoded"]["schema"]["properties"]["api_key"] = {"enum": [program.key.secret]}
    for path, methods in told["paths"].items():  # something that is there
        for one in methods["get"].get("parameters", ()):
            if one["in"] == "path" and one["name"] in ("id", "token"):
                one["schema"] = {"anyOf": [{"enum": [await program.files()]}, {"type": "string"}]}
        del path
    (folder / "openapi.json").write_text(json.dumps(told))
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("st")), "run", str(folder / "openapi.json")),
        *("--url", told["servers"][0]["url"], "--checks", CHECKS, "--phases", "examples,coverage,fuzzing"),
        *("--max-examples", str(examples), "--seed", "1", "--no-color", "--no-shrink", "--generation-database", "none"),
        *only,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 300)
    assert b"generated" in said, said[-2000:]
    return "" if process.returncode == 0 else said.decode()


@pytest.mark.slow
async def test_the_running_program_answers_as_it_is_described(sqlite_program: Program, tmp_path: Path) -> None:
    """Whatever the description allows is asked, and what it does not allow: every answer is one that it tells of."""
    await publishes(sqlite_program, "Rác trước cổng chợ.")
    assert await found_wrong(sqlite_program, tmp_path, 12) == ""


async def test_a_status_that_is_not_described_is_found(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: a code that nobody knows is a 422, as frameworks like it."""
    monkeypatch.setitem(refusing._STATUS, 404, 422)
    async with speaking(sqlite_database, now=MONDAY) as program:
        said = await found_wrong(program, tmp_path, 3, "--include-path", "/services/{code}.json")
    assert "422" in said


async def test_every_address_stands_in_the_description_and_nothing_else(sqlite_program: Program) -> None:
    """The two are made of the same rows; what stands beside them is named here."""
    app: web.Application = sqlite_program.client.app
    served = {
        (route.method.lower(), route.resource.canonical.removeprefix("/open311/v2"))
        for route in app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/open311") and route.method != "HEAD"
    }
    told: dict[str, Any] = await sqlite_program.gets_json("/openapi.json")
    described = {(method, path) for path, methods in told["paths"].items() for method in methods}
    assert served - described == {("get", "/openapi.json")}
    assert described <= served
    assert len(described) == 2 * len(RESOURCES) + 1
