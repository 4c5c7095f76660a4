"""`python -m tests.browser.pictures`: the README's pictures of chat and desk, taken from the running demo.

Runs the demo with an invented ward (`tests.browser.invented`) in a folder of its own that is gone afterwards, walks as the
tests do, and writes the pictures to `pictures` beside this file. With a folder as argument it writes there, and every page
of the walk besides, at a phone's, a tablet's and an office screen's width, by day and by night: for looking at.

The chat's signs want a font that has them; Debian and Ubuntu: apt-get install fonts-noto-core fonts-noto-color-emoji.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter
from playwright.async_api import Browser, Page

from bot import app
from bot.demo import STAFF, demo_settings
from bot.settings import Settings, load_settings
from tests.browser.axe import MODES, SIZES
from tests.browser.chromium import HOW_TO_GET_IT, Watch, find_chromium, launched
from tests.browser.invented import fill
from tests.browser.people import Officer, Person, Resident

FOLDER = Path(__file__).parent / "pictures"
PHONE, DESK = (360, 740), (1200, 800)
MOST_BYTES = 150_000  # of a picture in the repository

WORDS = "Ngõ 15 phố Phú Xá tối ba đêm nay rồi, đèn đường hỏng, các cháu đi học về rất nguy hiểm"
ANSWER = "Cảm ơn bạn. Chiều mai tổ điện sẽ thay bóng mới."
CLOSING = "Đã thay bóng đèn lúc 16 giờ chiều nay."


def settings_in(folder: Path) -> Settings:
    return demo_settings(load_settings(data_dir=folder, database_url="", port=0, telegram_token=""))


@asynccontextmanager
async def running_demo(folder: Path) -> AsyncIterator[app.Started]:
    """The demo as `run --demo` starts it, on a free port, stopped in order."""
    settings = settings_in(folder)
    stop, starting = asyncio.Event(), asyncio.get_running_loop().create_future()
    running = asyncio.create_task(app.serve(settings, asked_to_stop=stop, started=starting.set_result, demo=True))
    await asyncio.wait((running, starting), return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        running.result()
    try:
        yield starting.result()
    finally:
        stop.set()
        await running


def dark_lane(path: Path) -> None:
    """A photo for the resident: a lane at night, its lamp out."""
    night = Image.new("RGB", (1200, 1200))
    draw = ImageDraw.Draw(night)
    for y in range(1200):
        draw.line((0, y, 1200, y), fill=(18 + y // 40, 26 + y // 34, 52 + y // 60))
    draw.polygon(((0, 250), (380, 480), (380, 830), (0, 1050)), fill=(34, 36, 50))
    draw.polygon(((1200, 150), (760, 470), (760, 830), (1200, 1080)), fill=(28, 31, 46))
    draw.polygon(((380, 830), (760, 830), (1200, 1080), (1200, 1200), (0, 1200), (0, 1050)), fill=(46, 47, 55))
    for left, top in ((90, 520), (230, 560)):
        draw.rectangle((left, top, left + 60, top + 110), fill=(196, 158, 84))
    draw.line((860, 1010, 860, 300, 640, 270), fill=(92, 98, 108), width=18)
    draw.ellipse((575, 246, 665, 300), fill=(78, 82, 90))
    night.filter(ImageFilter.GaussianBlur(2)).save(path, quality=88)


def saved(png: bytes, path: Path, *, most: int | None = None) -> None:
    """Write the picture with as few colours as it takes to be small; 256 are plenty for our pages."""
    with Image.open(BytesIO(png)) as shot:
        shot.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    assert most is None or path.stat().st_size <= most, f"{path.name} is {path.stat().st_size} bytes"


async def photographed(page: Page, path: Path, *, whole: bool = False) -> None:
    # Without `caret` and `animations` nothing is styled into the page, which its policy would refuse.
    png = await page.screenshot(caret="initial", animations="allow", full_page=whole)
    saved(png, path, most=None if whole else MOST_BYTES)


async def by_night(person: Person, path: Path) -> None:
    await person.page.emulate_media(color_scheme="dark")
    await photographed(person.page, path)
    await person.page.emulate_media(color_scheme="null")


async def on_a_phone(person: Person, path: Path) -> None:
    """The page that is open, as the same person's phone shows it."""
    browser, state = person.page.context.browser, await person.page.context.storage_state()
    assert browser is not None
    phone = await browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, device_scale_factor=2, locale="vi-VN", storage_state=state
    )
    page = await phone.new_page()
    await page.goto(person.page.url)
    await photographed(page, path)
    await phone.close()


class Camera:
    """Takes every page of the walk in every size and mode, if a folder was named."""

    def __init__(self, folder: Path | None) -> None:
        self.folder, self.taken = folder, 0

    async def takes(self, person: Person, name: str) -> None:
        if self.folder is None:
            return
        self.taken += 1
        before = person.page.viewport_size or {"width": 0, "height": 0}
        is_chat = name.startswith("chat")
        for mode in MODES:
            await person.page.emulate_media(color_scheme=mode)
            for width, height in SIZES:
                await person.page.set_viewport_size({"width": width, "height": height})
                await person.page.wait_for_timeout(300)  # until it has come to rest
                if not is_chat:
                    await person.page.evaluate("scrollTo(0, 0)")
                path = self.folder / f"{self.taken:02}-{name}-{width}-{mode}.png"
                await photographed(person.page, path, whole=not is_chat)
        await person.page.emulate_media(color_scheme="null")
        await person.page.set_viewport_size({"width": before["width"], "height": before["height"]})


async def walk(browser: Browser, started: app.Started, photo: Path, camera: Camera, folder: Path) -> None:
    phone = await browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, device_scale_factor=2, locale="vi-VN", has_touch=True
    )
    office = await browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, locale="vi-VN")
    watches = [Watch(phone), Watch(office)]
    lan = Resident(await phone.new_page(), started.url, watches[0], has_script=True)
    minh = Officer(await office.new_page(), started.url, watches[1], has_script=True)

    await lan.opens("/")
    await camera.takes(lan, "front")
    await lan.comes_in()
    await camera.takes(lan, "chat-empty")
    await lan.says(WORDS, [photo])
    await lan.hears("phường, xã nào")
    await camera.takes(lan, "chat-asked")
    await lan.says("Phú Thượng")
    await lan.hears("1 ảnh")
    await lan.page.wait_for_timeout(600)  # until the page has come to rest at its end
    await photographed(lan.page, folder / "chat-card.png")
    await camera.takes(lan, "chat-card")
    await lan.presses("Gửi")
    code = await lan.reads_code()
    await camera.takes(lan, "chat-receipt")

    await minh.opens("/staff/")
    await camera.takes(minh, "sign-in")
    [password] = [password for name, password, _ in started.accounts if name == STAFF[0][0]]
    await minh.signs_in(STAFF[0][0], password, is_first_time=False)
    await photographed(minh.page, folder / "desk.png")
    await by_night(minh, folder / "queue-dark.png")
    await camera.takes(minh, "queue")
    await minh.opens_case(code)
    await minh.sees_photo()
    await minh.page.evaluate("scrollTo(0, 0)")
    await photographed(minh.page, folder / "case.png")
    await on_a_phone(minh, folder / "case-phone.png")
    await camera.takes(minh, "case")
    await minh.answers(ANSWER)
    await lan.hears(ANSWER)
    await lan.page.wait_for_timeout(600)  # until the page has come to rest at its end
    await photographed(lan.page, folder / "chat.png")
    await camera.takes(minh, "case-answered")
    for form in ("note-form", "attach-form", "close-form", "move-form"):
        await minh.unfolds(form)
    await camera.takes(minh, "case-forms")
    await minh.opens_case(code)
    await minh.closes("done", CLOSING)
    await lan.hears(CLOSING)
    await camera.takes(minh, "queue-after")
    await camera.takes(lan, "chat-closed")
    for name, path in (
        ("closed", "/staff/?status=closed"),
        ("case-closed", f"/staff/cases/{code}"),
        ("password", "/staff/password"),
        ("figures", "/staff/dashboard?by=category"),
        ("mentions", "/staff/mentions"),
        ("sealed", f"/staff/cases/{code}/closed"),
        ("settings", "/staff/settings"),
        ("notices", "/staff/settings/notices"),
        ("absences", "/staff/settings/absences"),
        ("rights", "/staff/rights"),
        ("counter", "/staff/counter"),
        ("search", "/staff/?q=den+duong&status=all"),
        ("nothing-found", "/staff/?q=khongcogi"),
    ):
        await minh.opens(path)
        await camera.takes(minh, name)
        if name == "figures":
            await minh.page.wait_for_timeout(600)  # until nothing moves any more
            await photographed(minh.page, folder / "figures.png")
    for watch in watches:
        assert watch.complaints == []
        assert watch.foreign == []


async def main(everything: Path | None) -> None:
    executable = find_chromium()
    if executable is None:
        sys.exit(HOW_TO_GET_IT)
    folder = everything or FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        photo = Path(place) / "ngo-toi.jpg"
        dark_lane(photo)
        async with running_demo(Path(place) / "data") as started, launched(executable) as browser:
            await fill(settings_in(Path(place) / "data"))
            await walk(browser, started, photo, Camera(everything), folder)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if sys.argv[1:] else None))
