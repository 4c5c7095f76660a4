"""The small words around a place's name, in Vietnamese and English, with and without marks.

A word that somebody wrote with marks is compared with marks: "xả" (to litter) and "phương" (way) are other words.
"""

from bot.routing.gazetteer import UnitKind
from bot.routing.tokens import Token, faces

Kinds = frozenset[UnitKind]
PHUONG, XA, TOWN = frozenset({UnitKind.PHUONG}), frozenset({UnitKind.XA}), frozenset({UnitKind.THI_TRAN})
ANY_KIND = frozenset(UnitKind)


def _words(*spelled: str) -> frozenset[str]:
    """Both faces of every word."""
    return frozenset(face for line in spelled for word in line.split() for face in faces(word))


_BEFORE: dict[str, Kinds] = (
    dict.fromkeys(_words("phường p f ph phg ward"), PHUONG)
    | dict.fromkeys(_words("xã x commune"), XA)
    | dict.fromkeys(_words("tt ttr town township"), TOWN)
)
_AFTER: dict[str, Kinds] = {"ward": PHUONG, "commune": XA, "township": TOWN, "town": TOWN}
_GLUED = {"phuong": PHUONG, "xa": XA, "thitran": TOWN, "p": PHUONG, "x": XA}
_DISTRICTS = _words("quận q huyện h tx district")
_CITIES = _words("tp thành tỉnh t province city")
LONG_CITY = ("thanh", "pho")
# Words that "thị" ends: after them "siêu thị, xã Đông Anh" names a shop and a commune, no town.
_XA = frozenset({"xã", "xa"})
_ENDED_BY_THI = _words("siêu") | {"đô"}
STREETS = _words("đường phố ngõ ngách hẻm street road lane alley st rd")
VILLAGES = _words("thôn làng xóm ấp village hamlet")
# Whatever is named by one of these is no ward: "chợ Bưởi", "hồ Tây", "cầu Long Biên".
THINGS = STREETS | _words("cầu chợ hồ trường bệnh chùa đền đình cống ga bến khu tòa chung school market lake bridge")
ENGLISH_THINGS = _words("street road lane alley st rd school market lake bridge hospital pagoda station park")
GROUPS = _words("tổ khu xóm đội cụm thôn tdp")
NUMBER_WORDS = _words("số no số")
LOCATIVES = _words("ở tại vực quanh bàn thuộc trong phía địa bàn trên in at near from around within of owr")
JOINTS = _words(
    "thuộc của tại ở trực cũ in of the tp city old former town thành phố tỉnh province district huyện quận h q tx"
)
OLD_AFTER, OLD_BEFORE = _words("cũ"), frozenset({"old", "former", "formerly", "nguyên", "nguyen"})
NEW_AFTER = _words("mới")
NEW_BEFORE = frozenset({"new"})
LONG_OLD = (("truoc", "day"), ("truoc", "kia"), ("ngay", "truoc"), ("hoi", "truoc"), ("ngay", "xua"))
LONG_NEW = (("hien", "nay"), ("bay", "gio"))
NOW = (("nay", "la"), ("nay", "thuoc"), ("gio", "la"), ("gio", "thuoc"), ("thanh",), ("now",), ("vao",))
DENIED = (("khong", "phai"), ("ko", "phai"), ("k", "phai"), ("chu", "khong"), ("chu", "ko"), ("not",))
MISTAKEN = (("nham",), ("a", "quen"), ("sua", "lai"), ("dung", "ra"), ("i", "mean"), ("sorry",), ("correction",))
CORRECTING = _words(
    "không phải ko k mà là chứ nhầm rồi xin lỗi quên sửa lại đúng ra not but sorry i mean correction it is this"
)
INSTEAD = (("ma", "la"), ("ma", "o"), ("but",), ("but", "in"))
AND = _words("và với hay hoặc giữa and or")
CONTRAST = _words("nhưng còn song mà tuy but while")
HOME = _words("nhà quê sống ngụ trú cư live home house reside")
PERSONS = _words("tôi toi em mình minh tui cháu chau anh chị bác cô chú con tớ gia đình my i we our")
BETWEEN = _words("giáp ranh giữa between")
FILLERS = (
    _words("ở tại trong thuộc in at near the of thành phố tp city nam vn a ạ à nhé này đây cũ mới old former new nay live")
    | _words("khu vực vâng dạ hiện trước kia xưa from am and và")
    | PERSONS
    | HOME
)
# Around a name with its kind word; a name alone may be a person's: "Bạch Mai là bạn tôi".
OFFICES = _words("địa bàn ubnd ủy ban nhân dân people s committee toàn thể là cán bộ chính quyền is")
# At the end of a sentence; no letter of a name is missing there.
PARTICLES = _words("ạ à á ơi nhé nha nhá vậy nhỉ")
# In an ordinary sentence these stand after "xã" or "phường" without naming one.
ORDINARY = _words(
    "tôi em mình ta tui có không đã đang chưa này nào bị là và với thì mà ở của cho rất cần nên sẽ được hội viên trưởng "
    "nhà khi nếu để đi hay cũng chúng các những một hai ba mấy bao xin ra vào lên xuống rồi nữa quá gần trên trong"
)


def kind_before(tokens: tuple[Token, ...], at: int) -> tuple[Kinds, int] | None:
    """The kind word that begins here, and how many tokens it is."""
    token = tokens[at]
    kinds = _BEFORE.get(token.canon)
    if kinds is not None:
        return kinds, 1
    if token.typed and token.plain in _GLUED:  # "phuongf": the keyboard's mark says that a mark was meant
        return _GLUED[token.plain], 1
    return (TOWN, 2) if _is_town_word(tokens, at, frozenset({"trấn", "tran"})) else None


def _is_town_word(tokens: tuple[Token, ...], at: int, seconds: frozenset[str]) -> bool:
    """Is it "thị" and one of these, as one word?"""
    is_pair = tokens[at].plain == "thi" and at + 1 < len(tokens) and tokens[at + 1].canon in seconds
    return is_pair and tokens[at + 1].gap in ("", " ") and not (at and tokens[at - 1].canon in _ENDED_BY_THI)


def loose_kind(tokens: tuple[Token, ...], at: int) -> Kinds | None:
    """A kind word with the wrong marks ("phưòng", "phương", "xả"); it counts only before a name that fits to the letter."""
    token = tokens[at]
    if not token.has_marks or (token.is_capital and at):
        return None
    return {"phuong": PHUONG, "xa": XA}.get(token.plain)


def kind_after(tokens: tuple[Token, ...], at: int) -> Kinds | None:
    return _AFTER.get(tokens[at].plain) if at < len(tokens) else None


def glued_kinds(plain: str) -> list[tuple[str, Kinds]]:
    """Kind words that a word may begin with: "phuongtayho"."""
    return [(word, kinds) for word, kinds in _GLUED.items() if plain.startswith(word)]


def district_before(tokens: tuple[Token, ...], at: int) -> int:
    """How many tokens the district word is that begins here; 0: there is none."""
    token = tokens[at]
    if token.canon in _DISTRICTS:
        return 1
    return 2 if _is_town_word(tokens, at, _XA) else 0


def city_before(tokens: tuple[Token, ...], at: int) -> int:
    """How many tokens the word for a city or a province is that begins here; 0: there is none."""
    token = tokens[at]
    if token.plain == LONG_CITY[0]:
        is_city = at + 1 < len(tokens) and tokens[at + 1].plain == LONG_CITY[1] and tokens[at + 1].gap in ("", " ")
        return 2 if is_city else 0
    return 1 if token.canon in _CITIES else 0


def stands(tokens: tuple[Token, ...], at: int, words: tuple[str, ...]) -> bool:
    """Do these plain words begin here?"""
    return at >= 0 and tuple(token.plain for token in tokens[at : at + len(words)]) == words
