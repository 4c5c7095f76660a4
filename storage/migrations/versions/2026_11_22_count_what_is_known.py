"""Count as undelivered what staff answered and nothing else, and tell which closings nobody knows more of.

`cases.tally` gets a digit for closings from before the gate: whether those were proved, quick or overridden is not known,
and they are no base for such a share. The digit of what did not arrive is counted anew: a reminder that failed is no
answer. Walking down counts it as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_count_what_is_known"
down_revision = "2026_11_22_hold_the_trail"
branch_labels = None
depends_on = None

_UNDELIVERED, _UNTOLD = 32**9, 32**10  # the digits' weights, as `storage.case_tally` had them on this day
# Whether staff's words failed: the event says so since answers are reached by other means, before that the outbox does.
_IS_ANSWER = """(details LIKE '%"answer"%' OR EXISTS (
    SELECT 1 FROM outbox WHERE outbox.case_id = case_events.case_id AND outbox.message_id IS NOT NULL
        AND replace(details, '": "', '":"') LIKE '%"reply":"' || outbox.id || '"%'
))"""
_UNDELIVERED_FILL = """
UPDATE cases SET tally = tally % {undelivered} + {undelivered} * (
    SELECT CASE WHEN count(*) < 31 THEN count(*) ELSE 31 END
    FROM case_events WHERE case_events.case_id = cases.id AND kind = 'undelivered' AND {counts}
) WHERE id IN (SELECT case_id FROM case_events WHERE kind = 'undelivered')
"""
_UNTOLD_FILL = """
UPDATE cases SET tally = tally + {untold} * (
    SELECT CASE WHEN unknown < 0 THEN 0 WHEN unknown > 31 THEN 31 ELSE unknown END FROM (
        SELECT (SELECT count(*) FROM case_events WHERE case_events.case_id = cases.id AND kind = 'closed')
            - (SELECT count(*) FROM closings WHERE closings.case_id = cases.id AND is_gated) AS unknown
    ) AS counted
) WHERE id IN (SELECT case_id FROM case_events WHERE kind = 'closed')
"""


def upgrade() -> None:
    _run(_UNDELIVERED_FILL, counts=_IS_ANSWER)
    _run(_UNTOLD_FILL)


def downgrade() -> None:
    _run("UPDATE cases SET tally = tally % {untold} WHERE tally >= {untold}")
    _run(_UNDELIVERED_FILL, counts="true")


def _run(statement: str, **parts: str) -> None:
    op.execute(sa.text(statement.format(undelivered=_UNDELIVERED, untold=_UNTOLD, **parts).replace(":", "\\:")))
