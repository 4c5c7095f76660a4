"""Look whether the photos of a closing were here before, and whether their time and place fit the case.

It reads the database, but is no part of a transaction: pictures are fetched and compared in between. So it is done before a
closing is shown or made, and `record_findings` keeps what was found, in the closing's own transaction.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, tzinfo

from bot.domain.case import Case, CaseId
from bot.domain.evidence import Finding, FindingKind, Scene, told_by_the_camera
from bot.domain.incoming import StoredFile
from bot.domain.people import StaffId
from bot.ports import FileStore, Imager, Sighting, Storage, UnitOfWork

MOST_CANDIDATES = 6  # pictures that share words and are laid over the photo
MOST_SIGHTINGS = 50  # of one picture, oldest first


async def check_evidence(
    storage: Storage,
    *,
    case: Case,
    files: Sequence[StoredFile],
    store: FileStore,
    imager: Imager,
    zone: tzinfo,
    now: datetime,
) -> list[Finding]:
    """What is found about each photo, in the photos' order; each has at least one finding.

    Args:
        files: Of the closing, kept but not attached yet. Those without a copy that may be shown are no photos.
        zone: The city's: of cameras that do not say theirs.
    """
    photos = [file for file in files if file.shown_key]
    found = await asyncio.gather(*(_check(storage, case, file, store, imager, zone, now) for file in photos))
    return [finding for findings in found for finding in findings]


async def record_findings(
    uow: UnitOfWork, *, case_id: CaseId, findings: Sequence[Finding], staff_id: StaffId, reason: str, now: datetime
) -> None:
    """Keep them on the case's record, with why a photo that was here before was sent all the same."""
    await uow.evidence.add(case_id, findings, staff_id=staff_id, reason=reason.strip(), now=now)


async def _check(
    storage: Storage, case: Case, file: StoredFile, store: FileStore, imager: Imager, zone: tzinfo, now: datetime
) -> list[Finding]:
    reused = await _reuse(storage, file, store, imager)
    taken = await imager.taken(await store.get(file.key), file.media_type)
    scene = Scene(filed_at=case.created_at, point=case.point)
    told = told_by_the_camera(file.shown_key, taken, scene, zone=zone, now=now)
    if reused is None:
        return told
    return [reused, *(finding for finding in told if finding.kind is not FindingKind.NONE)]


async def _reuse(storage: Storage, file: StoredFile, store: FileStore, imager: Imager) -> Finding | None:
    """The oldest place where the photo was seen before."""
    async with storage.reading() as uow:
        seen = await uow.prints.sightings([file.key, file.shown_key], 1)
    if seen:
        return _found(file, FindingKind.EXACT, seen[0])
    shown = await store.get(file.shown_key)
    words = await imager.asked_words(shown)
    async with storage.reading() as uow:
        keys = await uow.prints.alike(words, MOST_CANDIDATES)
    same = [key for key in keys if await _is_same(shown, key, store, imager)]
    if not same:
        return None
    async with storage.reading() as uow:
        seen = await uow.prints.sightings(same, MOST_SIGHTINGS)
    return _found(file, FindingKind.ALIKE, seen[0]) if seen else None


async def _is_same(shown: bytes, key: str, store: FileStore, imager: Imager) -> bool:
    try:
        other = await store.get(key)
    except FileNotFoundError:  # erased meanwhile
        return False
    return (await imager.compare(shown, other)).is_same


def _found(file: StoredFile, kind: FindingKind, first: Sighting) -> Finding:
    return Finding(
        photo=file.shown_key, kind=kind, earlier_file=first.file_id, earlier_case=first.case_id, earlier_at=first.at
    )
