"""A photo is known again after what people do to it, and another photo of the same place is another photo.

`benchmarks/evidence.py` measures how often; here is one of each kind, through the process that really does it.
"""

import io
from random import Random

import pytest
from PIL import Image, ImageDraw

from benchmarks.evidence_changes import CHANGES
from benchmarks.evidence_pictures import other_words, photo, second_shot
from bot.domain.evidence import Taken
from bot.imager import PrintsImager
from bot.imaging import shown_copy
from tests.files.pictures import huge, phone_photo, screenshot

STREET, WALL, PAPER, SCREENSHOT = 16, 18, 22, 23  # seeds: every eighth is of one kind


def jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return shown_copy(out.getvalue(), "JPEG")


@pytest.fixture(scope="module")
def street() -> bytes:
    return jpeg(photo(STREET))


async def is_known_again(copy: bytes, original: bytes) -> bool:
    imager = PrintsImager()
    shared = set(await imager.asked_words(copy)) & set(await imager.words(original))
    return len(shared) > 1 and (await imager.compare(copy, original)).is_same


@pytest.mark.parametrize("change", ["all of these", "cropped (≤ 10 % a side)"])
async def test_a_changed_copy_is_known_again(street: bytes, change: str) -> None:
    assert await is_known_again(jpeg(CHANGES[change](photo(STREET), Random(4))), street)


async def test_the_crop_is_known_from_the_whole_and_the_whole_from_the_crop(street: bytes) -> None:
    cropped = jpeg(photo(STREET).crop((80, 60, 720, 540)))  # a tenth at each side
    assert await is_known_again(cropped, street)
    assert await is_known_again(street, cropped)


async def test_another_photo_of_the_same_place_is_another_photo(street: bytes) -> None:
    imager = PrintsImager()
    assert not (await imager.compare(jpeg(photo(STREET, second_shot(Random(1)))), street)).is_same
    assert not (await imager.compare(jpeg(photo(STREET + 8)), street)).is_same


@pytest.mark.parametrize(("seed", "change"), [(WALL, "date stamped"), (SCREENSHOT, "all of these")])
async def test_neither_a_stamp_on_a_bare_wall_nor_lines_of_text_lead_astray(seed: int, change: str) -> None:
    """Before, the stamp's strength was taken for the wall's, and a line of text for its neighbour."""
    assert await is_known_again(jpeg(CHANGES[change](photo(seed), Random(4))), jpeg(photo(seed)))


async def test_the_same_form_with_other_words_is_another_paper() -> None:
    one, other = jpeg(photo(PAPER)), jpeg(photo(PAPER, other_words(Random(1))))
    assert not (await PrintsImager().compare(other, one)).is_same
    assert await is_known_again(jpeg(CHANGES["all of these"](photo(PAPER), Random(4))), one)


def boxes(rng: Random) -> bytes:
    """A few boxes of one colour each: nothing but straight edges, as a sign or a wall of sheet metal has."""
    image = Image.new("RGB", (640, 480), _colour(rng))
    draw = ImageDraw.Draw(image)
    for _ in range(rng.randint(3, 6)):
        x, y, wide, high = rng.randint(0, 600), rng.randint(0, 440), rng.randint(40, 250), rng.randint(40, 200)
        draw.rectangle((x, y, x + wide, y + high), fill=_colour(rng))
    return jpeg(image)


def _colour(rng: Random) -> tuple[int, int, int]:
    return rng.randint(0, 255), rng.randint(0, 255), rng.randint(0, 255)


async def test_a_few_edges_that_fit_somewhere_make_no_copy() -> None:
    """Laid over the other by a corner of it, each looks like it there: 29 % of it are too little."""
    rng = Random(5)
    pictures = [boxes(rng) for _ in range(16)]
    assert not (await PrintsImager().compare(pictures[8], pictures[15])).is_same


async def test_a_copy_whose_edges_fit_in_many_places_is_known() -> None:
    rng = Random(77)
    picture = [boxes(rng) for _ in range(8)][7]
    weaker = Image.open(io.BytesIO(picture)).resize((500, 375))
    assert await is_known_again(jpeg(weaker), picture)


@pytest.mark.parametrize("data", [b"", b"x", huge("JPEG", 6000)[:300], b"\xff\xd8\xff" + b"\0" * 999, screenshot()])
async def test_what_is_no_picture_of_ours_has_no_words_and_is_like_nothing(data: bytes) -> None:
    imager = PrintsImager()
    assert await imager.words(data) == []
    assert not (await imager.compare(data, data)).is_same


async def test_one_colour_has_no_words(street: bytes) -> None:
    grey = jpeg(Image.new("RGB", (600, 400), (90, 90, 90)))
    imager = PrintsImager()
    assert (await imager.words(grey), await imager.asked_words(grey)) == ([], [])
    assert not (await imager.compare(grey, street)).is_same


async def test_a_question_that_takes_too_long_is_given_up(street: bytes) -> None:
    imager = PrintsImager(answers_within=0.001)
    assert await imager.words(street) == []


def taken_photo() -> bytes:
    exif = Image.Exif()
    camera, place = exif.get_ifd(0x8769), exif.get_ifd(0x8825)
    camera[0x9003], camera[0x9011] = "2026:11:20 09:30:00", "+07:00"
    place.update({1: "N", 2: (21.0, 4.0, 6.6), 3: "E", 4: (105.0, 49.0, 23.16)})
    out = io.BytesIO()
    Image.new("RGB", (60, 40)).save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_the_cameras_time_and_place_are_read() -> None:
    taken = await PrintsImager().taken(taken_photo(), "image/jpeg")
    assert taken.at is not None
    assert taken.at.isoformat() == "2026-11-20T09:30:00+07:00"
    assert taken.point is not None
    assert (round(taken.point.lat, 4), round(taken.point.lon, 4)) == (21.0685, 105.8231)


@pytest.mark.parametrize("data", [phone_photo(), screenshot(), b"\xff\xd8\xffbroken", taken_photo()[:200]])
async def test_a_photo_without_them_says_nothing(data: bytes) -> None:
    assert await PrintsImager().taken(data, "image/png" if data == screenshot() else "image/jpeg") == Taken()
