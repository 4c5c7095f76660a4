"""What fits into one Telegram message. How a longer text is split is `bot.domain.splitting`."""

from bot.domain.splitting import TELEGRAM_LONGEST as LONGEST_TEXT
from bot.domain.splitting import pieces, units
from handlers.channels.telegram_updates import clean

__all__ = ["LONGEST_CAPTION", "LONGEST_TEXT", "parts", "units"]

LONGEST_CAPTION = 1024
# Source: https://core.telegram.org/bots/api#sendphoto ("after entities parsing"; we send plain text)


def parts(text: str, most: int = LONGEST_TEXT) -> list[str]:
    """The text in pieces of at most `most` units, none of them blank; see `pieces`."""
    return pieces(clean(text), most)
