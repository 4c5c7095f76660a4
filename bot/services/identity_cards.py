"""Whether words or file names declare a photo of an identity card or a passport: nobody here needs one (L-44).

What a photo shows is not looked into. What is said to its sender is its room's affair.
"""

import re

from bot.routing.folding import folded

_LOOKED_AT = 400  # characters
SHORT = 6  # words; a caption that is hardly more than the card's name says what the photo is

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
    if _CARD.search(words) and len(words.split()) <= SHORT:
        return not _ABOUT_CARDS.search(words)
    return any(_CARD.search(folded(re.sub(r"[^\w]|[_\d]", " ", name[:200]))) for name in names)
