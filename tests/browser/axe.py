"""What axe has to say about a page: every rule it knows, at three widths, by day and by night.

axe comes with `axe-playwright-python` (MPL 2.0, tests only); its script is run here directly, because that package's own
wrapper has no types. Which pages are looked at, and in which states, is in `test_accessibility`.
"""

from collections.abc import Iterable
from importlib.resources import files
from typing import Any, Literal

from playwright.async_api import Page

from tests.browser.rest import at_rest

SIZES = ((360, 740), (768, 1024), (1440, 900))
MODES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
Look = tuple[Literal["light", "dark"], tuple[int, int]]
EVERY_LOOK: tuple[Look, ...] = tuple((mode, size) for mode in MODES for size in SIZES)
# Where most goes wrong: for the states of a page that is looked at in every way elsewhere.
WORST_LOOKS: tuple[Look, ...] = (("dark", (360, 740)), ("light", (1440, 900)))
SCRIPT = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
# Beside what runs by default: targets of at least 24 px, which phones need (WCAG 2.2, 2.5.8).
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# All that day and night can differ in: our style sheet asks for the mode where it names colours, and nowhere else.
COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
LONGEST = 160  # characters of an element's source in a complaint


async def complaints(page: Page, looks: Iterable[Look] = EVERY_LOOK) -> list[str]:
    """The page as it stands, in these sizes and modes; empty when axe finds nothing.

    The page is left as it was. Nothing moves while it is looked at: a colour on its way is no colour of ours. The window is
    as high as the page: what a bar covers would depend on how far the page has been moved. In a second mode of the same
    size only colours are looked at.
    """
    await at_rest(page)
    before, down = page.viewport_size, await page.evaluate("scrollY")
    await page.evaluate(SCRIPT)
    found: list[str] = []
    seen: set[int] = set()
    for mode, (width, height) in looks:
        await page.emulate_media(color_scheme=mode, reduced_motion="reduce")
        await page.set_viewport_size({"width": width, "height": height})
        whole = await page.evaluate("document.documentElement.scrollHeight")
        await page.set_viewport_size({"width": width, "height": max(whole, height)})
        found += [f"{mode} {width}: {line}" for line in await _looked_at(page, COLOURS if width in seen else OPTIONS)]
        seen.add(width)
    await page.emulate_media(color_scheme="null", reduced_motion="null")
    if before:
        await page.set_viewport_size(before)
        await page.evaluate("down => scrollTo({ top: down, behavior: 'instant' })", down)
    return found


async def _looked_at(page: Page, options: dict[str, Any]) -> list[str]:
    answer: dict[str, Any] = await page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {node['html'][:LONGEST]} — {' / '.join(node.get('failureSummary', '').split(chr(10))[1:])}"
        for violation in answer["violations"]
        for node in violation["nodes"]
    ]
