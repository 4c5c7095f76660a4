"""The same words again: kept once with a count, and answered as long as somebody may wait for an answer."""

from datetime import timedelta

ALWAYS_TOLD = 2  # times
_EVERY = timedelta(minutes=1)


def may_tell_again(repeats: int, since_first: timedelta) -> bool:
    """Is this repetition acknowledged? The first two always; after that no more than one a minute, on the whole.

    Args:
        repeats: How often the words came again, this time included.
        since_first: The time since they were said first. Whoever asks once a day is always answered; of a flood, what
            one a minute would have been.
    """
    return repeats <= ALWAYS_TOLD + max(since_first, timedelta()) // _EVERY
