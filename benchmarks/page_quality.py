"""`python -m benchmarks.page_quality [LIGHTHOUSE]`: what Lighthouse says about our pages, on a phone and on a desktop.

The pages for everybody (front page, chat, a ward, receipts) as a stranger gets them; queue and case as their officer does:
runs the demo in a folder of its own, signs in, and hands Lighthouse the session. What axe says of every page in every state,
and what a first load weighs, are tests (`tests.browser`) and need no Lighthouse. Needs node, Chromium and Lighthouse 12
(`npm install --prefix SOME_FOLDER lighthouse@12`, then its `node_modules/.bin/lighthouse` as the argument); without them
it says so and ends with 0, for it is no test. Ends with 1 when a page misses the aim.

Lighthouse slows its phone down by itself (a middling phone on 4G), so that the figures mean a phone and not this machine.
"""

import asyncio
import json
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, CookieJar

from bot import app
from bot.demo import STAFF
from tests.browser.chromium import find_chromium
from tests.browser.pictures import running_demo

AIMS = {"performance": 95, "accessibility": 100, "best-practices": 100}
FOR_ALL = {"performance": 95, "accessibility": 95, "best-practices": 95, "seo": 95}  # of what search engines may find
PAGES = (("front", "/"), ("chat", "/chat"), ("ward", "/wards/00091"), ("track", "/track"))
FORMS = {"phone": [], "desk": ["--preset=desktop"]}
CHROME = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
WITHIN = 180.0  # seconds for one report


@dataclass(frozen=True, kw_only=True)
class Report:
    """One page in one form: scores of 0 to 100, and what cost points."""

    page: str
    form: str
    aims: dict[str, int]
    scores: dict[str, int]
    lost: list[str]

    @property
    def is_good(self) -> bool:
        return all(self.scores[name] >= aim for name, aim in self.aims.items())


async def signed_in(started: app.Started) -> tuple[str, str]:
    """The session's cookie as a header, and the path of the first case in the queue."""
    username, password, _ = next(account for account in started.accounts if account[0] == STAFF[0][0])
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        async with session.get(f"{started.url}/staff/login") as response:
            token = re.search(r'name="form_token" value="([^"]+)"', await response.text())
        assert token
        form = {"username": username, "password": password, "form_token": unescape(token[1]), "next": "/staff/"}
        async with session.post(
            f"{started.url}/staff/login", data=form, headers={"Sec-Fetch-Site": "same-origin"}
        ) as response:
            case = re.search(r'href="(/staff/cases/[0-9A-Z-]+)"', await response.text())
        assert case, "the demo's queue is empty"
        return "; ".join(f"{morsel.key}={morsel.value}" for morsel in session.cookie_jar), case[1]


async def looked_at(
    lighthouse: str, page: str, form: str, url: str, folder: Path, aims: dict[str, int], cookie: str = ""
) -> Report:
    """Run Lighthouse once. Raises RuntimeError with its last words when it fails."""
    headers, result = folder / "headers.json", folder / f"{page}-{form}.json"
    headers.write_text(json.dumps({"Cookie": cookie} if cookie else {}), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        lighthouse,
        url,
        "--quiet",
        "--output=json",
        f"--output-path={result}",
        f"--only-categories={','.join(aims)}",
        f"--extra-headers={headers}",
        f"--chrome-flags={CHROME}",
        *FORMS[form],
        env={**os.environ, "CHROME_PATH": find_chromium() or ""},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(WITHIN):
        _, said = await process.communicate()
    if process.returncode != 0 or not result.exists():
        raise RuntimeError(said.decode(errors="replace")[-500:])
    return read(page, form, aims, json.loads(result.read_text(encoding="utf-8")))


def read(page: str, form: str, aims: dict[str, int], found: dict[str, Any]) -> Report:
    """What matters of Lighthouse's own report."""
    lost = []
    for category in found["categories"].values():
        for part in category["auditRefs"]:
            audit = found["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                lost.append(f"{part['id']} {audit.get('displayValue', '')}".strip())
    scores = {name: round(100 * (found["categories"][name]["score"] or 0)) for name in aims}
    return Report(page=page, form=form, aims=aims, scores=scores, lost=lost)


async def main(lighthouse: str) -> int:
    with tempfile.TemporaryDirectory() as place:
        async with running_demo(Path(place) / "data") as started:
            cookie, case = await signed_in(started)
            reports = [
                await looked_at(
                    lighthouse, page, form, started.url + path, Path(place), aims, cookie if aims is AIMS else ""
                )
                for aims, pages in ((FOR_ALL, PAGES), (AIMS, (("queue", "/staff/"), ("case", case))))
                for page, path in pages
                for form in FORMS
            ]
    print(f"{'page':8}{'on':8}" + "".join(f"{name:>16}" for name in FOR_ALL))
    for report in reports:
        print(f"{report.page:8}{report.form:8}" + "".join(f"{report.scores.get(name, '-'):>16}" for name in FOR_ALL))
        for line in report.lost:
            print(f"{'':16}{line}")
    return 0 if all(report.is_good for report in reports) else 1


if __name__ == "__main__":
    found = sys.argv[1] if sys.argv[1:] else shutil.which("lighthouse")
    if not (found and shutil.which("node") and find_chromium()):
        print("node, Chromium and Lighthouse are needed; see the top of benchmarks/page_quality.py")
        sys.exit(0)
    sys.exit(asyncio.run(main(found)))
