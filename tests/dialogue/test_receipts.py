"""What a resident holds after filing: the code at once, the receipt when asked for; of an anonymous case always."""

import json
import re

import pytest
from sqlalchemy import text as sql

from bot.domain.case import CaseCode
from bot.domain.people import Channel, Language
from bot.domain.reply import Reply
from bot.receipts import KeyedReceipts
from bot.services.receipt import KEEP, with_secret
from handlers.dialogue.choices import Act
from storage import Database
from tests.dialogue.conftest import Meet
from tests.dialogue.driver import SECRET, Resident

RECEIPTS = KeyedReceipts(SECRET)
RUBBISH = "Rác chất đống ở phường Tây Hồ"


async def files(lan: Resident, text: str = RUBBISH) -> CaseCode:
    await lan.says(text)
    await lan.presses("Send" if lan.language is Language.EN else "Gửi")
    return lan.code


async def files_anonymously(lan: Resident, text: str = RUBBISH) -> CaseCode:
    await lan.says(text)
    await lan.presses_data(f"{Act.ANONYMOUS}:{(await lan.conversation()).draft.serial}:1")  # type: ignore[union-attr]  # it has one
    await lan.presses("Gửi")
    return lan.code


@pytest.mark.parametrize("language", list(Language))
async def test_the_acknowledgement_is_short_and_says_who_acts_next(meet: Meet, language: Language) -> None:
    """Code, deadline, office; the secret comes only when it is asked for."""
    lan = meet("Lan", language)
    code = await files(lan)
    told = lan.hears[-1]
    assert re.search(rf"^(Mã hồ sơ|Case code): {code}$", told, re.M)
    assert ("Ủy ban nhân dân phường Tây Hồ" if language is Language.VI else "People's Committee of Tay Ho Ward") in told
    assert RECEIPTS.secret(code) not in told
    assert len(lan.labels) == 4

    await lan.presses("Biên nhận" if language is Language.VI else "Receipt")
    assert RECEIPTS.secret(code) in lan.hears[-1]
    assert RECEIPTS.signature(code) in lan.hears[-1].replace(" ", "")
    assert sum(bool(re.search(r"(?:Mã hồ sơ|Case code): ", heard)) for heard in lan.hears) == 1


async def test_the_receipt_is_repeated_in_the_same_chat(meet: Meet) -> None:
    """By command and in words: of the conversation's case, or of the one that is chosen."""
    lan = meet("Lan")
    await lan.says("biên nhận")
    assert "chưa gửi hồ sơ nào" in lan.hears[-1]
    first = await files(lan)
    await lan.commands("receipt")
    assert RECEIPTS.secret(first) in lan.hears[-1]
    await lan.presses("Việc mới") if "Việc mới" in lan.labels else await lan.commands("new")
    second = await files(lan, "Đèn đường hỏng ở phường Tây Hồ")
    await lan.commands("new")
    await lan.says("Biên nhận")
    assert {first, second} <= {label.split(" ")[0] for label in lan.labels}
    await lan.presses(first)
    assert RECEIPTS.secret(first) in lan.hears[-1]


async def test_an_open_draft_is_put_again_after_the_receipt(meet: Meet) -> None:
    lan = meet("Lan")
    await files(lan)
    await lan.commands("new")
    await lan.says("Loa kéo ồn ở phường Tây Hồ")
    before = (await lan.conversation()).draft
    await lan.says("biên nhận")
    assert "Gửi" in lan.labels
    assert (await lan.conversation()).draft == before


async def test_somebody_elses_receipt_is_not_told(meet: Meet) -> None:
    """A forged button with another's code is a stale one."""
    lan, hoa = meet("Lan"), meet("Hoa")
    code = await files(lan)
    await files(hoa)
    for act in (Act.RECEIPT, Act.CASE, Act.CASES, Act.ADD_HERE, Act.KEPT):
        await hoa.presses_data(f"{act}:{code}")
        assert "Nút này đã cũ" in hoa.hears[-1]
        assert RECEIPTS.secret(code) not in hoa.hears[-1]


async def test_an_anonymous_case_comes_with_its_receipt(meet: Meet) -> None:
    """On the web chat it stays to be proven that it was written down: four wrong digits are asked for again."""
    lan = meet("Lan")
    code = await files_anonymously(lan)
    secret = RECEIPTS.secret(code)
    assert secret in lan.hears[-1]
    keep = f"{KEEP}{code}"
    assert keep in [choice.data for row in lan.replies[-1].choices for choice in row]
    await lan.presses_data(f"{keep}:0000" if not secret.endswith("0000") else f"{keep}:1111")
    assert "chưa đúng" in lan.hears[-1]
    assert keep in [choice.data for row in lan.replies[-1].choices for choice in row]
    await lan.presses_data(f"{keep}:{secret[-4:]}")
    assert "Đúng rồi" in lan.hears[-1]
    assert keep not in [choice.data for row in lan.replies[-1].choices for choice in row]


async def test_a_messenger_keeps_its_chat_and_asks_no_digits(meet: Meet) -> None:
    lan = meet("Lan")
    lan.channel = Channel.TELEGRAM
    code = await files_anonymously(lan)
    assert RECEIPTS.secret(code) in lan.hears[-1]
    assert not any(choice.data.startswith(KEEP) for row in lan.replies[-1].choices for choice in row)


async def test_praise_is_published_only_with_consent(meet: Meet) -> None:
    lan = meet("Lan")
    await files(lan, "Khen chị cán bộ một cửa phường Tây Hồ rất nhiệt tình, chu đáo")
    assert "chỉ được đăng công khai khi người được khen đồng ý" in lan.hears[-1]


async def test_no_row_holds_a_secret(meet: Meet, database: Database) -> None:
    """A dump of the database opens no case: neither the outbox nor anything else knows the twelve digits."""
    lan = meet("Lan")
    code = await files_anonymously(lan)
    await lan.commands("receipt")
    secret = RECEIPTS.secret(code)
    found = []
    async with database.reading() as uow:
        link = uow.outbox._link  # type: ignore[attr-defined]  # a look behind the port
        for table, column in (("outbox", "body"), ("conversations", "awaits"), ("cases", "text"), ("audit", "details")):
            found += [str(row[0]) for row in await link.rows(sql(f"SELECT {column} FROM {table}"))]
    assert any("receipt" in row for row in found)
    assert not any(secret in row or secret.replace(" ", "") in row for row in found)


def test_only_a_receipt_is_given_a_secret() -> None:
    """Words that merely hold the place of a secret stay as they are, and a stored receipt comes back as it was."""
    reply = Reply(text="[····]")
    assert with_secret(reply, RECEIPTS) is reply
    receipt = Reply(text="x [····]", receipt_of="7K3M-9QX2")
    assert with_secret(receipt, RECEIPTS).text == f"x {RECEIPTS.secret(CaseCode('7K3M-9QX2'))}"
    assert Reply.from_dict(json.loads(json.dumps(receipt.to_dict()))) == receipt


def test_the_pages_know_the_button_that_a_receipt_carries() -> None:
    assert f"{Act.KEPT}:" == KEEP
