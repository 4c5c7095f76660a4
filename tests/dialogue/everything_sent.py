"""Everything that can be sent at any step, and trying it as if: for `test_every_step`.

A message is tried in a unit of work that is never committed, so that one walk to a step serves every message.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.case import Case
from bot.domain.draft import Conversation
from bot.domain.incoming import FileTrouble, Incoming, IncomingKind
from bot.domain.reply import DeliveryResult, DeliveryState, Reply
from bot.domain.ward import Point
from bot.ports import UnitOfWork
from handlers.dialogue.choices import Act
from handlers.dialogue.spoken import Spoken, command
from handlers.dialogue.turn import BURST_HOLD
from tests.dialogue.driver import Resident, stored

TEXT = IncomingKind.TEXT
Values = dict[str, object]

SENT: dict[str, Values] = {
    "text": {"kind": TEXT, "text": "thêm một câu"},
    "a matter": {"kind": TEXT, "text": "Đèn đường hỏng ở phường Tây Hồ"},
    "hostile text": {"kind": TEXT, "text": "<b>{code}</b> %s {0} \ufffd\u202e\ufffd" + "x" * 500},
    "blank text": {"kind": TEXT, "text": " \n "},
    "no text": {"kind": TEXT},
    "emoji": {"kind": TEXT, "text": "👍"},
    "one": {"kind": TEXT, "text": "1"},
    "a huge number": {"kind": TEXT, "text": "9" * 4000},
    "a date of no calendar": {"kind": TEXT, "text": "31/02/99999"},
    "a phone number": {"kind": TEXT, "text": "0912345678"},
    "a code nobody has": {"kind": TEXT, "text": "7K3M-9QX2"},
    "a secret": {"kind": TEXT, "text": "1234 5678 9012"},
    "an emergency": {"kind": TEXT, "text": "Cháy nhà, còn người mắc kẹt, cứu với"},
    "about an official": {"kind": TEXT, "text": "Cán bộ một cửa đòi tiền bồi dưỡng mới làm giấy tờ"},
    "a ward": {"kind": TEXT, "text": "phường Ba Đình"},
    "yes": {"kind": TEXT, "text": "đồng ý"},
    "no": {"kind": TEXT, "text": "không"},
    "question": {"kind": TEXT, "text": "Bao giờ thì có người trả lời tôi?"},
    "unknown command": {"kind": IncomingKind.COMMAND, "command": "frobnicate", "text": "/frobnicate"},
    "link a chat": {"kind": IncomingKind.COMMAND, "command": "link", "argument": "7K3M-9QX2", "text": "/link"},
    "link a chat, no code": {"kind": IncomingKind.COMMAND, "command": "link", "argument": "", "text": "/link"},
    "start of a link": {"kind": IncomingKind.COMMAND, "command": "start", "argument": "link_7K3M9QX2", "text": "/start"},
    "unlink": {"kind": IncomingKind.COMMAND, "command": "unlink", "argument": "", "text": "/unlink"},
    "start of a ward": {"kind": IncomingKind.COMMAND, "command": "start", "argument": "ward_00091", "text": "/start"},
    "photo": {"kind": IncomingKind.PHOTO, "files": (stored(3),)},
    "photo with words": {"kind": IncomingKind.PHOTO, "files": (stored(3),), "text": "{đây}"},
    "photo that was lost": {"kind": IncomingKind.PHOTO, "files": (stored(3, trouble=FileTrouble.GONE),)},
    "photo without a file": {"kind": IncomingKind.PHOTO},
    "photo of a card": {"kind": IncomingKind.PHOTO, "files": (stored(3),), "text": "CCCD của tôi"},
    "album": {"kind": IncomingKind.PHOTO, "files": (stored(4),), "group_id": "album"},
    "video": {"kind": IncomingKind.VIDEO, "files": (stored(5, trouble=FileTrouble.TOO_LARGE),)},
    "voice": {"kind": IncomingKind.VOICE, "files": (stored(6),)},
    "document": {"kind": IncomingKind.DOCUMENT, "files": (stored(7),)},
    "location": {"kind": IncomingKind.LOCATION, "point": Point(21.0386, 105.838)},
    "location nowhere": {"kind": IncomingKind.LOCATION, "point": Point(-89.0, 170.0, 1e12)},
    "contact": {"kind": IncomingKind.CONTACT, "text": "Lan 0912345678"},
    "bare contact": {"kind": IncomingKind.CONTACT},
    "sticker": {"kind": IncomingKind.STICKER},
    "unsupported": {"kind": IncomingKind.UNSUPPORTED},
    "edit of something else": {"kind": TEXT, "text": "sửa", "is_edit": True},
    "edit of a place": {"kind": IncomingKind.LOCATION, "point": Point(21.0386, 105.838), "is_edit": True},
    "forwarded": {"kind": TEXT, "text": "chuyển tiếp", "is_forwarded": True},
    "forwarded cancel": {"kind": TEXT, "text": "hủy", "is_forwarded": True},
}
SILENT: dict[str, Values] = {
    "blocked": {"kind": IncomingKind.BLOCKED},
    "unblocked": {"kind": IncomingKind.UNBLOCKED},
    "ignored": {"kind": IncomingKind.IGNORED},
}
# A position that moves on belongs to where it was sent first, and is no message of its own.
MAY_BE_SILENT = frozenset({"edit of a place"})

WORDS = {
    Spoken.START: "bắt đầu", Spoken.HELP: "trợ giúp", Spoken.CANCEL: "hủy", Spoken.WHERE: "Tôi đang ở đâu?",
    Spoken.NEW: "việc mới", Spoken.CASES: "hồ sơ của tôi", Spoken.LANGUAGE: "ngôn ngữ", Spoken.CODES: "quy tắc ứng xử",
    Spoken.RECEIPT: "biên nhận", Spoken.FIND: "tra cứu", Spoken.RESOLVED: "đã xong", Spoken.NOT_RESOLVED: "chưa xong",
    Spoken.ME_TOO: "tôi cũng gặp", Spoken.CONTACT: "để lại số liên hệ", Spoken.MY_DATA: "dữ liệu của tôi",
    Spoken.FORGET: "xóa dữ liệu", Spoken.PERSON: "gặp cán bộ", Spoken.ANONYMOUS: "ẩn danh", Spoken.VI: "tiếng việt",
    Spoken.EN: "English", Spoken.SEND: "gửi", Spoken.DONT_KNOW: "không biết", Spoken.GREETING: "xin chào",
    Spoken.THANKS: "cảm ơn", Spoken.WRONG: "sai rồi", Spoken.TIE: "liên kết", Spoken.UNTIE: "bỏ liên kết",
    Spoken.PRAISE: "người tốt việc tốt", Spoken.WHO_READS: "ai đọc được tin này?", Spoken.WITHDRAW: "hủy hồ sơ",
}  # fmt: skip

_DRAFTS = "AAAAAA"  # a draft that is nobody's
# Of another draft, of another resident's case, and nonsense: {code} is a neighbour's.
FOREIGN: dict[Act, tuple[str, ...]] = {
    Act.SEND: (f"s:{_DRAFTS}", "s", "s:"),
    Act.CANCEL: (f"x:{_DRAFTS}",),
    Act.BACK: (f"b:{_DRAFTS}",),
    Act.WARD: (f"w:{_DRAFTS}:00103", f"w:{_DRAFTS}:nowhere"),
    Act.OTHER_WARD: (f"w?:{_DRAFTS}",),
    Act.NO_WARD: (f"w0:{_DRAFTS}",),
    Act.KIND: (f"k:{_DRAFTS}:other", f"k:{_DRAFTS}:nonsense"),
    Act.OTHER_KIND: (f"k?:{_DRAFTS}",),
    Act.ANONYMOUS: (f"a:{_DRAFTS}:1",),
    Act.LEADER: (f"l:{_DRAFTS}:1",),
    Act.JOIN: (f"j:{_DRAFTS}:0123456789", "j"),
    Act.NEW: ("new", "new:x"),
    Act.NEW_FROM: ("n:Hoa-1", "n:", "n:nobody-7"),
    Act.LANGUAGE: ("lang:xx", "lang"),
    Act.CONTACT: ("ct:ask:{code}", "ct:yes:1:{code}", "ct:yes:0:", "ct:no", "ct:stop", "ct", "ct:nonsense"),
    Act.DATA: ("md:copy:99999999", "md:copy:0", "md:fix", "md:forget", f"md:sure:{_DRAFTS}", "md:all:", "md:keep", "md"),
    Act.PERSON: ("pn:call", "pn:00103", "pn:other", "pn:nowhere", "pn"),
    Act.BOND: ("lk:show", "lk:yes", "lk:no", "lk:cut:1", "lk:cut:99999999999999999999", "lk:cut:x", "lk:nonsense", "lk"),
    Act.CODES: ("codes:c:public:99", "codes:a:nothing", "codes:f:nothing", "codes:r:nothing", "codes:?", "codes"),
    Act.CASE: ("c:{code}", "c:", "c:nonsense"),
    Act.CASES: ("cs:{code}", "cs"),
    Act.RECEIPT: ("r:{code}", "r"),
    Act.KEPT: ("rc:{code}:1234", "rc::", "rc"),
    Act.ADD_HERE: ("ah:{code}", "ah:"),
    Act.RESOLVED: ("ok:{code}:67401234", "ok:"),
    Act.NOT_RESOLVED: ("no:{code}:67401234", "no:"),
    Act.REOPEN: ("ro:{code}:67401234", "ro"),
    Act.STARS: ("st:{code}:67401234:5", "st:{code}:67401234:nonsense", "st"),
    Act.NOTHING_MORE: ("nm:{code}", "nm:", "nm"),
    Act.CONTEST: ("gp:{code}", "gp:", "gp"),
    Act.PUBLISH: ("pb:{code}:0123456789ab:yes", "pb:{code}:0123456789ab:no", "pb:{code}::see", "pb:{code}", "pb"),
    Act.UNKNOWN: ("nonsense", ":", "\ud800", "{}"),
}


def everything(lan: Resident, code: str) -> dict[str, Incoming]:
    """Every message by name, as Lan would send it now; `code` is a neighbour's case."""
    sent_before = lan.sent
    found = {name: lan.incoming(**values) for name, values in SENT.items()}  # type: ignore[arg-type]  # each names its kind
    for spoken in Spoken:
        found[f"the words of {spoken.name}"] = lan.incoming(TEXT, text=WORDS[spoken])
        if command(spoken.value) is not None:
            said = {"command": spoken.value, "text": f"/{spoken.value}"}
            found[f"the command {spoken.name}"] = lan.incoming(IncomingKind.COMMAND, **said)
    for act, forms in FOREIGN.items():
        for data in forms:
            found[f"foreign {act.name} {data!a}"] = lan.incoming(
                IncomingKind.CHOICE, choice=data.replace("{code}", code), choice_id="c1"
            )
    own = {choice.data: choice.label for reply in lan.replies for row in reply.choices for choice in row}
    for data, label in own.items():
        found[f"own {label!r} {data}"] = lan.incoming(IncomingKind.CHOICE, choice=data, choice_id="c1")
        found[f"the words on {data}"] = lan.incoming(TEXT, text=label)
    if sent_before:
        edited = {"source_id": f"{lan.name}-1", "is_edit": True}
        found["edit of one's first words"] = lan.incoming(TEXT, text="sửa lại: rác ở phường Tây Hồ", **edited)
    return found


@dataclass(frozen=True)
class Tried:
    """What came of a few messages that were never committed."""

    replies: list[Reply]  # to the first
    where: list[Reply]  # to "where am I" after it
    after: Conversation
    case: Case | None  # the one that words would join now, if it is another than before
    words: str  # of its thread


async def tries(lan: Resident, incoming: Incoming) -> Tried:
    """This message and "where am I" after it, as if; nothing of it is kept."""
    now = lan.now + timedelta(seconds=40)  # no burst with what came before
    async with lan.storage.begin() as uow:
        before = await uow.conversations.get(lan.address)
        await lan.dialogue.converse(uow, incoming, now)
        replies = await _waiting(uow, lan, now)
        after = await uow.conversations.get(lan.address)
        case = await uow.cases.by_code(after.case_code) if after.case_code else None
        case = case if after.case_code != before.case_code else None
        words = "\n".join([message.text for message in await uow.cases.thread(case.id)]) if case else ""
        where = Incoming(
            address=lan.address, kind=IncomingKind.COMMAND, source_id="where", sent_at=now, text="/where", command="where"
        )
        await lan.dialogue.converse(uow, where, now)
        told = await _waiting(uow, lan, now)
    return Tried(replies, told, after, case, words)


async def _waiting(uow: UnitOfWork, lan: Resident, now: datetime) -> list[Reply]:
    """What waits for this resident, taken as delivered."""
    heard: list[Reply] = []
    for _ in range(10):
        claimed = await uow.outbox.claim(
            owner="try", channels=[lan.channel], now=now + BURST_HOLD, lease=timedelta(minutes=1), most=20
        )
        if not claimed:
            break
        sent = [DeliveryResult(reply_id=one.id, state=DeliveryState.SENT, at=now) for one in claimed]
        await uow.outbox.record(sent)
        heard += [one.reply for one in claimed if one.address == lan.address]
    return heard
