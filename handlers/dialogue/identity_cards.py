"""A photo of an identity card is refused kindly where it is declared or obvious: nobody here needs it (L-44).

The file was fetched before the dialogue; it is never linked to a draft, a case or a contact, and its bytes are removed from
the store. What a photo shows is not looked into: only the words beside it and the file's name tell.
"""

import re
from dataclasses import replace

from bot.domain.incoming import IncomingKind
from bot.routing.folding import folded
from handlers.dialogue.asking import ask_next
from handlers.dialogue.turn import Turn

_LOOKED_AT = 400  # characters
_SHORT = 6  # words; a caption that is hardly more than the card's name says what the photo is
_REFUSED = "card:"  # before the album's id: its later photos are the card's other side

_CARDS = (
    "cccd|cmnd|cmtnd|cmt|can cuoc|chung minh nhan dan|chung minh thu|the cong dan|giay to tuy than|ho chieu|"
    "id card|identity card|national id|citizen id|passport"
)
_CARD = re.compile(rf"\b(?:{_CARDS})\b")
# The photo is said to be one of the card.
_DECLARED = re.compile(
    r"\b(?:day la|em gui|toi gui|minh gui|chau gui|gui|anh chup|chup|anh|hinh|ban chup|ban sao|mat truoc|mat sau|scan|"
    r"here is|here s|this is|photo of|picture of|copy of|front of|back of|attached is|sending)\b(?: \w+){0,3} "
    rf"(?:{_CARDS})\b"
    rf"|\b(?:{_CARDS})\b(?: \w+){{0,3}} (?:mat truoc|mat sau|hai mat|2 mat|cua toi|cua em|cua chau|cua minh|front|back)\b"
)
# Somebody was made to show one, or cards are what the matter is about: then the photo shows the matter.
_MADE_TO = re.compile(
    r"\b(?:bat|yeu cau|doi|phai|bi|buoc|khong|chua|cam|giu|lay|mat the|lam mat|lo|rao|mua ban|mua|nhat duoc|"
    r"asked|ask|demand|demands|demanded|forced|"
    r"require|requires|required|must|without|leaked|sold|found|kept|keeps|took|lost)\b"
)
_ABOUT_CARDS = re.compile(
    r"\b(?:bi|bat|khong|chua|giu|doi|tich thu|lam|cap|photocopy|cong chung|nhat duoc|mat the|lam mat|lo|rao|mua|ban the|"
    r"thu tuc|quay|bang|to roi|hang|quan|asked|refused|kept|lost|demand|demanded|queue|office|officer|sign|without|shop)\b"
)


def is_card(text: str, *names: str) -> bool:
    """Whether these words, or one of the file names, declare a photo or scan of an identity card or a passport."""
    words = folded(text[:_LOOKED_AT].replace("_", " "))
    declared = _DECLARED.search(words)
    if declared:
        before, after = words[: declared.start()].split()[-5:], words[declared.end() :].split()[:4]
        return not _MADE_TO.search(" ".join((*before, declared.group(), *after)))
    if _CARD.search(words) and len(words.split()) <= _SHORT:
        return not _ABOUT_CARDS.search(words)
    return any(_CARD.search(folded(re.sub(r"[^\w]|[_\d]", " ", name[:200]))) for name in names)


async def refuse(turn: Turn) -> bool:
    """Leave the files of such a message out and say why. Whether that was all there is to say about it."""
    incoming = turn.incoming
    if not incoming.files:
        return False
    is_other_side = bool(incoming.group_id) and turn.conversation.last_group_id == _REFUSED + incoming.group_id
    names = [file.name for file in incoming.files if file.name]
    if not is_other_side and not is_card(incoming.text, *names):
        return False
    await turn.uow.retention.doom([key for file in incoming.files for key in (file.key, file.shown_key) if key], turn.now)
    turn.incoming = replace(incoming, kind=IncomingKind.TEXT, files=(), group_id="")
    turn.conversation = replace(turn.conversation, last_group_id=_REFUSED + incoming.group_id)
    if is_other_side and not incoming.text.strip():
        return True
    turn.say("person_card_refused")
    if len(incoming.text.split()) > 2 * _SHORT:  # there is a matter beside it
        return False
    ask_next(turn)
    return True
