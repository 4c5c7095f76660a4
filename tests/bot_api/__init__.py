"""A Bot API server of our own, on loopback, that keeps Telegram's rules; its residents write, press and read.

Begin with `server.BotApiServer` and `residents.Resident`. `rules` holds what Telegram refuses, `updates` how updates are
handed out, `pushing` the webhook's side, `methods` the Bot API's methods, `faults` what can be made to go wrong, and
`oracle` a second opinion: python-telegram-bot reads every update that is fed and every call and answer.
"""

from tests.bot_api.faults import Fault
from tests.bot_api.residents import Heard, Resident
from tests.bot_api.server import BotApiServer

__all__ = ["BotApiServer", "Fault", "Heard", "Resident"]
