"""A text → words that can be compared with the lexicon, whatever way they were typed.

Short forms that residents type are spelled out ("ko" → "không", "sđt" → "số điện thoại"), long-drawn letters are shortened
("quáááá" → "quá"), and y and i at the end of a syllable are one letter ("xử lí"). How marks are taken off is
`bot.routing.folding`; which words mean what is `lexicon`.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.routing.folding import fold

HEAD, TAIL = 12_000, 4_000  # characters that are looked at, of a text longer than both together

_FOLD = fold.__wrapped__  # `_faces` keeps what it found; kept twice, the lexicon's words alone would take a megabyte more
_WORD = re.compile(r"[^\W_]+")
_DRAWN = re.compile(r"([^\W\d_])\1{2,}")
_Y_FOR_I = re.compile(r"^(h|k|l|m|s|t|qu)y$")
_LETTERS = re.compile(r"[a-z]+")
# Onset, vowels, coda of an unmarked Vietnamese syllable: what does not fit is a foreign word, a short form or a slip.
_SYLLABLE = re.compile(r"(ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(ch|nh|ng|[cmnpt])?")

# Short forms that residents type; each stands for the words on the right. Swearing stays as it is.
_SHORT = """
ko k hok hong hông hổng hổg kg khg kh hem kô hk=không;dc đc đx dx đuoc=được;mn mng=mọi người;ng=người;j ji=gì
r rùi rui ròi=rồi;vs=với;cx cũg=cũng;ms=mới;nc nch=nói chuyện;sdt sđt đt=số điện thoại;cb cbộ=cán bộ;tdp=tổ dân phố
ql=quản lý;qtux qtưx=quy tắc ứng xử;tks thks thanx=cảm ơn;rep=trả lời;ib=nhắn;oto=ô tô;xm=xe máy;kara=karaoke
bn=bao nhiêu;nhiu nhiêu=bao nhiêu;h=giờ;ntn=như thế nào;z zậy zay=vậy;ngta=người ta;nv nviên=nhân viên
cf cafe=cà phê;csgt=cảnh sát giao thông;cskv=cảnh sát khu vực;ubnd=ủy ban nhân dân;ub=ủy ban;pct=phó chủ tịch
ktra=kiểm tra;pakn=phản ánh kiến nghị;ttpvhcc=trung tâm phục vụ hành chính công;hsơ=hồ sơ;trc=trước;mk=mình
qđ=quyết định;vsmt=vệ sinh môi trường;gdvh gđvh=gia đình văn hóa;nvh=nhà văn hóa;vh=văn hóa;qc=quảng cáo;đg=đường
bthg=bình thường;thik=thích;bik bít=biết;lun=luôn;dùm=giùm;uỷ=ủy;hoà=hòa;vn=Việt Nam;hcc=hành chính công
tthc=thủ tục hành chính;attp=an toàn thực phẩm;sm=sớm;tg=thời gian;dth đthoại=điện thoại;kn=khiếu nại
mxh=mạng xã hội
"""

_FRAMES = {"khong": frozenset({"co", "phai"}), "chua": frozenset({"da", "co", "duoc"})}  # how a question ends: opens
_FRAME = 12  # words from the opening to the end
_AFTER_ASKING = frozenset(
    {"a", "ah", "vay", "nhi", "the", "ha", "nhe", "ad", "bot", "em", "anh", "chi", "ban", "oi", "v", "z"}
)
# English words that stand in every sentence. In a Vietnamese text the same letters are other words ("mẹ", "cần", "thẻ").
_SMALL = """
a an and the is are was were be been of to in on at with without for from by as but or than then so very
too it its this that these those there my me his her him their them our us we i he she they one two three some into
up out has have had not just also after before near next every each all
"""
SMALL_WORDS = frozenset(_SMALL.split())


class Token(NamedTuple):
    """One word. `after_stop`: a full stop, question mark or line end stands before it."""

    plain: str
    marked: str
    after_stop: bool

    @property
    def has_marks(self) -> bool:
        return self.marked != self.plain


@dataclass(frozen=True, slots=True)
class Text:
    """What a text is made of. `is_marked`: its writer sets marks, so that a word without any is meant without."""

    tokens: tuple[Token, ...]
    is_marked: bool
    is_english: bool
    asks: bool  # a question mark anywhere, or "có … không" at the end
    lowered: str  # for what needs signs: links, codes


def read(text: str) -> Text:
    """The words of a text: all of them, or of a very long one its beginning and its end."""
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]}\n{text[-TAIL:]}"
    nfc = text if text.isascii() else unicodedata.normalize("NFC", text)
    tokens: list[Token] = []
    last = 0
    marked = foreign = letters = 0
    for found in _WORD.finditer(nfc):
        start, end = found.span()
        between, last, typed = nfc[last:start], end, nfc[start:end]
        stops = between != " " and bool(tokens) and ("." in between or "?" in between or "!" in between or "\n" in between)
        spelled = _spelled_out(typed, tokens)
        for at, word in enumerate(spelled):
            plain, with_marks, kind = _faces(word)
            tokens.append(Token(plain, with_marks, stops and not at))
            if kind and word == typed:  # whoever types "ko" sets no marks
                letters += 1
                marked += plain != with_marks
                foreign += kind == 2
    return Text(
        tokens=tuple(tokens),
        is_marked=marked * 4 >= letters and marked > 1,
        is_english=foreign * 5 >= letters and marked * 8 <= letters and foreign > 0,
        asks="?" in nfc or _asks_at_end(tokens),
        lowered=nfc.casefold(),
    )


def _asks_at_end(tokens: list[Token]) -> bool:
    """Without a question mark, but with "có … không", "đã … chưa" around its last words."""
    last = len(tokens) - 1
    while last > 0 and tokens[last].plain in _AFTER_ASKING:
        last -= 1
    opens = _FRAMES.get(tokens[last].plain) if last > 0 else None
    return opens is not None and any(token.plain in opens for token in tokens[max(0, last - _FRAME) : last])


def _spelled_out(word: str, before: list[Token]) -> tuple[str, ...]:
    known = _SHORT_FORMS.get(word.casefold())
    if known is None:
        if word in ("CA", "Ca") or (word == "ca" and before and before[-1].plain in ("bao", "goi", "len", "ra")):
            return ("công", "an")
        return (word,)
    if word in ("k", "h", "K") and before and before[-1].plain[-1:].isdigit():
        return (word,)  # 500 k, 22 h
    return known


@lru_cache(maxsize=16_384)
def _faces(word: str) -> tuple[str, str, int]:
    """Plain and marked face, and 0 for no word of letters, 1 for a syllable, 2 for what is no Vietnamese syllable."""
    plain, marked = _FOLD(_DRAWN.sub(r"\1", word) if len(word) > 3 else word)
    if _Y_FOR_I.match(plain):
        plain, marked = plain[:-1] + "i", marked.replace("y", "i")
    if not _LETTERS.fullmatch(plain):
        return plain, marked, 0
    return plain, marked, 1 if plain != marked or _SYLLABLE.fullmatch(plain) else 2


def is_syllable(plain: str) -> bool:
    """Could it be a Vietnamese syllable without its marks?"""
    return _SYLLABLE.fullmatch(plain) is not None


def faces(word: str) -> tuple[str, str]:
    """The plain and the marked face of one word of the lexicon."""
    return _faces(word)[:2]


def _read_short_forms() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in re.split(r"[;\n]", _SHORT.strip()):
        shorts, _, long = line.partition("=")
        found |= dict.fromkeys(shorts.split(), tuple(long.split()))
    return found


_SHORT_FORMS = _read_short_forms()
