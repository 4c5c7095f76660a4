"""What exports and registers are made of: plain values as storage keeps them, of the columns that are told and no others.

A hundred thousand cases pass through here at once: a whole `Case` with its clocks would take as long as all the rest.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from bot.domain.case import CaseCode, CaseId, CaseKind, CaseStatus, Desk
from bot.domain.outcome import Outcome
from bot.domain.people import Channel
from bot.domain.ward import WardCode


class ExportedFile(NamedTuple):
    """Of a message: its key in the file store (empty: it is not there), its type, and why it is not there."""

    key: str
    media_type: str
    trouble: str | None


class ExportedMessage(NamedTuple):
    """A message of a thread. Moments are ISO 8601 in UTC; `delivery` is None for what needs none."""

    author: str
    text: str
    at: str
    edited_at: str | None
    files: Sequence[ExportedFile]
    delivery: str | None


class ExportedCase(NamedTuple):
    """A case with its thread, oldest first. Names of kinds, desks and the like are their values; moments as above."""

    id: CaseId
    code: CaseCode
    kind: str
    category: str
    ward_code: str | None
    desk: str
    channel: str
    source_id: str
    status: str
    outcome: str | None
    text: str
    created_at: str
    due_at: str
    closed_at: str | None
    disputes: int
    messages: Sequence[ExportedMessage]


class LastClosing(NamedTuple):
    """What the last closing of a case says, and how many closings it had. One from before the gate is not `is_gated`."""

    times: int
    is_gated: bool
    outcome: Outcome
    what: str
    unit: str
    done_on: date | None
    planned_for: date | None
    handed_to: str
    is_handed_over: bool
    ground: str | None
    basis: str
    has_evidence: bool
    is_overridden: bool


class ReceivedCase(NamedTuple):
    """A case as a register tells it."""

    id: CaseId
    code: CaseCode
    kind: CaseKind
    ward_code: WardCode | None
    desk: Desk
    channel: Channel
    status: CaseStatus
    outcome: Outcome | None
    text: str
    created_at: datetime
    due_at: datetime
    closed_at: datetime | None
    is_anonymous: bool
    disputes: int
    main_case_id: CaseId | None


class Received(NamedTuple):
    """A matter as a register has it: the case that stands for it, and how many people brought it on the days chosen.

    `main_code` is of the case it joined, where that one is not in this register; else empty.
    """

    case: ReceivedCase
    people: int
    main_code: CaseCode


class ReceivedPage(NamedTuple):
    """Some of them, in order of reception: of so many cases that were looked through, the last of which has that id."""

    rows: Sequence[Received]
    scanned: int
    last_id: CaseId
