"""Which counts a guess at the desk is put on: of a password, of a code, of the present password of somebody signed in.

A browser that signed in with a name before is known by a cookie and has a count of its own: a stranger who keeps guessing
uses up the name's count, and can never lock its owner out.
"""

from datetime import timedelta

from aiohttp import web

from bot.domain.guessing import Count
from bot.web import keys
from bot.web.cookies import read_cookie, set_cookie
from bot.web.guesses import Guesses, network_of
from bot.web.tokens import same, sign

DEVICE_COOKIE = "device"  # this browser signed in with that name before
DEVICE_KNOWN_FOR = timedelta(days=180)
GUESSES: web.AppKey[Guesses] = web.AppKey("sign_in_guesses", Guesses)


def counts_of_password(request: web.Request, username: str) -> list[Count]:
    """Of a password typed with this name, whether there is such a name or not."""
    name = username.casefold()
    if _is_known_device(request, name):
        return [Count(("device", name), first_wait=10)]
    network = network_of(request)
    return [
        Count(("address", network)),
        Count(("name", name)),
        Count(("both", name, network), a_minute=6, free=6, first_wait=10),
    ]


def counts_of_code(request: web.Request, username: str) -> list[Count]:
    """Of a code after the right password. Whoever guesses here knows the password: the wait grows for the name itself."""
    name = username.casefold()
    kind = "code from device" if _is_known_device(request, name) else "code"
    return [*counts_of_password(request, name), Count((kind, name), a_minute=6, free=6, first_wait=20)]


def counts_within(what: str, staff_id: int) -> list[Count]:
    """Of what somebody who is signed in has to prove again."""
    return [Count((what, str(staff_id)), first_wait=10)]


def remember_device(request: web.Request, answer: web.StreamResponse, username: str) -> None:
    device = sign(request.app[keys.SECRET_KEY], "device", username.casefold())
    set_cookie(request, answer, DEVICE_COOKIE, device, lasts=DEVICE_KNOWN_FOR, same_site="Strict")


def _is_known_device(request: web.Request, name: str) -> bool:
    return same(read_cookie(request, DEVICE_COOKIE), sign(request.app[keys.SECRET_KEY], "device", name))
