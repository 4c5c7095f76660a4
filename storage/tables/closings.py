"""How cases were closed, and what waits for a second person."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table, false, true

from storage.tables.base import metadata, only_where
from storage.types import CleanText, Id, SealedJson, SealedText, UtcDateTime

# One row for each time a case was closed. One from before the gate knows its outcome and its moment, no more. The words are
# sealed, as all that staff write of a case: they may name whoever sent it.
closings = Table(
    "closings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("closer_id", Id, ForeignKey("staff.id")),  # NULL: the resident's own wish, or before the gate
    Column("proposed_by", Id, ForeignKey("staff.id")),  # where it took two
    Column("outcome", String(16), nullable=False),
    Column("message_id", Id, ForeignKey("messages.id")),  # the words and files that the resident was sent
    Column("words", SealedText, nullable=False, server_default=""),  # the closer's own, without what each outcome adds
    Column("what", SealedText, nullable=False, server_default=""),
    Column("unit", SealedText, nullable=False, server_default=""),
    Column("done_on", Date),
    Column("planned_for", Date),
    Column("handed_to", SealedText, nullable=False, server_default=""),
    Column("is_handed_over", Boolean, nullable=False, server_default=false()),
    Column("ground", String(16)),
    Column("basis", SealedText, nullable=False, server_default=""),
    Column("duplicate_of", Id, ForeignKey("cases.id", name="fk_closings_duplicate_of")),
    Column("has_evidence", Boolean, nullable=False, server_default=false()),
    Column("missing", CleanText, nullable=False, server_default=""),  # parts that were waived, joined by ","
    Column("override_reason", SealedText, nullable=False, server_default=""),
    Column("overridden_by", Id, ForeignKey("staff.id")),
    Column("minutes_open", Integer),  # since it was filed or last opened again; NULL before the gate
    Column("disputed_at", UtcDateTime),  # the resident says that it is not true
    Column("returns_at", UtcDateTime),  # when a planned case comes back; NULL once it did
    Column("is_gated", Boolean, nullable=False, server_default=true()),
    Column("ask_due_at", UtcDateTime),  # when its resident is next asked whether it is still so; NULL: never again
    Column("asked", Integer, nullable=False, server_default="0"),  # how many of these questions are over
)
Index("ix_closings_case", closings.c.case_id, closings.c.id)
Index("ix_closings_ask", closings.c.ask_due_at, **only_where("ask_due_at IS NOT NULL"))
Index("ix_closings_returns", closings.c.returns_at, **only_where("returns_at IS NOT NULL"))

# A closing or a new day that one proposes and another decides. `content` is the report with its files.
proposals = Table(
    "proposals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),  # of the case: once that has risen, the proposal is void
    Column("content", SealedJson),
    Column("override_reason", SealedText, nullable=False, server_default=""),
    Column("due_at", UtcDateTime),
    Column("words", SealedText, nullable=False, server_default=""),
    Column("verdict", String(16)),
    Column("decided_by", Id, ForeignKey("staff.id")),
    Column("decided_at", UtcDateTime),
    Column("answer", SealedText, nullable=False, server_default=""),
    CheckConstraint("verdict NOT IN ('confirmed', 'returned') OR decided_by <> staff_id", name="two_people"),
)
Index("ix_proposals_waiting", proposals.c.case_id, unique=True, **only_where("verdict IS NULL"))
