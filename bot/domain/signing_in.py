"""What signing in takes beside a password: for whom a second step is a duty, and how a browser is named to its owner.

A second factor is a code of an app that changes every half minute (TOTP, RFC 6238), or one of ten recovery codes. Codes
are judged in `bot.services.second_factor`; where somebody is signed in is `Session` of `bot.domain.people`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.people import Role, StaffId

STEP = timedelta(seconds=30)  # how long one code of the app lasts
WINDOW = 1  # steps before and after the present one that are taken too: phones' clocks go wrong
RECOVERY_CODES = 10
HALF_LASTS = timedelta(minutes=5)  # from the password to the code
HALF_TRIES = 5  # wrong codes, then the password is asked for again

# Who reads reports about officials, or decides who does: a password alone is not enough.
NEEDS_CODE = frozenset({Role.RESTRICTED_OFFICER, Role.WARD_LEADER, Role.CITY_COORDINATOR, Role.INSPECTOR, Role.OPERATOR})


def needs_code(roles: Iterable[Role]) -> bool:
    """Whether somebody with these roles (one's own, and those one stands in for) must have a second factor."""
    return not NEEDS_CODE.isdisjoint(roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor:
    """What is kept of somebody's. `sealed` opens to the app's secret (base32); empty: there is none now."""

    staff_id: StaffId
    sealed: str
    since: datetime | None
    codes_left: int  # recovery codes that were not used
    reset_at: datetime | None = None  # somebody else took it away, and its owner has not been told
    reset_by: str = ""  # the colleague's name; empty for the command line


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfSession:
    """A password was right, a code is awaited. It opens nothing. Ids are kept as SHA-256 (hex), as a session's are."""

    id_hash: str
    staff_id: StaffId
    browser_hash: str  # of the cookie that ties the sign-in form to its browser
    created_at: datetime
    tries: int = 0


# Coarse, and of staff alone: enough to tell one's own phone from somebody else's. The browser's own words are not kept.
_KINDS = (("tablet", ("ipad", "tablet")), ("phone", ("iphone", "mobi", "android")))
_BROWSERS = (
    ("coccoc", ("coc_coc", "coccoc")),
    ("edge", ("edg/", "edga/", "edgios/")),
    ("opera", ("opr/", "opera")),
    ("samsung", ("samsungbrowser",)),
    ("firefox", ("firefox", "fxios")),
    ("chrome", ("chrome", "crios", "chromium")),
    ("safari", ("safari",)),
)
KINDS = ("phone", "tablet", "computer")
BROWSERS = tuple(name for name, _ in _BROWSERS)


def device_of(user_agent: str) -> str:
    """ "phone chrome": a kind of `KINDS` and a browser of `BROWSERS`; only the kind, or nothing, where it is unknown."""
    said = user_agent[:512].casefold()
    if not said.strip():
        return ""
    kind = next((name for name, signs in _KINDS if any(sign in said for sign in signs)), "computer")
    browser = next((name for name, signs in _BROWSERS if any(sign in said for sign in signs)), "")
    return f"{kind} {browser}".strip()
