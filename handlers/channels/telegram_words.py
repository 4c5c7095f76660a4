"""A reply as Telegram's calls: the words in parts, the keyboard under the last. Plain values, made of a `Reply`, no network.

Files are another matter: `handlers.channels.telegram_uploads`.
"""

from typing import Any

from bot.domain.people import Language
from bot.domain.reply import Reply
from bot.wording import say
from handlers.channels.telegram_text import parts
from handlers.channels.telegram_updates import clean

Markup = dict[str, Any]

_NO_PREVIEW = {"is_disabled": True}
_NO_KEYBOARD: Markup = {"remove_keyboard": True}


def messages(chat: str, text: str, markup: Markup) -> list[dict[str, Any]]:
    """The parameters of each `sendMessage` it takes, in order."""
    pieces = parts(text)
    made: list[dict[str, Any]] = [{"chat_id": chat, "text": piece, "link_preview_options": _NO_PREVIEW} for piece in pieces]
    if made:
        made[-1]["reply_markup"] = markup
    return made


def with_keyboard(reply: Reply) -> tuple[str, Markup]:
    """The words, and the keyboard under them. A plain reply takes an earlier location button away again.

    Choices are an inline keyboard. A wish for the resident's location is a button of its own where there are no choices,
    else one more line: Telegram allows one keyboard a message.
    """
    text = clean(reply.text).strip()
    language = reply.language or Language.VI
    if reply.choices:
        if reply.asks_location:
            text = f"{text}\n\n{say(language, 'telegram_how_to_share_location')}"
        return text, {
            "inline_keyboard": [
                [{"text": clean(choice.label).strip() or "·", "callback_data": choice.data} for choice in row]
                for row in reply.choices
            ]
        }
    if reply.asks_location:
        button = {"text": say(language, "telegram_share_location"), "request_location": True}
        return text, {"keyboard": [[button]], "resize_keyboard": True, "one_time_keyboard": True}
    return text, _NO_KEYBOARD
