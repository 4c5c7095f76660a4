"""What was found about the photos of a closing: shown side by side before it is sent, and kept on the case's page."""

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace

from admin.case.parts import EvidenceLine, LookPart, PictureLine
from admin.guard import Visit
from bot.domain.case import Case, CaseCode, CaseId
from bot.domain.evidence import DOUBTS, Finding, FindingKind
from bot.domain.incoming import StoredFile
from bot.domain.thread import CaseEvent
from bot.errors import BotError
from bot.media_types import SHOWN_TYPE
from bot.ports import KeptFinding, UnitOfWork
from bot.services.check_evidence import check_evidence, record_findings
from bot.web import keys
from bot.web.forms import Form

LONGEST_REASON = 300  # characters
_CHECKED = frozenset({"closed", "proposed"})  # events before which photos were looked at


class LookFirst(BotError):
    """Something is odd about a photo: whoever closes the case looks at it first."""

    wording_key = "evidence_look"
    at = "evidence"  # the field that must be seen to

    def __init__(self, look: LookPart) -> None:
        super().__init__()
        self.look = look


class ReasonMissing(LookFirst):
    """A photo was here before, and nobody said why it is sent all the same."""

    wording_key = "evidence_reason_missing"
    at = "reuse_reason"


@dataclass(frozen=True, kw_only=True)
class Looked:
    """The findings about the photos of a form, and the part that shows them; None where nothing is odd."""

    findings: Sequence[Finding] = ()
    look: LookPart | None = None
    pictures: Sequence[PictureLine] = ()

    def must_be_seen(self, seen: str, reason: str) -> None:
        """Raises LookFirst, ReasonMissing."""
        if self.look is None:
            return
        if seen != self.look.seen:
            raise LookFirst(self.look)
        if self.look.needs_reason and not reason.strip():
            raise ReasonMissing(self.look)

    async def keep(self, visit: Visit, uow: UnitOfWork, case: Case, form: Form) -> None:
        """Put the findings on the case's record, in the transaction that closes or proposes.

        Raises: See `must_be_seen`.
        """
        reason = reason_of(form)
        self.must_be_seen(form.text("evidence_seen"), reason)
        await record_findings(
            uow, case_id=case.id, findings=self.findings, staff_id=visit.staff.id, reason=reason, now=visit.now
        )


def reason_of(form: Form) -> str:
    """Why a photo that was here before is sent all the same, as typed."""
    return " ".join(form.text("reuse_reason").split())[:LONGEST_REASON]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedLine:
    """A finding on the record, and the photo that it is about."""

    photo: str
    line: EvidenceLine


async def look_at(
    visit: Visit, code: CaseCode, files: Sequence[StoredFile], reason: str, *, shows_all: bool = False, again: bool = False
) -> Looked:
    """Check the photos among these files. Nothing is found for who may not see the case: the closing itself says so.

    Args:
        reason: Why a photo that was here before is sent all the same, as typed.
        shows_all: Make small copies of them also where nothing is odd: they are to be previewed.
        again: They were looked at before: only what is not on the case's record yet is found.
    """
    photos = {file.shown_key: file for file in files if file.shown_key}
    app = visit.request.app
    async with app[keys.STORAGE].reading() as uow:
        case = await uow.cases.visible(visit.viewer, code) if photos else None
        kept = await uow.evidence.of_case(case.id, visit.viewer) if case is not None and again else []
    if case is None:
        return Looked()
    on_record = {_what(one.finding) for one in kept}
    checked = await check_evidence(
        app[keys.STORAGE],
        case=case,
        files=list(photos.values()),
        store=app[keys.FILES],
        imager=app[keys.IMAGER],
        zone=app[keys.SETTINGS].zone,
        now=visit.now,
    )
    findings = [finding for finding in checked if _what(finding) not in on_record]
    is_odd = any(finding.kind in DOUBTS for finding in findings)
    if not is_odd and not shows_all:
        return Looked(findings=findings)
    async with app[keys.STORAGE].reading() as uow:
        seen_cases = {finding.earlier_case for finding in findings if finding.earlier_case is not None}
        codes = await uow.evidence.codes(seen_cases, visit.viewer)
    small = dict(zip(photos, await asyncio.gather(*(_inline(visit, key) for key in photos)), strict=True))
    lines = [_line(visit, one, small[one.photo], codes.get(one.earlier_case or CaseId(0))) for one in findings]
    found = [RecordedLine(photo=one.photo, line=line) for one, line in zip(findings, lines, strict=True)]
    pictures = [picture_line(file.name or "", key, found, small=small[key]) for key, file in photos.items()]
    look = LookPart(
        lines=lines,
        seen=_seen(findings),
        needs_reason=any(finding.is_reused for finding in findings),
        reason=reason[:LONGEST_REASON],
    )
    return Looked(findings=findings, look=look if is_odd else None, pictures=pictures)


def _what(finding: Finding) -> tuple[object, ...]:
    """What it says: a photo of a case that the viewer may not see is told by when it came."""
    return finding.photo, finding.kind, finding.earlier_at, finding.taken_at, finding.metres


async def read_record(visit: Visit, uow: UnitOfWork, case: Case, timeline: Sequence[CaseEvent]) -> list[RecordedLine]:
    """What is on the case's record, oldest first. One statement, and none for a case that nobody has tried to close."""
    if not any(event.kind.value in _CHECKED for event in timeline):
        return []
    kept = await uow.evidence.of_case(case.id, visit.viewer)
    return [RecordedLine(photo=one.finding.photo, line=_recorded(visit, case, one)) for one in kept]


def picture_line(name: str, photo: str, record: Sequence[RecordedLine], *, small: str, large: str = "") -> PictureLine:
    """The picture with what was found about it, beside which it need not be shown again."""
    lines = [replace(one.line, now="") for one in record if one.photo == photo]
    return PictureLine(name=name, small=small, large=large, lines=lines)


def _recorded(visit: Visit, case: Case, kept: KeptFinding) -> EvidenceLine:
    now = f"/staff/cases/{case.code}/files/{kept.file_id}/small" if kept.file_id else ""
    line = _line(visit, kept.finding, now, kept.earlier_code)
    return replace(line, who=kept.staff_name, at=kept.at, reason=kept.reason)


def _line(visit: Visit, finding: Finding, now: str, code: CaseCode | None) -> EvidenceLine:
    has_picture = code is not None and finding.earlier_file is not None
    return EvidenceLine(
        words=_words(visit, finding),
        is_doubt=finding.kind in DOUBTS,
        now=now,
        then=f"/staff/cases/{code}/files/{finding.earlier_file}/small" if has_picture else "",
        then_code=code,
        then_at=finding.earlier_at,
    )


def _words(visit: Visit, finding: Finding) -> str:
    zone = visit.request.app[keys.SETTINGS].zone
    at = finding.taken_at.astimezone(zone).strftime("%H:%M %d/%m/%Y") if finding.taken_at else ""
    metres = finding.metres or 0
    number = f"{metres / 1000:.1f}" if metres < 20_000 else str(metres // 1000)
    far = number if visit.language.value == "en" else number.replace(".", ",")
    return visit.say(f"evidence_{finding.kind.value}", at=at, km=far)


def _seen(findings: Sequence[Finding]) -> str:
    """Changes with what there is to look at."""
    said = [f"{one.photo} {one.kind.value} {one.earlier_file}" for one in findings if one.kind is not FindingKind.NO_DATA]
    return hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()[:16]


async def _inline(visit: Visit, key: str) -> str:
    """A small copy within the page: no address leads to a photo that is in no case yet."""
    app = visit.request.app
    try:
        small = await app[keys.FILE_KEEPER].small(await app[keys.FILES].get(key))
    except FileNotFoundError:
        return ""
    return f"data:{SHOWN_TYPE};base64,{b64encode(small).decode()}" if small else ""
