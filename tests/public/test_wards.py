"""The wards' pages: found by any name, led on from old ones, the same bytes for everybody, and never a word that acts."""

import re
from html import unescape

import pytest

from bot.bell import Bell
from bot.domain.office import Office
from bot.web import keys
from storage import Database
from tests.admin.desk import PHU_THUONG, StaffDesk, open_desk
from tests.public.aged import Life, live
from tests.statements import statements_of

HONG_HA = "/wards/00097"
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)> ｊａｖａ\u202egnp'


async def kept(desk: StaffDesk, *, phone: str = "", hours: str = "") -> None:
    async with desk.database.begin() as uow:
        await uow.ward_settings.put(Office(ward_code=PHU_THUONG, phone=phone, hours=hours), desk.clock.now())
        await uow.commit()


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        ("phu thuong", f"/wards/{PHU_THUONG}"),
        ("Phường Phú Thượng", f"/wards/{PHU_THUONG}"),
        ("PHUC  XA", HONG_HA),
        ("phường Phúc Xá cũ", HONG_HA),
        ("00091", f"/wards/{PHU_THUONG}"),
        ("00001", HONG_HA),
    ],
)
async def test_a_name_leads_to_its_ward(sqlite_desk: StaffDesk, typed: str, leads_to: str) -> None:
    """Without marks, in capitals, by the name of before July 2025, by an old code."""
    browser = await sqlite_desk.browser()
    answer = await browser.opens("/wards", params={"q": typed})
    assert (answer.status, answer.headers.get("Location")) == (302, leads_to)
    slug = await browser.opens(f"/wards/{typed.strip().replace(' ', '-')}")
    assert slug.status == 200 if typed == PHU_THUONG else slug.headers.get("Location") == leads_to


async def test_a_name_that_may_be_several_is_asked_about(sqlite_desk: StaffDesk) -> None:
    """Thanh Xuân Bắc went to two wards; a slip of the finger is asked back; nonsense is told so, and the list is there."""
    browser = await sqlite_desk.browser()
    for typed, names in (
        ("thanh xuan bac", ["Thanh Xuân", "Thanh Liệt"]),
        ("phu thuowng", ["Phú Thượng"]),
        ("phú t", ["Phú Th"]),
    ):
        assert (await browser.opens("/wards", params={"q": typed})).status == 200
        offered = re.findall(r'data-testid="found-ward">([^<]+)<', browser.text)
        assert offered
        assert [name for name in names if not any(name in one for one in offered)] == []
    assert (await browser.opens("/wards", params={"q": "qwxz"})).status == 200
    assert browser.shows("public_wards_none")
    assert len(set(re.findall(r'href="/wards/(\d{5})"', browser.text))) == 126


@pytest.mark.parametrize("place", ["99999", "khong-co-dau", "x" * 300, "%00", "%ff", "0009१", "<script>"])
async def test_what_is_no_ward_is_told_so_and_offers_a_search(sqlite_desk: StaffDesk, place: str) -> None:
    browser = await sqlite_desk.browser()
    answer = await browser.opens(f"/wards/{place}")
    assert answer.status in (400, 404)
    assert answer.status == 400 or 'data-testid="ward-search"' in browser.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<script>" not in browser.text


@pytest.mark.parametrize(
    "typed", [HOSTILE, "\x00", "a" * 5000, "%", "' OR 1=1 --", "٣٤٥", "\ud800".encode("utf-8", "replace").decode()]
)
async def test_whatever_is_typed_is_only_text(sqlite_desk: StaffDesk, typed: str) -> None:
    browser = await sqlite_desk.browser()
    answer = await browser.opens("/wards", params={"q": typed})
    assert answer.status == 200
    assert "<script>" not in browser.text
    assert "\u202e" not in browser.text


async def test_what_a_ward_says_of_itself_is_shown_as_text(sqlite_desk: StaffDesk) -> None:
    """Phone, hours and address as staff typed them; what is missing is left out, with its name."""
    browser = await sqlite_desk.browser()
    await browser.opens(f"/wards/{PHU_THUONG}")
    assert 'data-testid="contact"' not in browser.text
    await kept(sqlite_desk, phone="024 3753 (1234)", hours=HOSTILE)
    await browser.opens(f"/wards/{PHU_THUONG}")
    assert 'href="tel:02437531234"' in browser.text
    assert "<script>" not in browser.text
    assert "<img src=x" not in browser.text
    assert HOSTILE.replace("\u202e", "⟨U+202E⟩") in unescape(browser.text)
    assert not browser.shows("public_ward_address")


async def test_the_ward_says_what_it_was_before_and_where_it_lies(sqlite_desk: StaffDesk) -> None:
    browser = await sqlite_desk.browser()
    await browser.opens(HONG_HA)
    assert "phường Phúc Xá (quận Ba Đình)" in unescape(browser.text)
    assert re.search(r'<path class="map__ward" d="M[\d. LMZ-]+">', browser.text)
    assert browser.shows("public_ward_credit")


async def test_a_page_for_everybody_is_sent_once(sqlite_desk: StaffDesk) -> None:
    """The same bytes under the same mark; who has them gets none; a change, or another language, is another page."""
    browser = await sqlite_desk.browser()
    for path in ("/", "/wards", f"/wards/{PHU_THUONG}"):
        first = await browser.opens(path)
        mark, body = first.headers["ETag"], browser.text
        assert first.headers["Cache-Control"] == "public, max-age=60"
        assert {"Cookie", "Accept-Language"} <= set(first.headers["Vary"].split(", "))
        assert "Set-Cookie" not in first.headers
        assert "script" not in first.headers["Content-Security-Policy"]
        assert first.headers["X-Robots-Tag"] == "all"
        again = await browser.opens(path, headers={"If-None-Match": mark})
        assert (again.status, browser.text, again.headers["Content-Security-Policy"]) == (
            304,
            "",
            first.headers["Content-Security-Policy"],
        )
        other = await browser.opens(path, headers={"Accept-Language": "en"})
        assert other.headers["ETag"] != mark
        assert browser.text != body
    chosen = await browser.opens("/?lang=en")
    assert chosen.headers["Cache-Control"] == "no-store"
    assert "ETag" not in chosen.headers
    before = (await (await sqlite_desk.browser()).opens(f"/wards/{PHU_THUONG}")).headers["ETag"]
    await kept(sqlite_desk, phone="113")
    assert (await (await sqlite_desk.browser()).opens(f"/wards/{PHU_THUONG}")).headers["ETag"] != before


async def test_a_look_costs_two_statements(desk: StaffDesk) -> None:
    """The first look of a day counts; every other asks only how the ward is reached, and for the newest published texts."""
    await live(desk, [Life(came=1000) for _ in range(6)])
    browser = await desk.browser()
    with statements_of(desk.database) as first:
        await browser.opens(f"/wards/{PHU_THUONG}")
    assert len(first) <= 8
    with statements_of(desk.database) as later:
        await browser.opens(f"/wards/{PHU_THUONG}")
    assert len(later) == 2
    with statements_of(desk.database) as none:
        for path in ("/", "/wards", "/wards?q=phu+thuong", "/robots.txt", "/site.webmanifest"):
            await browser.opens(path)
    assert none == []


async def test_only_doors_that_lead_somewhere_are_shown(sqlite_desk: StaffDesk) -> None:
    ways, browser = sqlite_desk.server.app[keys.WAYS_IN], await sqlite_desk.browser()
    ways.telegram_name = ways.zalo_url = ""
    await browser.opens("/")
    assert [name for name in ("to-chat", "to-telegram", "to-zalo") if f'data-testid="{name}"' in browser.text] == ["to-chat"]
    ways.telegram_name, ways.zalo_url = "hom_thu_bot", "https://zalo.me/1?a=1&b=2"
    await browser.opens("/")
    assert 'href="https://t.me/hom_thu_bot"' in browser.text
    assert 'href="https://zalo.me/1?a=1&amp;b=2"' in browser.text
    assert re.findall(r'href="tel:(\d+)"', browser.text) == ["113", "114", "115", "112"]


async def test_the_code_on_the_front_page_is_carried_to_its_form(sqlite_desk: StaffDesk) -> None:
    """Without script: a form that asks, and the receipt's page with the code filled in."""
    browser = await sqlite_desk.browser()
    await browser.opens("/")
    form = re.search(r'<form[^>]*data-testid="track-short".*?</form>', browser.text, re.DOTALL)
    assert form
    assert 'action="/track#case"' in form[0]
    assert 'method="get"' in form[0]
    await browser.opens("/track?code=7K3M-9QX2")
    assert 'id="case-code" name="code" value="7K3M-9QX2"' in browser.text


async def test_machines_are_told_what_they_may_read(sqlite_database: Database, bell: Bell) -> None:
    """The pages for everybody, by their whole address; nothing of staff, of a chat or of a receipt."""
    async with open_desk(sqlite_database, bell, public_url="https://gopy.example.vn") as desk:
        browser = await desk.browser()
        await browser.opens("/robots.txt")
        assert "Sitemap: https://gopy.example.vn/sitemap.xml" in browser.text
        assert {"/staff", "/chat/", "/chat?", "/track?", "/hooks/"} <= set(
            re.findall(r"^Disallow: (\S+)$", browser.text, re.M)
        )
        places = await (await browser.opens("/sitemap.xml")).text()
        assert len(re.findall(r"<loc>https://gopy.example.vn/wards/\d{5}</loc>", places)) == 126
        assert "/staff" not in places
        await browser.opens(f"/wards/{PHU_THUONG}")
        assert f'<link rel="canonical" href="https://gopy.example.vn/wards/{PHU_THUONG}">' in browser.text
        told = await (await browser.opens("/site.webmanifest")).json(content_type="application/manifest+json")
        assert (await browser.opens(told["icons"][0]["src"])).status == 200
        assert (await browser.opens("/staff/login")).headers["X-Robots-Tag"] == "noindex"


async def test_without_a_public_address_no_other_is_made_up(sqlite_desk: StaffDesk) -> None:
    browser = await sqlite_desk.browser()
    assert (await browser.opens("/sitemap.xml")).status == 404
    await browser.opens("/robots.txt")
    assert "Sitemap" not in browser.text
    await browser.opens("/")
    assert "canonical" not in browser.text
