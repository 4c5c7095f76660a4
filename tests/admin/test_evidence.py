"""A photo that was here before is shown beside that one before the case is closed, and what was found stays on record."""

import io
import re
from random import Random

from PIL import Image

from benchmarks.evidence_changes import CHANGES
from benchmarks.evidence_pictures import photo
from bot.domain.case import CaseKind, CaseStatus
from bot.domain.incoming import FileKind, StoredFile
from bot.domain.people import Language, Role
from bot.imager import PrintsImager
from bot.wording import catalogue
from handlers.timekeeping import DuePrints
from tests.admin.desk import HOAN_KIEM, Browser, StaffDesk
from tests.admin.test_files import kept
from tests.closing import fields as closing_fields

NO_DATA = catalogue(Language.VI)["evidence_no_data"][0]
WHY = "Chụp lại đúng chỗ cũ, ảnh mới chưa gửi được"


def jpeg(image: Image.Image, taken_at: str = "") -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    if taken_at:
        exif.get_ifd(0x8769)[0x9003] = taken_at
    image.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()


async def complained_with(desk: StaffDesk, image: Image.Image) -> StoredFile:
    return await kept(desk, jpeg(image), FileKind.PHOTO, "anh.jpg")


async def print_all(desk: StaffDesk) -> None:
    work = DuePrints(desk.database, desk.files, PrintsImager())
    while await work.do(desk.clock.now()):
        pass


def looked_at(browser: Browser) -> str:
    found = re.search(r'data-testid="(?:close|proposal)-evidence".*?</section>', browser.text, re.DOTALL)
    return found[0] if found else ""


async def test_a_reused_photo_is_looked_at_explained_and_kept_on_the_record(desk: StaffDesk) -> None:
    """Minh closes Lan's case with her own photo, cropped, stamped with today's date and sent anew."""
    case = await desk.case(files=(await complained_with(desk, photo(10)),))
    await print_all(desk)
    minh = await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    changed = jpeg(CHANGES["all of these"](photo(10), Random(4)))
    assert (await minh.closes(files={"xong.jpg": changed})).status == 400
    assert minh.shows("evidence_look")
    assert minh.shows("evidence_alike")
    looked = looked_at(minh)
    assert 'src="data:image/jpeg;base64,' in looked
    [then] = re.findall(r'<img src="(/staff/[^"]+)"', looked)
    assert (await minh.client.get(then)).content_type == "image/jpeg"
    assert case.code in looked

    assert (await minh.closes(files={})).status == 400
    assert minh.shows("evidence_reason_missing")
    assert (await desk.now_is(case.code)).status is CaseStatus.OPEN
    assert (await minh.closes(files={}, reuse_reason=WHY)).status == 303
    assert (await desk.now_is(case.code)).status is CaseStatus.CLOSED

    for name, role in (("chief", Role.WARD_LEADER), ("inspector", Role.INSPECTOR)):
        reader = await desk.signed_in(name, role)
        await reader.opens(f"/staff/cases/{case.code}")
        record = reader.text.split('data-testid="evidence"')[1].split("</section>")[0]
        assert WHY in record
        assert "Minh" in record
        assert len(re.findall(r'<img src="/staff/cases/[^"]+/small"', record)) == 2  # each once; that it has no date too
        assert record.count('data-testid="evidence-line"') == 2


async def test_of_a_case_one_may_not_open_only_the_day_is_told(sqlite_desk: StaffDesk) -> None:
    desk = sqlite_desk
    hidden = await desk.case("Bãi rác ở ngõ nhà tôi", ward=HOAN_KIEM, files=(await complained_with(desk, photo(12)),))
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.closes(files={"xong.jpg": jpeg(photo(12))})).status == 400
    looked = looked_at(minh)
    assert minh.shows("evidence_exact")
    assert minh.shows("evidence_from_hidden")
    assert hidden.code not in minh.text
    assert "Bãi rác" not in minh.text
    assert "evidence-then" not in looked
    assert (await minh.closes(files={}, reuse_reason=WHY)).status == 303
    await minh.opens(f"/staff/cases/{case.code}")
    assert minh.shows("evidence_exact")
    assert hidden.code not in minh.text


async def test_a_photo_without_metadata_is_noted_and_holds_nobody_up(sqlite_desk: StaffDesk) -> None:
    """Zalo takes time and place away; that is said on the record, and nothing else."""
    desk = sqlite_desk
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.closes(files={"xong.jpg": jpeg(photo(11))})).status == 303
    await minh.opens(f"/staff/cases/{case.code}")
    assert minh.shows("evidence_no_data")
    assert "finding--doubt" not in minh.text


async def test_a_photo_older_than_the_case_is_looked_at_once_and_needs_no_reason(sqlite_desk: StaffDesk) -> None:
    desk = sqlite_desk
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    old = jpeg(photo(11), "2026:05:02 08:30:00")
    assert (await minh.closes(files={"xong.jpg": old})).status == 400
    assert "08:30 02/05/2026" in looked_at(minh)
    assert "reuse_reason" not in minh.text
    assert (await minh.closes(files={})).status == 303


async def test_another_photo_put_in_after_looking_is_looked_at_too(sqlite_desk: StaffDesk) -> None:
    desk = sqlite_desk
    case = await desk.case(files=(await complained_with(desk, photo(12)), await complained_with(desk, photo(14))))
    minh = await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.closes(files={"a.jpg": jpeg(photo(12))})).status == 400
    assert (await minh.closes(files={"b.jpg": jpeg(photo(14))}, reuse_reason=WHY)).status == 400
    assert len(re.findall(r'data-testid="evidence-then"', minh.text)) == 2
    assert minh.shows("evidence_look")
    assert (await minh.closes(files={}, reuse_reason=WHY)).status == 303


async def test_a_closing_is_previewed_with_its_pictures_and_what_was_found_beside_them(sqlite_desk: StaffDesk) -> None:
    """The preview is where Minh looks: what was found and seen there is not put to him a second time."""
    desk = sqlite_desk
    case = await desk.case(files=(await complained_with(desk, photo(12)),))
    minh = await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    action, hidden = minh.form("close-form")
    fields = closing_fields("done", "Cảm ơn bác.") | {"as": "close"}
    photos = {"cu.jpg": jpeg(photo(12)), "moi.jpg": jpeg(photo(14))}
    assert (await minh.posts(action.replace("/close", "/preview"), hidden | fields, files=photos)).status == 200
    old, new = re.findall(r'data-testid="proof">(.*?)(?=data-testid="proof"|</section>)', minh.text, re.DOTALL)
    assert all(part.count('src="data:image/jpeg;base64,') == 1 for part in (old, new))
    assert "cu.jpg" in old
    assert "evidence-then" in old
    assert "evidence-then" not in new
    assert (await desk.now_is(case.code)).status is CaseStatus.OPEN
    assert (await minh.closes(files={}, reuse_reason=WHY)).status == 303


async def test_whoever_confirms_is_shown_the_photo_that_came_since(sqlite_desk: StaffDesk) -> None:
    """Hoa proposes with a photo; before the leader confirms, a resident sends the very same one, cropped."""
    desk = sqlite_desk
    case = await desk.case(kind=CaseKind.CONDUCT)
    hoa, chief = await desk.signed_in("hoa", Role.RESTRICTED_OFFICER), await desk.signed_in("chief", Role.WARD_LEADER)
    await hoa.opens(f"/staff/cases/{case.code}")
    assert (await hoa.closes(files={"anh.jpg": jpeg(photo(10))})).status == 303
    cropped = photo(10).crop((40, 30, 760, 560))
    other = await desk.case("Ngõ tối", files=(await complained_with(desk, cropped),))
    await print_all(desk)

    await chief.opens(f"/staff/cases/{case.code}")
    [proposal] = re.findall(r'data-testid="proposal">.*?</section>', chief.text, re.DOTALL)
    assert NO_DATA in proposal, "what was found for Hoa is beside the picture"
    [small] = re.findall(r'<img src="(/staff/[^"]+)"', proposal)
    picture = await chief.client.get(small)
    assert (picture.status, picture.content_type) == (200, "image/jpeg")

    assert (await chief.submits("proposal-form", verdict="confirm")).status == 400
    assert other.code in looked_at(chief)
    assert "evidence-then" in looked_at(chief)
    assert (await chief.submits("proposal-form", verdict="confirm")).status == 400
    assert chief.shows("evidence_reason_missing")
    assert (await desk.now_is(case.code)).status is CaseStatus.OPEN
    assert (await chief.submits("proposal-form", verdict="confirm", reuse_reason=WHY)).status == 303
    assert (await desk.now_is(case.code)).status is CaseStatus.CLOSED
    await chief.opens(f"/staff/cases/{case.code}")
    record = chief.text.split('data-testid="evidence"')[1].split("</section>")[0]
    assert WHY in record
    assert record.count(NO_DATA) == 1, "what was on record is not put there again"
    assert "Chief" in record
