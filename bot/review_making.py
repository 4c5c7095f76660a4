"""Makes a review's document for whoever asked for it at the desk, over what they may see at that moment."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from bot.domain.review import Review, Term
from bot.domain.ward import WardCode
from bot.long_work import Bench
from bot.papers import PaperForm, write_review
from bot.papers.places import Places
from bot.routing.wards import city_folder
from bot.services.review import make_review


def file_name(term: Term, ward_code: WardCode | None, form: PaperForm) -> str:
    """ "bao-cao_2026-1_00091.docx"."""
    return f"bao-cao_{term.name}_{ward_code or 'thanh-pho'}.{form.value}"


async def make_document(bench: Bench) -> AsyncIterator[bytes]:
    """What was asked for: `term` as `Term.read` takes it, `ward` (empty: the city), `form`."""
    term, ward = Term.read(bench.asked["term"]), bench.asked["ward"]
    steps = 0

    async def tell(done: int, total: int) -> None:
        nonlocal steps
        steps = total + 1  # the last is writing it
        await bench.tell(done, steps)

    async with bench.storage.reading() as uow:
        review: Review = await make_review(
            uow,
            bench.viewer,
            term,
            WardCode(ward) if ward else None,
            now=bench.now,
            zone=bench.settings.zone,
            tell=tell,
        )
    places = await asyncio.to_thread(Places.load, city_folder(bench.settings.data_dir))
    written = await asyncio.to_thread(partial(write_review, review, places, bench.language, PaperForm(bench.asked["form"])))
    yield written
    await bench.tell(steps, steps)
