"""A reply's choices as numbered lines below its words: for messengers without buttons.

What may be answered to them is read by `handlers.dialogue.answers`; both number by `bot.domain.reply.numbered`.
"""

from bot.domain.people import Language
from bot.domain.reply import Reply, numbered
from bot.wording import say
from handlers.channels.telegram_updates import clean


def with_lines(reply: Reply) -> str:
    """The words, then a line for each choice, then how to choose; the words alone where nothing can be chosen.

    What takes its own words carries no number: 'Muốn chọn, Bạn nhắn đúng lời: “Đồng ý xóa”.'
    """
    language = reply.language or Language.VI
    lines = numbered(reply.offered)
    counted = [f"{number}. {_one_line(choice.label)}" for number, choice in lines if number is not None]
    worded = [say(language, "lines_in_words", words=_one_line(choice.label)) for number, choice in lines if number is None]
    how = [say(language, "lines_how")] if counted else []
    parts = (reply.text.strip(), "\n".join(counted), "\n".join([*worded, *how]))
    return "\n\n".join(part for part in parts if part)


def _one_line(label: str) -> str:
    return " ".join(clean(label).split()) or "·"
