"""The receipt's words. Its secret is put in where a reply goes out or is shown, so that no row ever holds it.

`bot.receipts` makes secret and signature of the case's code and the secret key; a dump of the database opens no case.
"""

from dataclasses import replace
from urllib.parse import urlencode

from bot.domain.case import CaseCode
from bot.domain.people import Language
from bot.domain.reply import Reply
from bot.ports import Receipts
from bot.wording import say

SECRET_PLACE = "[····]"  # noqa: S105 - stands for the secret in a stored reply
KEEP = "rc:"  # a choice that begins so says "I wrote it down"; a page may ask for the secret's last digits with it
KEPT_DIGITS = 4


def receipt_text(language: Language, code: CaseCode, receipts: Receipts, public_url: str) -> str:
    """Code, secret (its place), signature, and where the paper can be checked.

    Args:
        public_url: Where residents find our pages, without a trailing slash; empty when nobody set one.
    """
    signature = receipts.signature(code)
    spaced = " ".join(signature[at : at + 4] for at in range(0, len(signature), 4))
    text = say(language, "after_receipt", code=code, secret=SECRET_PLACE, signature=spaced)
    if not public_url:
        return text
    return f"{text}\n{say(language, 'after_receipt_link', link=track_link(public_url, code, signature))}"


def code_to_keep(reply: Reply) -> str:
    """The code of the case whose secret this reply asks to be written down; empty for any other reply."""
    data = (choice.data for row in reply.choices for choice in row)
    return next((one.removeprefix(KEEP) for one in data if one.startswith(KEEP)), "")


def track_link(public_url: str, code: CaseCode, signature: str) -> str:
    """The page that checks this receipt, with its form filled in."""
    return f"{public_url}/track?{urlencode({'code': code, 'signature': signature})}"


def with_secret(reply: Reply, receipts: Receipts) -> Reply:
    """The reply as its resident reads it."""
    if not reply.receipt_of:
        return reply
    secret = receipts.secret(CaseCode(reply.receipt_of))
    return replace(reply, text=reply.text.replace(SECRET_PLACE, secret))
