"""After a day without us: what waited is answered within Telegram's limits, in order; thousands of messages by command."""

from pathlib import Path

from tests.conftest import Place
from tests.faults.outage import drained

MESSAGES = 300  # 10,000 by `python -m tests.faults --outage 10000`


async def test_what_waited_is_answered_in_order_within_telegrams_limits(database_place: Place, tmp_path: Path) -> None:
    outcome = await drained(database_place, tmp_path, messages=MESSAGES)
    assert outcome.broken == []
    # What left us in time may arrive in a bunch on a machine that has much else to do.
    assert outcome.refusals <= outcome.replies // 20, str(outcome)
