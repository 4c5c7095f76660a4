"""Short words that mean a command wherever they stand alone: nobody must know a slash or find a button.

Only a whole message counts ("hủy", "Trợ giúp!"): inside a sentence the same words are the resident's matter.
"""

from collections.abc import Sequence
from enum import StrEnum

from bot.routing.folding import Word, words_of

_LONGEST = 40  # characters; a command is short


class Spoken(StrEnum):
    """What such words ask for; the value is also the slash command's name."""

    START = "start"
    HELP = "help"
    CANCEL = "cancel"
    WHERE = "where"
    NEW = "new"
    CASES = "cases"
    LANGUAGE = "language"
    CODES = "code"  # of conduct
    PRAISE = "nguoitot"  # a good deed is to be told
    RECEIPT = "receipt"
    FIND = "find"
    RESOLVED = "resolved"
    NOT_RESOLVED = "not_resolved"
    ME_TOO = "me_too"
    CONTACT = "contact"
    MY_DATA = "mydata"
    FORGET = "forget"
    PERSON = "person"
    TIE = "tie"  # this chat and another of the same person
    UNTIE = "untie"
    ANONYMOUS = "anonymous"
    VI = "vi"
    EN = "en"
    SEND = "send"
    DONT_KNOW = "dont_know"
    GREETING = "greeting"
    THANKS = "thanks"
    WRONG = "wrong"  # what the card shows
    WHO_READS = "who_reads"
    WITHDRAW = "withdraw"


_WORDS = {
    Spoken.START: "bat dau|start",
    Spoken.HELP: "tro giup|giup toi|giup|huong dan|cach dung|help|help me|how does this work|how do i use this|menu",
    Spoken.CANCEL: "huy|huy bo|bo|bo di|thoi|khong gui nua|dung lai|thoi khong gui|thoi khong gui nua|toi khong gui nua|"
    "khong can nua|toi khong can nua|toi doi y|toi doi y roi|cancel|stop|never mind|forget it|i changed my mind",
    Spoken.WHERE: "toi dang o dau|dang o buoc nao|toi dang o buoc nao|den dau roi|where am i|status",
    Spoken.NEW: "viec moi|gui viec moi|phan anh moi|gui phan anh moi|toi muon phan anh|em muon phan anh|"
    "toi can phan anh|toi muon gop y|viec khac|mot viec khac|toi co viec khac|con viec nua|chuyen khac|another matter|"
    "other matter|another report|i want to report something|i want to make a report|new|new matter|new case|new report",
    Spoken.CASES: "ho so cua toi|cac ho so cua toi|xem ho so|ho so cua toi den dau roi|ho so cua toi the nao roi|"
    "ho so den dau roi|ma ho so cua toi|ma ho so cua toi la gi|toi quen ma|toi quen ma ho so|quen ma ho so|my cases|my case|"
    "cases|where is my case|what about my case|what is my case code|i forgot my code",
    Spoken.LANGUAGE: "ngon ngu|doi ngon ngu|language|change language",
    Spoken.CODES: "quy tac|quy tac ung xu|cac quy tac|hai quy tac|bo quy tac|tra quy tac|tra cuu quy tac|xem quy tac|"
    "tra quy tac ung xu|xem quy tac ung xu|tra cuu quy tac ung xu|quy tac ung xu noi cong cong|quy tac ung xu cua can bo|"
    "code of conduct|the code of conduct|codes of conduct|the codes|codes|rules|the rules|show me the rules|"
    "muc phat|cac muc phat|fines|the fines",
    Spoken.PRAISE: "nguoi tot viec tot|guong nguoi tot viec tot|thi nguoi tot viec tot|du thi nguoi tot viec tot|"
    "toi muon khen|em muon khen|toi muon khen nguoi tot|good people good deeds|i want to praise somebody",
    Spoken.RECEIPT: "bien nhan|giay bien nhan|bien lai|xem bien nhan|cho toi bien nhan|ma bi mat|xem ma bi mat|"
    "receipt|my receipt|the receipt|show my receipt|my secret",
    Spoken.FIND: "tra cuu|tra cuu ho so|tra cuu ma ho so|tim ho so|tim ma ho so|find|find case|find my case|look up|"
    "look up a case|find a case",
    Spoken.RESOLVED: "da xong|xong roi|da xong roi|da giai quyet|da giai quyet xong|da duoc giai quyet|resolved|"
    "it is resolved|it is done|solved",
    Spoken.NOT_RESOLVED: "chua xong|van chua xong|chua giai quyet|chua duoc giai quyet|chua giai quyet xong|not resolved|"
    "it is not resolved|not done|not solved",
    Spoken.ME_TOO: "toi cung gap|toi cung vay|toi cung bi|minh cung gap|me too",
    Spoken.CONTACT: "de lai so lien he|de lai lien he|de lai so dien thoai|toi muon de lai so lien he|lien he|"
    "leave a contact|contact|leave my number|leave a phone number",
    Spoken.MY_DATA: "du lieu cua toi|du lieu ca nhan|du lieu ca nhan cua toi|thong tin cua toi|xem du lieu cua toi|"
    "my data|my personal data|show my data|what do you know about me|what do you keep about me",
    Spoken.FORGET: "xoa du lieu|xoa du lieu cua toi|xoa het du lieu|xoa het du lieu cua toi|quen toi di|hay quen toi|"
    "forget me|delete my data|delete all my data|erase my data|delete everything about me",
    Spoken.PERSON: "gap can bo|toi muon gap can bo|cho toi gap can bo|gap nguoi|gap nguoi that|noi chuyen voi nguoi|"
    "noi chuyen voi can bo|toi muon noi chuyen voi nguoi|goi can bo|so dien thoai phuong|"
    "talk to a person|talk to a human|human|a human please|speak to a person|real person|phone number of the ward",
    Spoken.TIE: "lien ket|lien ket kenh|lien ket kenh khac|lien ket cuoc tro chuyen|lien ket zalo|lien ket telegram|"
    "lien ket voi zalo|lien ket voi telegram|noi kenh|noi hai kenh|noi kenh khac|noi voi zalo|noi voi telegram|ma lien ket|"
    "toi muon lien ket|toi muon noi kenh|link my chats|link chats|connect my chats|link zalo|link telegram",
    Spoken.UNTIE: "bo lien ket|huy lien ket|thoi lien ket|ngung lien ket|bo noi|bo noi kenh|unlink|unlink my chats",
    Spoken.ANONYMOUS: "an danh|gui an danh|toi muon an danh|toi muon gui an danh|khong muon neu ten|khong ghi ten|"
    "anonymous|anonymously|send anonymously|stay anonymous",
    Spoken.VI: "tieng viet|vietnamese|speak vietnamese|can you speak vietnamese|do you speak vietnamese|noi tieng viet",
    Spoken.EN: "tieng anh|english|in english|speak english|can you speak english|do you speak english",
    Spoken.SEND: "gui|gui di|gui luon|gui giup|gui giup toi|gui ho|gui ho toi|vang|da|u|uh|um|phai|phai roi|"
    "gui nhe|dong y|dung|dung roi|dung vay|ok|oke|okay|chinh xac|co|"
    "send|send it|yes|correct|confirm",
    Spoken.DONT_KNOW: "khong biet|toi khong biet|khong ro|toi khong ro|chua ro|khong nho|ko biet|k biet|"
    "i don t know|i dont know|don t know|dont know|not sure|no idea",
    Spoken.GREETING: "chao|xin chao|chao ban|chao bot|chao anh|chao chi|alo|a lo|hi|hello|hey|good morning|ban la ai|"
    "ban la nguoi hay may|day la gi|who are you|what is this|are you a bot|are you a robot|are you human",
    Spoken.THANKS: "cam on|xin cam on|cam on ban|cam on nhe|cam on nhieu|cam on a|xin cam on a|cam on ubnd|thanks|thank you|"
    "thank you very much|thanks a lot",
    Spoken.WHO_READS: "ai doc|ai doc duoc|ai doc tin nay|ai doc duoc tin nay|ai se doc|ai se doc tin nay|ai xem duoc|"
    "ai xem duoc tin nay|ai thay tin nay|ai nhan tin nay|co lo ten khong|co lo ten toi khong|co bi lo khong|"
    "co bi lo ten khong|co ai biet toi khong|co ai biet ten toi khong|can bo co biet toi la ai khong|co bao mat khong|"
    "co giu kin khong|co giu bi mat khong|co kin khong|who will see this|who can see this|who sees this|who reads this|"
    "who will read this|who can read this|is this private|is it private|is this confidential|is it confidential|"
    "will they know my name|will they know who i am|will my name be shown|do they see my name",
    Spoken.WITHDRAW: "huy ho so|huy ho so nay|huy phan anh|huy phan anh nay|huy tin|huy tin nay|huy viec nay|bo tin nay|"
    "rut ho so|rut phan anh|rut lai|toi muon rut lai|cancel this|cancel it|cancel my report|withdraw|withdraw it",
    Spoken.WRONG: "khong|khong phai|khong dung|chua dung|sai|sai roi|nham|nham roi|khoan|khoan da|doi da|"
    "no|wrong|that is wrong|not right|not correct|wait|hold on",
}
_MEANING = {words: spoken for spoken, line in _WORDS.items() for words in line.split("|")}
# With other marks these are other words: "bỏ" drops it, "bố" is father; "đúng" is yes, "dừng" is stop.
_MARKED = {
    word.plain: word.marked for word in words_of("bỏ đúng có thôi chào dạ vâng ừ phải sai nhầm khoan không nhé đi bạn ơi")
}
_AFTER = frozenset(["a", "ah", "nhe", "nha", "nhi", "di", "luon", "ban", "bot", "oi", "em", "anh", "chi", "please"])
_BEFORE = frozenset(["da", "vang", "u", "uh", "um", "ok", "oke", "okay", "yes", "a"])
_MANNERLY = frozenset(  # said with "dạ … ạ" they mean the same; other words would become others
    {
        Spoken.SEND, Spoken.CANCEL, Spoken.WRONG, Spoken.THANKS, Spoken.DONT_KNOW, Spoken.CASES, Spoken.RECEIPT,
        Spoken.RESOLVED, Spoken.NOT_RESOLVED, Spoken.PERSON, Spoken.ANONYMOUS, Spoken.ME_TOO, Spoken.EN, Spoken.VI,
        Spoken.WHO_READS, Spoken.WITHDRAW,
    }
)  # fmt: skip
_FRIENDLY = frozenset("👍👌🙏💐🌹😊🥰❤♥\ufe0f ")


def spoken(text: str) -> Spoken | None:
    """The command that the whole text is, if it is one."""
    if len(text) > _LONGEST:
        return None
    words = words_of(text)
    if not words:
        return Spoken.THANKS if text.strip() and set(text) <= _FRIENDLY else None
    if (found := _meaning(words)) is not None:
        return found
    found = _meaning(_bare(words))
    return found if found in _MANNERLY else None


def bare(text: str) -> str:
    """Folded words without what is said for manners: "Dạ, tôi đồng ý ạ" is "toi dong y"."""
    return " ".join(word.plain for word in _bare(words_of(text[:_LONGEST])))


def _bare(words: Sequence[Word]) -> Sequence[Word]:
    while len(words) > 1 and words[-1].plain in _AFTER and _is_meant(words[-1]):
        words = words[:-1]
    while len(words) > 1 and words[0].plain in _BEFORE and _is_meant(words[0]):
        words = words[1:]
    return words


def _meaning(words: Sequence[Word]) -> Spoken | None:
    if len(words) == 1 and not _is_meant(words[0]):
        return None
    return _MEANING.get(" ".join(word.plain for word in words))


def _is_meant(word: Word) -> bool:
    """Without marks it may be; with others it is another word."""
    return not word.has_marks or word.marked == _MARKED.get(word.plain, word.marked)


_NO_COMMANDS = (
    Spoken.DONT_KNOW, Spoken.GREETING, Spoken.THANKS, Spoken.WRONG, Spoken.WHO_READS, Spoken.WITHDRAW
)  # fmt: skip
_ALSO_CALLED = {"quytac": Spoken.CODES, "lienket": Spoken.TIE}


def command(name: str) -> Spoken | None:
    """The slash command of this name, if we have it; the words of `spoken` are none."""
    try:
        found = _ALSO_CALLED.get(name.casefold()) or Spoken(name.casefold())
    except ValueError:
        return None
    return None if found in _NO_COMMANDS else found
