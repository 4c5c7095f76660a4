"""Where a text holds personal data: phones, identity numbers, plates, e-mail, bank accounts. Positions, never the values.

Numbers are found however they are spelled: with dots, spaces, dashes and brackets between the digits, with +84, with digits
in full width, and with words among them ("0912 ba bốn năm 678", "0912 chấm 345 chấm 678"). What a bare row of digits is
follows from its length and from the words around it; in doubt it counts as personal, for what is masked wrongly costs staff
one tap.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.routing.folding import fold

LONGEST = 200_000  # characters that are looked at
_EDGE = " .-_/,*•·"
_FEWEST = 6  # digits of anything personal, but for plates
_NEAR = 40  # characters before a number in which a word says what it is


@dataclass(frozen=True, slots=True)
class Span:
    """`type`: phone, identity, plate, email or bank_account; `start` and `end` are character offsets in the text."""

    type: str
    start: int
    end: int


_DIGIT_WORDS = (
    "zero|one|two|three|four|five|six|seven|eight|nine|oh|o|không|khong|một|mot|mốt|hai|ba|bốn|bon|tư|tu|năm|nam|lăm|lam|"
    "sáu|sau|bảy|bay|tám|tam|chín|chin|linh|lẻ"
)
_STOPS = "chấm|cham|gạch|gach|phẩy|phay|rồi|roi|tiếp|tiep|xong|đến|den|dot|dash|then"
_BETWEEN = rf"(?:[ .,\-/]{{1,2}}(?:{_STOPS})(?=[ .,]))?[ .,\-/]{{1,2}}"
_GAP = r"[ .\-_/()\u00a0\u2009\u202f\u2010-\u2015·•,*]{0,3}"
_MAIL_HOUSES = "gmail|yahoo|outlook|hotmail|icloud|fpt|viettel|vnn"
_AT = rf"\s?(?:@|\(at\)|\[at\]|a ?còng|(?:at|a ?cong)(?= (?:{_MAIL_HOUSES})\b))\s?"
_DOT = r"(?:\.| \. | ?\(dot\) ?| (?:dot|chấm|cham) )"
_EMAIL = re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}{_AT}(?:[\w-]{{1,63}}{_DOT}){{1,4}}[a-zA-Z]{{2,10}}\b", re.IGNORECASE)
_MAY_BE_MAIL = re.compile(r"@|at|a ?c[òo]ng", re.IGNORECASE)
_LETTER = re.compile(r".[\u0300-\u036f]*", re.DOTALL)
_SEP = r"[ .\-\u2010-\u2015]"
_ABROAD = "NN|NG|QT|CV"  # foreigners', diplomats', organisations', consuls'
_PLATE = re.compile(
    rf"(?<![\w.])(?:\d{{2}}{_SEP}?(?:[A-Z]{{1,2}}\d?|[Mm][Đđ]\d?|[a-z]{{1,2}}\d?)(?:{_SEP}|_){{0,3}}"
    rf"(?:\d{{3}}{_SEP}?\d{{2}}|\d{{5}}|\d{{4}})"
    rf"|(?:{_ABROAD}){_SEP}?\d{{3}}{_SEP}\d{{2}}|\d{{2}}{_SEP}\d{{3}}{_SEP}(?:{_ABROAD}){_SEP}\d{{2}}"
    rf"|(?:[A-Z]{{2}}){_SEP}?\d{{2}}{_SEP}?\d{{2}}|80{_SEP}?[A-Z]{{2}}?{_SEP}?\d{{3}}{_SEP}?\d{{2}})"
    r"(?![\w]|[.\-]?\d)"
)
_ROW = re.compile(rf"(?<![\w+])(?:\(?\+{_GAP})?\(?\d(?:{_GAP}\d){{6,22}}(?![\w])")
_SPOKEN = re.compile(
    rf"(?<!\w)(?:\+?\d+|o\d+|{_DIGIT_WORDS})(?:{_BETWEEN}(?:\d+|{_DIGIT_WORDS})){{1,14}}(?!\w)|(?<!\w)o\d{{8,9}}(?!\w)",
    re.IGNORECASE,
)
_LETTERED = re.compile(r"(?<!\w)[A-Za-z]{1,2}[ -]?\d(?:[ -]?\d){6,12}(?!\w)")
_ACCOUNT_LETTERED = re.compile(r"(?<!\w)\d{3}[A-Z]\d{6,10}(?!\w)")
_ANYTHING = re.compile(r"\d|@|\(at\)|\[at\]| at |a ?c[òo]ng |(?:không|khong|zero|oh|o)[ .,]", re.IGNORECASE)
_OPERATOR = re.compile(r"0(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d|2\d)")


def _before(words: str, most: int) -> re.Pattern[str]:
    """One of the words, with at most so many others between it and the number that follows."""
    return re.compile(rf"(?:\b|(?<=\d))(?:{words})\W*(?:[^\W\d]+\W+){{0,{most}}}$")


_BANKS = (
    "vietcombank|vcb|techcombank|tcb|bidv|agribank|vietinbank|vietin|mb ?bank|mb|acb|vpbank|tpbank|sacombank|vib|shb|hdbank|"
    "msb|ocb|scb|seabank|lpbank|eximbank|momo|ngan hang"
)
_PHONE_WORDS = _before(
    "dien thoai|sdt|dt|so may|may ban|so ban|so cua|lien he|lien lac|goi|zalo|hotline|lh|tel|phone|call|mobile|viber|"
    "whatsapp|alo",
    4,
)
_IDENTITY_WORDS = _before(
    "cccd|cmnd|cmt|cmtnd|can cuoc|chung minh|dinh danh|cong dan|identity|id card|id number|national id|passport|ho chieu|"
    "ma so thue|mst|bhyt|bhxh",
    3,
)
_BANK_WORDS = _before(f"stk|so tai khoan|tai khoan|tk|so the|account|acc|bank|{_BANKS}", 4)
_BANK_AFTER = re.compile(rf"^\W*(?:\w+\W+){{0,2}}(?:{_BANKS})\b")
_PLATE_WORDS = _before("bien so|bien kiem soat|bks|bsx|bien|xe|plate|oto|o to", 3)
_NOT_PERSONAL_WORDS = _before("quyet dinh|so nha|nghi dinh|ma phan anh|ma ho so|ma so|pa|ma vu|1900|1800", 0)
_MONEY_AFTER = re.compile(r"^\s*(?:dong|vnd|d\b|usd|trieu|nghin|ngan|ty|cai|to|kg|met|m2|nguoi|%)")
_DATE = re.compile(r"^(?:[0-3]?\d[./\-][01]?\d[./\-](?:19|20)\d{2})(?:\D+\d{1,2})*$|^(?:19|20)\d{2}\D(?:19|20)\d{2}$")
_A_DATE = re.compile(r"\b[0-3]?\d[./\-][01]?\d[./\-](?:19|20)\d{2}\b")
_SPELLED = (
    ("không", "zero", "oh", "o", "linh", "lẻ"),
    ("một", "mốt", "one"),
    ("hai", "two"),
    ("ba", "three"),
    ("bốn", "tư", "four"),
    ("năm", "lăm", "five"),
    ("sáu", "six"),
    ("bảy", "seven"),
    ("tám", "eight"),
    ("chín", "nine"),
)
_PIECE = re.compile(r"\+?\w+")
# How many words are left out at either end, until it is a number: "ngõ 5, không chín …", "… bảy tám, sau 17h" (sau is six).
_CUTS = ((0, 0), (0, 1), (1, 0), (0, 2), (2, 0), (1, 1), (1, 2), (2, 1))
_VALUES = {fold(word)[0]: str(value) for value, words in enumerate(_SPELLED) for word in words}
_MASK_DIGITS = {ord(wide): str(value) for value, wide in enumerate("０１２３４５６７８９")} | {ord("＋"): "+"}


@lru_cache(maxsize=256)  # of a case's words it is asked when they come, when they are shown and when they are filed
def find_personal_data(text: str) -> tuple[Span, ...]:
    """Every span, in the order of the text, none inside another."""
    looked, places = _composed(text[:LONGEST])
    looked = looked.translate(_MASK_DIGITS)  # one character for one: positions stay
    if not _ANYTHING.search(looked):
        return ()
    found: list[Span] = []
    taken = bytearray(len(looked))
    for span in (*_emails(looked), *_rows(looked), *_lettered(looked), *_plates(looked), *_spoken(looked)):
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"\x01" * (span.end - span.start)
            found.append(span)
    found.sort(key=lambda span: span.start)
    if places:
        found = [Span(span.type, places[span.start], places[span.end]) for span in found]
    return tuple(found)


def _composed(text: str) -> tuple[str, list[int]]:
    """The text with every mark in its letter, and where each of its characters, and its end, stands in the original.

    No places where nothing was changed: then they are the same.
    """
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text, []
    pieces: list[str] = []
    places: list[int] = []
    for letter in _LETTER.finditer(text):
        piece = unicodedata.normalize("NFC", letter.group())
        pieces.append(piece)
        places += [letter.start()] * len(piece)
    return "".join(pieces), [*places, len(text)]


def _lettered(text: str) -> Iterator[Span]:
    """Passports ("C1234567"), health insurance cards ("HN4010123456789"), older bank accounts ("711A12345678")."""
    for found in _ACCOUNT_LETTERED.finditer(text):
        if _BANK_WORDS.search(_folded(text[max(0, found.start() - _NEAR) : found.start()])):
            yield Span("bank_account", found.start(), found.end())
    for found in _LETTERED.finditer(text):
        before = _folded(text[max(0, found.start() - _NEAR) : found.start()])
        if _IDENTITY_WORDS.search(before):
            yield Span("identity", found.start(), found.end())


def _emails(text: str) -> Iterator[Span]:
    if _MAY_BE_MAIL.search(text):
        for found in _EMAIL.finditer(text):
            yield Span("email", found.start(), found.end())


def _plates(text: str) -> Iterator[Span]:
    for found in _PLATE.finditer(text):
        plate = found.group()
        before = _folded(text[max(0, found.start() - _NEAR) : found.start()])
        is_unlikely = bool(re.search(r"\d[hkm] ?\d", plate)) or len(re.sub(r"\D", "", plate)) < 6
        if is_unlikely and not _PLATE_WORDS.search(before) and not re.search(r"[A-Z\d]-\d", plate):
            continue  # "20h 1500" is no plate
        yield Span("plate", found.start(), found.end())


def _rows(text: str) -> Iterator[Span]:
    for found in _ROW.finditer(text):
        row = found.group()
        before = _folded(text[max(0, found.start() - _NEAR) : found.start()])
        after = _folded(text[found.end() : found.end() + _NEAR])
        for kind, start, stop in _of_row(row, before, after):
            piece = row[start:stop]
            is_open = piece.count("(") > piece.count(")")  # "(0912 345 678" stands in brackets, "(091) 234 5678" has some
            edge = _EDGE + "(" if is_open else _EDGE
            start += len(piece) - len(piece.lstrip(edge))
            yield Span(kind, found.start() + start, found.start() + start + len(piece.strip(edge)))


def _of_row(row: str, before: str, after: str) -> Iterator[tuple[str, int, int]]:
    """What a row of digits is; a row may hold two numbers side by side ("0912 345 678 - 0987 654 321")."""
    kind = _kind_of(row, before, after)
    if kind:
        yield kind, 0, len(row)
        return
    parts = [(part.start(), part.end()) for part in re.finditer(r"(?:(?!\s*[-/,]\s)[\d .()+_·•*-])+", row)]
    tokens = [(piece.start(), piece.end()) for piece in re.finditer(r"\S+", row)]
    joined = [(piece.start(), piece.end()) for piece in re.finditer(r"[\d.]+|\d+", row)]
    behind = [(tokens[0][0], tokens[0][1]), (tokens[1][0], len(row))] if len(tokens) > 2 else []  # "ngõ 5, 086 - 430 0196"
    for pieces in (parts, behind, tokens, joined):
        named = [(_kind_of(row[start:end], before if not start else "", after), start, end) for start, end in pieces]
        if len(pieces) > 1 and any(kind for kind, _, _ in named):
            yield from ((kind, start, end) for kind, start, end in named if kind)
            return


def _kind_of(row: str, before: str, after: str) -> str:
    digits = re.sub(r"\D", "", row)
    if len(digits) < _FEWEST:
        return ""
    has_plus = "+" in row
    if (
        _DATE.match(row.strip())
        or _NOT_PERSONAL_WORDS.search(before)
        or (_MONEY_AFTER.match(after) and not has_plus and digits[0] != "0")
    ):
        return ""
    named = _named(before)
    if named == "bank_account" and 6 <= len(digits) <= 19:
        return "bank_account"
    if named == "identity" and 8 <= len(digits) <= 15:
        return "identity"
    local = _local(digits, has_plus)
    if local and not _BANK_AFTER.match(after):
        return "phone"
    if _BANK_AFTER.match(after) and 6 <= len(digits) <= 19:
        return "bank_account"
    if named == "phone" and 8 <= len(digits) <= 12 and digits[0] != "1":
        return "phone"
    if len(digits) == 12 and digits[0] == "0" and re.sub(r"[ .\-]", "", row).isdigit():
        return "identity"
    if len(digits) == 9 and digits[0] in "0123" and row.strip().isdigit():
        return "identity"
    return "bank_account" if len(digits) in (13, 14, 16, 19) and row.strip().isdigit() else ""


def _named(before: str) -> str:
    """What the nearest word before a number says that it is."""
    named = (("phone", _PHONE_WORDS), ("identity", _IDENTITY_WORDS), ("bank_account", _BANK_WORDS))
    places = [(found.start(), kind) for kind, words in named if (found := words.search(before))]
    return max(places)[1] if places else ""


def _local(digits: str, has_plus: bool) -> str:
    """The number as dialled inside the country, or "" when these digits are no phone."""
    for prefix in ("0084", "84"):
        if digits.startswith(prefix) and (has_plus or prefix == "0084" or len(digits) in (11, 12)):
            rest = digits[len(prefix) :].lstrip("0")
            if 9 <= len(rest) <= 10 and _OPERATOR.match("0" + rest):
                return "0" + rest
    if digits.startswith("0") and _OPERATOR.match(digits):
        is_landline = digits[1] == "2"
        if len(digits) == 10 or (is_landline and len(digits) == 11):
            return digits
    if has_plus and 8 <= len(digits) <= 15:
        return digits
    return ""


def _spoken(text: str) -> Iterator[Span]:
    """Numbers with digits written as words: "không chín một hai, ba bốn năm, sáu bảy tám", "0912 ba bốn năm 678"."""
    for found in _SPOKEN.finditer(text):
        pieces = [(piece.start(), piece.end(), _digits_of(piece.group())) for piece in _PIECE.finditer(found.group())]
        if not re.search(r"[^\W\d]", found.group()) or _A_DATE.search(found.group()):
            continue  # only digits: looked at already; "từ 8-4-2026 đến 3-7-2026": no number
        before = _folded(text[max(0, found.start() - _NEAR) : found.start()])
        for first, last in _CUTS:
            some = pieces[first : len(pieces) - last]
            kind = _spoken_kind("".join(digits for _, _, digits in some), found.group(), before) if some else ""
            if kind:
                yield Span(kind, found.start() + some[0][0], found.start() + some[-1][1])
                break


def _spoken_kind(digits: str, spoken: str, before: str) -> str:
    if _local(digits, spoken.startswith("+")):
        return "phone"
    return "identity" if len(digits) == 12 and (_IDENTITY_WORDS.search(before) or digits[0] == "0") else ""


def _digits_of(word: str) -> str:
    return _VALUES.get(fold(word)[0], "") or (word.replace("o", "0").replace("O", "0") if word[-1].isdigit() else "")


def _folded(text: str) -> str:
    """Lower case, without marks: only to look for words, not for positions."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
