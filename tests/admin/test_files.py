"""Files of a case: who gets them, as what, and what is never handed out."""

import io

from PIL import Image

from bot.domain.incoming import FileKind, FileTrouble, RemoteFile, StoredFile
from bot.domain.people import Language
from bot.file_keeper import SafeFileKeeper
from bot.wording import say
from tests.admin.desk import HOAN_KIEM, StaffDesk


def photo() -> bytes:
    held, image = io.BytesIO(), Image.new("RGB", (64, 48), (200, 30, 30))
    image.save(held, "JPEG", comment=b"GPS 21.03 105.85")
    return held.getvalue()


async def kept(desk: StaffDesk, data: bytes, kind: FileKind, name: str) -> StoredFile:
    return await SafeFileKeeper(desk.files).keep(data, RemoteFile("x", kind, name))


async def test_a_photo_is_shown_as_its_clean_copy(desk: StaffDesk) -> None:
    file = await kept(desk, photo(), FileKind.PHOTO, "hố ga.jpg")
    case = await desk.case(files=(file,))
    minh, lan = await desk.signed_in("minh"), await desk.signed_in("lan", ward=HOAN_KIEM)
    await minh.opens(f"/staff/cases/{case.code}")
    path = minh.text.split('data-testid="photo"><img src="')[1].split('"')[0]
    shown = await minh.opens(path)
    body = await shown.read()
    assert (shown.status, shown.content_type) == (200, "image/jpeg")
    assert shown.headers["Content-Disposition"] == "inline"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["Cache-Control"] == "no-store"
    assert b"GPS" in photo()
    assert b"GPS" not in body
    assert (await lan.opens(path)).status == 404
    stranger = await desk.browser()
    assert (await stranger.opens(path)).status == 303


async def test_anything_else_is_a_download_with_a_name_of_ours(sqlite_desk: StaffDesk) -> None:
    desk = sqlite_desk
    pdf = StoredFile(await desk.files.put(b"%PDF-1.4 x"), FileKind.DOCUMENT, '"><b>.pdf', "application/pdf", 10)
    page = StoredFile(await desk.files.put(b"<script>1</script>"), FileKind.DOCUMENT, "x.html", "text/html", 18)
    case = await desk.case(files=(pdf, page))
    minh = await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    paths = [part.split('"')[0] for part in minh.text.split('<a class="file" href="')[1:]]
    first, second = [await minh.opens(path) for path in paths]
    assert first.content_type == "application/pdf"
    assert second.content_type == "application/octet-stream"
    for answer, ending in ((first, "pdf"), (second, "bin")):
        assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{case.code}-')
        assert answer.headers["Content-Disposition"].endswith(f'.{ending}"')
        assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_a_sealed_original_and_a_lost_file_are_never_served(sqlite_desk: StaffDesk) -> None:
    desk = sqlite_desk
    sealed = StoredFile(await desk.files.put(photo()), FileKind.PHOTO, "a.jpg", "image/jpeg", 10)
    as_file = StoredFile(sealed.key, FileKind.DOCUMENT, "a.jpg", "image/jpeg", 10)
    gone = StoredFile("0" * 64, FileKind.DOCUMENT, "b.pdf", "application/pdf", 10)
    large = StoredFile("", FileKind.VIDEO, "c.mp4", "video/mp4", 10, trouble=FileTrouble.TOO_LARGE)
    html_as_copy = StoredFile(sealed.key, FileKind.PHOTO, "d", "image/png", 9, shown_key=await desk.files.put(b"<html>"))
    case = await desk.case(files=(sealed, as_file, gone, large, html_as_copy))
    minh = await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert minh.shows("desk_file_sealed")
    assert minh.shows("desk_file_too_large")
    async with desk.database.reading() as uow:
        [message] = await uow.cases.thread(case.id)
    assert len(message.attachments) == 5
    for attachment in message.attachments:
        answer = await minh.opens(f"/staff/cases/{case.code}/files/{attachment.id}")
        assert answer.status == 404
    for number in ("0", "-1", "x", "٣", "9" * 15, "9" * 400, "1.0", "%00"):
        assert (await minh.opens(f"/staff/cases/{case.code}/files/{number}")).status == 404


async def test_an_answer_takes_a_photo_along_and_a_note_keeps_one(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.submits("reply-form", text="Đã sửa.", files={"sau.jpg": photo()})).status == 303
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.submits("attach-form", text="Biên bản", files={"bb.pdf": b"%PDF-1.4 abc"})).status == 303
    async with desk.database.reading() as uow:
        thread = await uow.cases.thread(case.id)
    assert [len(message.attachments) for message in thread] == [0, 1, 1]
    sent = thread[1].attachments[0].file
    assert sent.shown_key
    assert b"GPS" not in await desk.files.get(sent.shown_key)


async def test_a_bad_file_stops_the_answer_and_keeps_the_words(sqlite_desk: StaffDesk) -> None:
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    many = {f"{number}.pdf": b"%PDF-1.4" for number in range(11)}
    for files, key in (
        ({"big.pdf": b"%PDF-1.4" + bytes(20 * 1024 * 1024)}, "desk_files_too_large"),
        ({"broken.jpg": b"\xff\xd8\xff\xe0 not a picture"}, "desk_files_refused"),
        (many, "desk_files_too_many"),
    ):
        await minh.opens(f"/staff/cases/{case.code}")
        assert (await minh.submits("reply-form", text="Giữ lại lời này", files=files)).status == 400
        assert "Giữ lại lời này</textarea>" in minh.text
        said = minh.text.split('data-testid="trouble"><a href="#reply-files">')[1].split("<")[0]
        assert said == say(Language.VI, key, name=next(iter(files)), most=10)
    assert await sqlite_desk.hears(case) == []
