"""The card: what was understood of a matter, shown before anything is sent, and what can still be put right on it.

It is short, the most important first. What must be known before a report about an official is `card_official`; how a
question is put that comes before the card, `asking`.
"""

from bot.domain.case import Accused, CaseKind
from bot.domain.draft import Draft, WardSource
from bot.domain.incoming import FileKind
from bot.domain.reply import Choice
from bot.wording import has
from handlers.dialogue.choices import Act, about_draft
from handlers.dialogue.labels import button, kind_name, shorten, ward_name
from handlers.dialogue.report.card_official import leader_button, say_who_reads
from handlers.dialogue.turn import Turn

_WHY_WARD = {
    WardSource.NAMED: "card_ward_named",
    WardSource.POINT: "card_ward_point",
    WardSource.PRESET: "card_ward_preset",
    WardSource.CHOSEN: "card_ward_chosen",
}


def show_card(turn: Turn, draft: Draft) -> None:
    """What was understood, to be confirmed with one tap or put right with another."""
    turn.say("card", lines="\n".join(_lines(turn, draft)))
    if draft.is_about_official:
        say_who_reads(turn, draft)
    if _wants_photo(draft):
        turn.say("after_panel_photo")
    turn.say("card_confirm", choices=_buttons(turn, draft))


def _lines(turn: Turn, draft: Draft) -> list[str]:
    lines = [
        turn.word("card_kind", kind=_kind(turn, draft)),
        turn.word("card_ward", ward=_ward(turn, draft)),
        turn.word("card_text", text=shorten(draft.text)),
    ]
    if attached := _attached(turn, draft):
        lines.append(turn.word("card_files", files=attached))
    if turn.city.understand(draft.text).personal_data:
        lines.append(turn.word("person_card_masked"))
    lines.append(turn.word("card_anonymous" if draft.is_anonymous else "card_not_anonymous"))
    return lines


def _kind(turn: Turn, draft: Draft) -> str:
    name = kind_name(turn, draft.kind or CaseKind.SUGGESTION, is_emergency=draft.is_emergency)
    about = f"about_{draft.category}"
    return f"{name} ({turn.word(about)})" if has(turn.language, about) else name


def _ward(turn: Turn, draft: Draft) -> str:
    """The ward and how we came to it, so that a wrong guess is seen."""
    if draft.ward_code is None:
        return turn.word("card_ward_not_known")
    name = ward_name(turn, draft.ward_code)
    if draft.accused is Accused.LEADER:
        return turn.word("card_ward_of_the_city", ward=name)
    return f"{name} ({turn.word(_WHY_WARD[draft.ward_source])})" if draft.ward_source else name


def _attached(turn: Turn, draft: Draft) -> str:
    kept = [file for file in draft.files if file.trouble is None]
    photos = sum(file.kind is FileKind.PHOTO for file in kept)
    others = len(kept) - photos
    counted = [turn.word("card_photos", n=photos)] if photos else []
    counted += [turn.word("card_other_files", n=others)] if others else []
    if draft.point is not None:
        counted.append(turn.word("card_place"))
    return ", ".join(counted)


def _wants_photo(draft: Draft) -> bool:
    """A board's damage is seen best; a report without a picture is sent all the same."""
    return draft.kind is CaseKind.PANEL and not draft.files


def _buttons(turn: Turn, draft: Draft) -> list[list[Choice]]:
    serial = draft.serial
    anonymous = about_draft(Act.ANONYMOUS, serial, "0" if draft.is_anonymous else "1")
    rows = [
        [button(turn, "after_button_send_now" if _wants_photo(draft) else "chat_button_send", Act.SEND, draft)],
        [
            button(turn, "chat_button_other_ward", Act.OTHER_WARD, draft),
            button(turn, "chat_button_other_kind", Act.OTHER_KIND, draft),
        ],
        [
            Choice(turn.word("card_button_named" if draft.is_anonymous else "card_button_anonymous"), anonymous),
            button(turn, "chat_button_cancel", Act.CANCEL, draft),
        ],
    ]
    if draft.is_about_official:
        rows.insert(2, [leader_button(turn, draft)])
    return rows
