"""What fits into one Telegram message. How a longer text is split is `bot.domain.splitting`."""

from bot.domain.capabilities import CAPABILITIES
from bot.domain.people import Channel
from bot.domain.splitting import pieces, units
from handlers.channels.telegram_updates import clean

__all__ = ["LONGEST_CAPTION", "LONGEST_TEXT", "parts", "units"]

LONGEST_TEXT = CAPABILITIES[Channel.TELEGRAM].longest_text or 4096
LONGEST_CAPTION = CAPABILITIES[Channel.TELEGRAM].longest_caption


def parts(text: str, most: int = LONGEST_TEXT) -> list[str]:
    """The text in pieces of at most `most` units, none of them blank; see `pieces`."""
    return pieces(clean(text), most)
