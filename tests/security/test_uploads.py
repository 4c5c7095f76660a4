"""S5, S10: polyglots, bombs, wrong types and names that lead elsewhere: nothing is shown but our own copies.

The heavy ones, and how much memory the whole takes, are `python -m benchmarks.attacks --uploads`.
"""

import asyncio
from pathlib import Path

from tests.security.uploading import CORPUS, FILE, HEAVY, filed, sent_and_served, served_wrongly
from tests.stories.cast import City, code_in

AT_ONCE = 6  # files of one message
LIGHT = [name for name in CORPUS if name not in HEAVY and "MB" not in name]


async def test_whatever_is_sent_only_our_own_copies_are_shown(target: City) -> None:
    """Sent by residents and by staff; every address on the case's page is opened."""
    assert len(CORPUS) > 40
    assert len(LIGHT) > 30
    minh = await target.staff("minh")
    troubles = []
    files = [(name, make(), media_type) for name, (media_type, make) in CORPUS.items() if name in LIGHT]
    for start in range(0, len(files), AT_ONCE):
        troubles += await sent_and_served(target.url, minh, files[start : start + AT_ONCE])
    assert troubles == []
    kept = {path.name for path in (target.settings.data_dir / "files").rglob("*") if path.is_file()}
    assert kept
    assert all(len(name) == 64 and set(name) <= set("0123456789abcdef") for name in kept), "a name of the sender's"
    assert not Path("/etc/cron.d/x.jpg").exists()


async def test_the_same_holds_on_telegram(target: City) -> None:
    """What a document says it is counts as little there."""
    lan, minh = target.telegram(), await target.staff("minh")
    await lan.says("Ngõ 12 phường Phú Thượng tối ba đêm nay, đèn hỏng.")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    sent = ["jpeg-html.jpg", "x.svg", "gifjs.gif", "pdf-html.pdf", "photo.jpg", 'x".html']
    for name in sent:
        lan.chat.sends_document(CORPUS[name][1](), f"x\r\nSet-Cookie: a={name}", CORPUS[name][0])
    before = len(lan.chat.heard)
    async with asyncio.timeout(60):
        while len(FILE.findall(await minh.opens_case(code))) < 2 or len(lan.chat.heard) < before:
            await asyncio.sleep(0.2)
    assert await served_wrongly(target.url, minh, b"") == []


async def test_a_file_is_for_those_who_see_the_case(target: City) -> None:
    """S5: the same number without a session, from another ward, and of another case: nothing, as for no file at all."""
    code = await filed(target.url, ("x.html", CORPUS["photo.jpg"][1](), "image/jpeg"))
    minh, far = await target.staff("minh"), await target.staff("far", ward="00070")
    async with minh.session.get(f"{target.url}/staff/cases/{code}/files/1") as answer:
        assert answer.status == 200
    await far.opens(f"/staff/cases/{code}/files/1")
    refused = far.html
    await far.opens(f"/staff/cases/{code}/files/99")
    assert far.status == 404
    assert len(far.html) == len(refused)
    stranger = await target.webchat()
    async with stranger.browser.session.get(f"{target.url}/staff/cases/{code}/files/1", allow_redirects=False) as answer:
        assert answer.status == 303
