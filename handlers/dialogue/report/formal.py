"""Where a complaint or denunciation is handed in, said once more when words that sound like one were filed.

The chat opens no such proceeding (L-03, L-04); what was written is kept and read all the same (L-05). That it replaces no
signed paper is on the card already; here is the way to the ward's citizen reception.
"""

from bot.domain.formal import FORMAL
from handlers.dialogue.labels import ward_name
from handlers.dialogue.oneself.people import office_lines
from handlers.dialogue.turn import Turn


async def say_where(turn: Turn) -> None:
    """After the code of a case that this turn filed from such words; nothing after any other."""
    draft, conversation = turn.before.draft, turn.conversation
    if draft is None or draft.category not in FORMAL or conversation.draft is not None:
        return
    if conversation.case_code is None or conversation.case_code == turn.before.case_code:
        return
    turn.new_message()
    if draft.ward_code is None:
        turn.say("formal_where_unknown")
        return
    office = "\n".join(await office_lines(turn, draft.ward_code))
    turn.say("formal_where", ward=ward_name(turn, draft.ward_code), office=office)
