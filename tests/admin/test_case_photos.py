"""The pictures of a case: small on its page, whole on a page of their own, the neighbours' too, the originals never."""

import io
import random
import re

import pytest
from PIL import Image

from bot.domain.case import Case
from bot.domain.incoming import FileKind, StoredFile
from tests.admin.desk import HOAN_KIEM, Browser, StaffDesk
from tests.admin.test_files import kept


def noisy(seed: int, side: int = 640) -> bytes:
    """A photo whose every pixel differs, with a place in its comment."""
    held, image = (
        io.BytesIO(),
        Image.frombytes("RGB", (side, side // 2), random.Random(seed).randbytes(side * side // 2 * 3)),
    )
    image.save(held, "JPEG", quality=90, comment=b"GPS 21.03 105.85")
    return held.getvalue()


async def picture(desk: StaffDesk, seed: int) -> StoredFile:
    return await kept(desk, noisy(seed), FileKind.PHOTO, "anh.jpg")


def pages(browser: Browser) -> list[str]:
    return re.findall(r'<a href="([^"]+)" data-testid="gallery-photo"', browser.text)


async def merged(browser: Browser, case: Case, into: Case) -> None:
    await browser.opens(f"/staff/cases/{case.code}")
    _, hidden = browser.form("tie-form")
    assert (await browser.posts(f"/staff/cases/{case.code}/merge", hidden | {"other": into.code})).status == 303


async def test_the_gallery_shows_small_copies_without_the_place(desk: StaffDesk) -> None:
    case = await desk.case(files=(await picture(desk, 1),))
    minh, lan = await desk.signed_in("minh"), await desk.signed_in("lan", ward=HOAN_KIEM)
    await minh.opens(f"/staff/cases/{case.code}")
    [small] = re.findall(r'data-testid="gallery-photo"><img src="([^"]+)"', minh.text)
    bodies, page = [], pages(minh)[0]
    for path in (small, small, small.removesuffix("/small")):
        answer = await minh.opens(path)
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        bodies.append(await answer.read())
        assert b"GPS" not in bodies[-1]
    first, again, whole = bodies
    assert first == again
    assert len(first) < len(whole) / 3
    with Image.open(io.BytesIO(first)) as image:
        assert image.size == (288, 144)
    for path in (small, page):
        assert (await lan.opens(path)).status == 404
        assert (await (await desk.browser()).opens(path)).status == 303


async def test_one_walks_from_picture_to_picture_by_links(sqlite_desk: StaffDesk) -> None:
    """Three of Lan's and one of her neighbour's, whose case was merged: one gallery, in order, without a script."""
    desk = sqlite_desk
    hers = [await picture(desk, seed) for seed in range(3)]
    case, minh = await desk.case(files=tuple(hers)), await desk.signed_in("minh")
    neighbour = await desk.case("Chỗ tôi cũng tối.", files=(await picture(desk, 9),))
    await merged(minh, neighbour, case)
    await minh.opens(f"/staff/cases/{case.code}")
    found = pages(minh)
    assert len(found) == 4
    walked, path = [], found[0]
    while path:
        assert (await minh.opens(path)).status == 200
        walked.append(path)
        [shown] = re.findall(r'data-testid="photo-full"><img src="([^"]+)"', minh.text)
        assert (await minh.opens(shown)).content_type == "image/jpeg"
        await minh.opens(path)
        following = re.search(r'href="([^"]+)" rel="next"', minh.text)
        path = following[1] if following else ""
    assert walked == found
    assert f"Người dân {neighbour.code[:4]}" in minh.text
    assert f'href="/staff/cases/{case.code}" rel="up"' in minh.text
    assert re.search(r'href="([^"]+)" rel="prev"', minh.text)[1] == found[2]  # type: ignore[index]  # no match fails as well


@pytest.mark.parametrize("number", ["0", "99999", "1e3", "-1", "9" * 400, "١", "a"])
async def test_a_picture_that_is_not_there_is_not_there(sqlite_desk: StaffDesk, number: str) -> None:
    case, minh = await sqlite_desk.case(files=(await picture(sqlite_desk, 1),)), await sqlite_desk.signed_in("minh")
    for path in (f"photos/{number}", f"files/{number}/small"):
        assert (await minh.opens(f"/staff/cases/{case.code}/{path}")).status == 404


async def test_a_picture_is_reached_through_its_own_case_only(sqlite_desk: StaffDesk) -> None:
    """The number of another case's picture opens nothing here, nor does a file that is no picture or is sealed."""
    desk = sqlite_desk
    case, minh = await desk.case(files=(await picture(desk, 1),)), await desk.signed_in("minh")
    pdf = StoredFile(await desk.files.put(b"%PDF-1.4 x"), FileKind.DOCUMENT, "x.pdf", "application/pdf", 10)
    sealed = StoredFile(await desk.files.put(b"\xff\xd8\xff broken"), FileKind.PHOTO, "x.jpg", "image/jpeg", 10)
    other = await desk.case(files=(pdf, sealed, await picture(desk, 2)))
    async with desk.database.reading() as uow:
        [message] = await uow.cases.thread(other.id)
    numbers = [attachment.id for attachment in message.attachments]
    statuses = []
    for code in (case.code, other.code):
        for number in numbers:
            for path in (f"photos/{number}", f"files/{number}/small"):
                statuses.append((await minh.opens(f"/staff/cases/{code}/{path}")).status)
    assert statuses == [404] * 10 + [200, 200]


async def test_a_copy_that_is_gone_is_not_there(sqlite_desk: StaffDesk) -> None:
    lost = StoredFile("a" * 64, FileKind.PHOTO, "x.jpg", "image/jpeg", 10, "b" * 64)
    case, minh = await sqlite_desk.case(files=(lost,)), await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    [small] = re.findall(r'data-testid="gallery-photo"><img src="([^"]+)"', minh.text)
    assert (await minh.opens(small)).status == 404
