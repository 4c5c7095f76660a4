"""The authenticator app of everybody in the tests: one secret, the codes of any moment, and an account that has it."""

import re
from datetime import datetime
from functools import cache

from pyotp import TOTP

from bot.domain.people import StaffId
from bot.domain.signing_in import STEP
from bot.ports import UnitOfWork
from bot.sealing import SecretKeySealer

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(moment: datetime, steps: int = 0, secret: str = SECRET) -> str:
    """What the app shows then, or so many half minutes later."""
    return TOTP(secret).at(moment + steps * STEP)


def secret_in(html: str) -> str:
    """What the page of somebody who sets it up says, as it is typed by hand."""
    found = re.search(r'data-testid="secret">([A-Z2-7 ]+)<', html)
    assert found, "no secret on the page"
    return found[1].replace(" ", "")


async def enrol(uow: UnitOfWork, staff_id: StaffId, secret_key: str, now: datetime) -> None:
    """As if they had set up the app: without the page, and without recovery codes."""
    await uow.second_factors.put(staff_id, _sealed(secret_key), now)


@cache
def _sealed(secret_key: str) -> str:
    return SecretKeySealer(secret_key).seal(SECRET)
