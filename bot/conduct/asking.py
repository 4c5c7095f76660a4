"""Is this message a question about the rules, and does it ask for a fine? Pure, and rather no than wrongly yes.

A report may sound like a question ("hút thuốc ở bến xe mà không ai nhắc à?"): whatever tells of a happening is none.
"""

import re

from bot.routing.folding import folded

MOST_WORDS = 30  # who writes more tells of something

_ASKS_VI = re.compile(
    r"\b(?:co (?:bi |duoc phep |duoc |vi pham |phai |cam |trai |sai |nen )"
    r"|(?:duoc|dc|duoc phep|bi cam|bi phat|vi pham|sao|trai quy dinh|sai quy dinh) (?:khong|ko|k|hong|hem|chua|a)$"
    r"|(?:duoc|dc|bi cam|bi phat|vi pham) (?:khong|ko|k) (?:a|vay|nhi|ban|the|ad|ah|ha)\b"
    r"|duoc phep|(?:noi|quy dinh|cam|ghi|gom|khuyen) (?:nhung )?(?:gi|the nao|ra sao|dieu gi|nhu the nao)\b"
    r"|quy (?:tac|dinh) .*\b(?:the nao|gi|khong|ko|k|ra sao)\b|bat buoc phai|thi (?:sao|co sao)\b"
    r"|(?:phat|muc phat) (?:bao nhieu|the nao|nhu the nao|may|bn|tien)|muc phat)"
)
_ENDS_AS_QUESTION_VI = re.compile(
    r"\b(?:khong|ko|k|chua|gi|sao|the nao|bao nhieu)(?: (?:a|vay|nhi|ban|the|ad|ah|ha|em|anh|chi))?$"
)
_ASKS_EN = re.compile(
    r"\b(?:allowed|permitted|forbidden|prohibited|illegal|legal|banned|against the (?:rules?|law|code)"
    r"|fined?|penalty|penalties|may i|can i|can we|may we|can (?:people|officials|staff|they)|must i"
    r"|do i have to|is it (?:ok|okay|fine|right)"
    r"|what (?:does|do|is|are) .*\b(?:rules?|codes?|fine|penalty)|rules? (?:about|on|for)|codes? (?:say|of conduct say))\b"
)
_ENGLISH_QUESTION = re.compile(r"^(?:\w+ ){0,4}?(?:is|are|can|may|do|does|am|what|which|how|must|should|could|will)\b")
# What tells of a happening, complains or asks for something to be done.
_TELLS = re.compile(
    r"\b(?:co (?:mot )?(?:nguoi|nhieu|ong|ba|anh|chi|may|nhom|dam|thanh nien|ho|nha|con)|nhieu nguoi|dang (?!duoc)"
    r"|suot|lien tuc|thuong xuyen|hom (?:nay|qua|kia)|(?:sang|chieu|toi) (?:nay|qua)|dem qua|vua (?:roi|xong|moi)"
    r"|(?:ngay|toi|sang) nao|the nay|kin|goi ai|day (?:ngo|duong|pho|via)|(?:khong|k|ko) (?:ai|thay ai|co ai)"
    r"|(?:tai )?sao (?:khong|ko|lai|cu|van|ma)|tai sao|bao gio (?:moi|thi)|den bao gio"
    r"|de nghi|kinh (?:mong|de nghi)|mong (?:phuong|ubnd|chinh|co quan|cac)|xu l[yi]|phan anh|nho (?:phuong|cac|anh|chi)"
    r"|nen (?:them|bo sung|sua|doi|ghi|dua)|bo sung|hang xom|nha (?:ben|toi|em|minh|canh|doi)"
    r"|qua (?:on|ban|te|nhieu)|rach|hong|mat roi|someone|somebody"
    r"|people (?:are|keep|always)|there (?:is|are)|they (?:are|keep)|every (?:day|night|morning)"
    r"|last night|yesterday|this morning|tonight|my neighbou?rs?|next door|nobody|no one|keeps?"
    r"|add to the (?:codes?|rules?)|(?:could|should) the (?:codes?|rules?) (?:say|add|include|have)"
    r"|please (?:do|add|fix|send|stop|help|remove|handle)|why (?:does|do|is|are))\b"
)
_FINES = re.compile(r"\b(?:phat|xu phat|muc phat|tien phat|fine|fines|fined|penalty|penalties|punished|punishment)\b")


def asks_about_rules(text: str) -> bool:
    """Is the text a question about what is allowed or fined, and no tale of what happened?"""
    plain = folded(text[:2_000])
    if not plain or len(plain.split()) > MOST_WORDS or tells_of_a_happening(text):
        return False
    has_sign = "?" in text
    if _ASKS_EN.search(plain) and (has_sign or _ENGLISH_QUESTION.match(plain)):
        return True
    return bool(_ASKS_VI.search(plain)) and (has_sign or bool(_ENDS_AS_QUESTION_VI.search(plain)))


def tells_of_a_happening(text: str) -> bool:
    """Does the text tell of something that happened, or ask that something be done?"""
    return bool(_TELLS.search(folded(text[:2_000])))


def asks_about_fines(text: str) -> bool:
    """Do the words ask what something costs?"""
    return bool(_FINES.search(folded(text[:2_000])))
