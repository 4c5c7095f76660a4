"""A photo of an identity card is refused kindly where it is declared or obvious: nobody here needs it (L-44).

The file was fetched before the dialogue; it is never linked to a draft, a case or a contact, and its bytes are removed from
the store. What a photo shows is not looked into: only the words beside it and the file's name tell.
"""

from dataclasses import replace

from bot.domain.incoming import IncomingKind
from bot.services.identity_cards import SHORT, is_card
from handlers.dialogue.asking import ask_next
from handlers.dialogue.turn import Turn

_REFUSED = "card:"  # before the album's id: its later photos are the card's other side


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
    if len(incoming.text.split()) > 2 * SHORT:  # there is a matter beside it
        return False
    ask_next(turn)
    return True
