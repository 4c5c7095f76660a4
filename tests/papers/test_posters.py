"""Posters: their codes are read from the page as a camera reads them, and measured on paper."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import hypot

import pypdfium2
import pytest
import typst
import zxingcpp

from bot.domain.ledger import read_start
from bot.domain.people import Language
from bot.papers.posters import NUMBERS, Poster, PosterForm, Size, Ways, short_address, write_posters
from tests.papers.reviews import TAY_HO, hanoi, pdf_pages

DOTS = 150  # an inch: what a cheap printer and a phone make of it
MM = 25.4
WEB = "https://gopy.example.vn/chat?ward=00103&board=17"
TELEGRAM = "https://t.me/GopYTayHoBot?start=ward_00103_b17"
ZALO = "https://zalo.me/1234567890?start=ward_00103_b17"
ALL_WAYS = Ways("https://gopy.example.vn", "GopYTayHoBot", "https://zalo.me/1234567890?start={start}")


@dataclass(frozen=True)
class Read:
    """A code that was read: what it says, its side in millimetres without the quiet zone, and its level of correction."""

    text: str
    side: float
    level: str


def board(number: int = 17, place: str = "Cổng chợ Bưởi") -> Poster:
    return Poster(ward=hanoi().wards[TAY_HO], board_id=number, place=place, phone="024 3753 1234")


def codes_in(image: object) -> Iterator[Read]:
    for found in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode):  # type: ignore[arg-type]  # a picture
        where = found.position
        side = hypot(where.top_right.x - where.top_left.x, where.top_right.y - where.top_left.y) / DOTS * MM
        yield Read(found.text, side, found.ec_level)


def codes_of_pdf(file: bytes) -> list[Read]:
    document = pypdfium2.PdfDocument(file)
    try:
        return [code for page in document for code in codes_in(page.render(scale=DOTS / 72).to_pil().convert("L"))]
    finally:
        document.close()


def codes_of_svg(file: bytes, size: Size) -> list[Read]:
    """Drawn as large as its paper by a program that draws SVG."""
    import io

    from PIL import Image

    page = f'#set page(paper: "{size.value}", margin: 0mm)\n#image(bytes(sys.inputs.svg), format: "svg", width: 100%)'
    drawn = typst.compile(page.encode(), format="png", ppi=DOTS, sys_inputs={"svg": file.decode()})
    assert isinstance(drawn, bytes)
    return list(codes_in(Image.open(io.BytesIO(drawn)).convert("L")))


def pdf_of(*posters: Poster, ways: Ways = ALL_WAYS, size: Size = Size.A4, is_sheet: bool = False) -> bytes:
    [file] = write_posters(posters, ways, Language.VI, size, PosterForm.PDF, is_sheet=is_sheet)
    return file


@pytest.mark.parametrize("size", list(Size))
def test_its_codes_lead_to_the_box_and_say_which_board(size: Size) -> None:
    """Web, Telegram and Zalo: each is read from the page, three centimetres wide or more, level M or better."""
    found = codes_of_pdf(pdf_of(board(), size=size))
    assert {code.text for code in found} == {WEB, TELEGRAM, ZALO}
    assert all(code.side >= 30 for code in found), found
    assert all(code.level in ("M", "Q", "H") for code in found), found
    assert read_start(TELEGRAM.partition("start=")[2]) == (TAY_HO, 17)


def test_as_a_picture_it_says_the_same() -> None:
    [file] = write_posters([board()], ALL_WAYS, Language.VI, Size.A4, PosterForm.SVG)
    assert ET.fromstring(file).tag == "{http://www.w3.org/2000/svg}svg"
    found = codes_of_svg(file, Size.A4)
    assert {code.text for code in found} == {WEB, TELEGRAM, ZALO}
    assert all(code.side >= 30 for code in found)


def test_the_web_chat_alone_is_enough() -> None:
    """Nothing else is set up: one code, larger, and no word of the others."""
    ways = Ways("http://192.168.1.20:8080")
    file = pdf_of(replace(board(), board_id=None), ways=ways)
    [code] = codes_of_pdf(file)
    assert (code.text, code.side > 60) == ("http://192.168.1.20:8080/chat?ward=00103", True)
    [text] = pdf_pages(file)
    assert "Zalo" not in text
    assert "Telegram" not in text
    assert "192.168.1.20:8080/p/00103" in text


def test_a_person_without_a_camera_and_one_in_danger_find_what_they_need() -> None:
    [text] = pdf_pages(pdf_of(board()))
    assert short_address(board(), ALL_WAYS) == "gopy.example.vn/p/00103-17"
    for wanted in (
        "Góp ý cho phường Tây Hồ",
        "gopy.example.vn/p/00103-17",
        "máy trả lời tự động",
        "024 3753 1234",
        *NUMBERS,
    ):
        assert wanted in text
    assert "Cổng chợ Bưởi · 00103-17" in text


@pytest.mark.parametrize(("size", "pages"), [(Size.A4, 2), (Size.A3, 1)])
def test_a_sheet_has_many_and_each_is_of_its_board(size: Size, pages: int) -> None:
    """Eight stickers on an A4 sheet, none over another; every one is read and wide enough."""
    file = pdf_of(*(board(number) for number in range(1, 11)), size=size, is_sheet=True)
    found = codes_of_pdf(file)
    assert sorted(code.text for code in found) == sorted(WEB.replace("17", str(number)) for number in range(1, 11))
    assert all(code.side >= 30 for code in found), found
    assert len(pdf_pages(file)) == pages


@pytest.mark.parametrize("language", list(Language))
def test_it_stays_on_one_page_whatever_is_printed(language: Language) -> None:
    """The longest ward's name, and places and desks of hostile words: one page each, and the codes can be read."""
    ward = max(hanoi().wards, key=lambda one: len(one.full_name))
    hostile = '#panic("x") \x00\ud800 ]) <script> {start} =1+1 \u202e' + "rất dài " * 40
    one = Poster(ward=ward, board_id=999_999_999, place=hostile, desk=hostile, phone="0" * 30, hours=hostile)
    for codes, ways in enumerate((Ways("https://" + "a" * 40 + ".vn"), Ways("https://a.vn", "Bot"), ALL_WAYS), start=1):
        [file] = write_posters([one, board()], ways, language, Size.A4, PosterForm.PDF)
        assert len(pdf_pages(file)) == 2
        assert len(codes_of_pdf(file)) == 2 * codes


def test_the_same_poster_is_the_same_file() -> None:
    assert pdf_of(board()) == pdf_of(board())
    assert len({pdf_of(board(number)) for number in (1, 2)}) == 2
