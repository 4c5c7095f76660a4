"""Should a failed sending be tried again? And when?"""

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
FEWEST_TRIES = 10  # before giving up: after an outage of our own a reply is old without having been tried
GIVE_UP_AFTER = timedelta(hours=24)  # from when the reply was queued; Telegram itself keeps an update no longer


def next_try(*, attempts: int, queued_at: datetime, now: datetime, told: timedelta | None = None) -> datetime | None:
    """When to try again, or None when it is time to give up.

    Args:
        attempts: Tries made so far, this one included; 1 or more.
        queued_at: When the reply joined the outbox.
        now: The present moment, aware, in UTC.
        told: How long the channel asked us to wait (`retry_after`); obeyed exactly, whatever our own schedule says.

    Returns:
        Waits 2, 4, 8 … seconds, at most 10 minutes, for 24 hours and at least 10 tries. A channel that says when is never
        given up on early.
    """
    if told is not None:
        return now + told
    if now - queued_at >= GIVE_UP_AFTER and attempts >= FEWEST_TRIES:
        return None
    doublings = min(attempts - 1, 12)
    return now + min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
