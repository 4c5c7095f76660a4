"""A Zalo Bot API server of our own, on loopback, that keeps what is known of Zalo's rules; its residents write and read.

    async with ZaloServer() as zalo:                    # zalo.base, zalo.token: for HOMTHU_ZALO_API_BASE and _TOKEN
        lan = zalo.resident("Lan")                      # a private chat with the bot; lan.id is its id (20 hex digits)
        lan.sends("Đèn hỏng ở ngõ 12")                  # returns the message id; also sends_photo, sends_sticker, …
        heard = await lan.next()                        # the bot's next message: .text, .choices {1: "Gửi", …}, .file
        lan.chooses("Gửi")                              # writes the number of the newest numbered line with these words
        zalo.breaks("sendMessage", Fault(status=429))   # the next call fails; `tests.bot_api.faults` says how
        zalo.calls_of("sendMessage")                    # what was called, with parameters and time

`ZaloServer(is_flat=True)` hands events out without the envelope, `photo_key="photo"` names pictures as the documentation
does, `tells_by_status=True` puts the error's code into HTTP's status as well, `seconds=True` dates in seconds,
`brings_twice=True` has every webhook delivery come twice, `redelivers=N` has a refused one come again N times.
`zalo.feed(event)` hands out any event, `zalo.feed_text(text)` any text at all. A poll whose caller is gone still takes what
comes next, as the worst reading of "at most once" has it.

Read `server`, then `residents` (what people do), `methods` (what the bot may call), `rules` (what is refused), `pushing`
(the webhook's side).
"""

from tests.bot_api.faults import Fault
from tests.zalo_api.residents import Heard, Resident
from tests.zalo_api.server import ZaloServer

__all__ = ["Fault", "Heard", "Resident", "ZaloServer"]
