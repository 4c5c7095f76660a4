"""S17: a flood costs the flooder. While very many knock, each is asked for a little work; nothing that was typed is lost."""

from dataclasses import dataclass, field

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from bot.domain.case import new_code
from bot.metrics import Metrics
from bot.web import siege
from bot.web.siege import CALM_FOR, LASTS, WAIT, Gate, Siege
from public.track import GATE, THROTTLE_OF_ALL, TRIES_OF_ALL
from storage import Database
from tests.handlers.webchat.conftest import town  # noqa: F401 - the chat of those tests
from tests.handlers.webchat.town import Town
from tests.public.test_track import RECEIPTS, Holder, lift_throttle, page_app
from tests.security.flood import answer_to, besiege
from tests.storage.cast import a_case


@dataclass
class Hands:
    """A clock that is moved by hand."""

    now: float = 1_000_000_020.0  # a minute begins
    moved: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now


def test_a_siege_begins_with_many_and_ends_only_when_few_have_come_for_a_while() -> None:
    """S17: ninety-nine in a minute are a busy evening; a flood that pauses for a minute is still one."""
    clock = Hands()
    door = Siege("chat", many=100, few=30, clock=clock)
    assert not any(door.note() for _ in range(100))
    assert door.note()
    clock.now += CALM_FOR - 1
    assert all(door.note() for _ in range(31))  # more than few: it goes on from here
    clock.now += CALM_FOR - 1
    assert door.is_on
    assert all(door.note() for _ in range(30))  # few do not make it longer
    clock.now += 2
    assert not door.is_on
    assert not door.note()


async def test_a_question_is_for_one_browser_once_and_for_ten_minutes() -> None:
    """S17: neither another browser's answer, nor the same twice, nor an old one opens the door."""
    clock = Hands()
    gate = Gate(Siege("chat", many=0, few=0), clock=clock)
    asked = await gate.ask("key", "lan", "", "")
    answer = answer_to(asked)
    for subject, proof, given in (
        ("minh", asked, answer),
        ("lan", asked, answer + "1"),
        ("lan", asked, ""),
        ("lan", asked, "-1"),
        ("lan", asked, "١٢٣"),
        ("lan", asked[:-1] + ("0" if asked[-1] != "0" else "1"), answer),
        ("lan", "9" + asked, answer),
        ("lan", "..", answer),
        ("lan", "\udcff.1.a.b", answer),
    ):
        assert await gate.ask("key", subject, proof, given), (subject, proof, given)
    assert await gate.ask("another key", "lan", asked, answer)
    clock.now += LASTS + 1
    assert await gate.ask("key", "lan", asked, answer) not in ("", asked)
    clock.now -= 2
    assert await gate.ask("key", "lan", asked, answer) == ""
    assert await gate.ask("key", "lan", asked, answer) not in ("", asked)


async def test_without_script_one_waits_and_only_so_many_pass_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """S17: a quarter of a minute, the same question all the while; a flood that waits gains two a minute here."""
    monkeypatch.setattr(siege, "WAITERS", 2)
    clock = Hands()
    gate = Gate(Siege("track", many=0, few=0), clock=clock)
    asked = [await gate.ask("key", f"browser {n}", "", "") for n in range(4)]
    clock.now += WAIT - 1
    assert await gate.ask("key", "browser 0", asked[0], "") == asked[0]
    clock.now += 1
    answers = [await gate.ask("key", f"browser {n}", asked[n], "") for n in range(4)]
    assert answers == ["", "", asked[2], asked[3]]


async def test_a_stranger_is_asked_and_whoever_has_written_before_is_not(town: Town) -> None:  # noqa: F811 - the fixture
    """S17: Hoa has a chat; Lan comes during the flood, without script: her words stay in the form until they may pass."""
    hoa, lan = await town.visitor(), await town.visitor()
    await hoa.says("Ngõ tối")
    besiege(town.gates["chat"])
    assert (await hoa.says("Ngõ vẫn tối")).status == 200
    page = await lan.says("Đèn hỏng trước nhà")
    assert (page.status, page.typed) == (429, "Đèn hỏng trước nhà")
    assert "15 giây" in page.notice
    assert len(town.kept) == 2
    again = await lan.says(page.typed, proof=page.field("proof"), answer="")
    assert (again.status, again.field("proof")) == (429, page.field("proof"))  # pressed too early: the same question
    done = await lan.says(again.typed, proof=page.field("proof"), answer=answer_to(page.field("proof")))
    assert done.status == 200
    assert len(town.kept) == 3
    status, told = await (await town.visitor()).tells(text="x", key="k" * 12)
    assert (status, told["kept"], told["error"]) == (429, False, "webchat_prove")
    assert str(told["prover"]).endswith("/prove.js")


async def test_a_flood_of_questions_leaves_the_receipts_of_others_alone(sqlite_database: Database) -> None:
    """S17: ever new browsers ask as fast as they can; Lan, who does the work, has her answer at the first try."""
    case = await a_case(sqlite_database)
    app = page_app(sqlite_database)
    async with TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True)) as client:
        lan = Holder(client)
        await lan.opens()
        assert "proof" not in lan.fields
        of_all, many = app[THROTTLE_OF_ALL]._item, app[siege.GATES][GATE].siege._many
        lift_throttle(lan)
        app[THROTTLE_OF_ALL]._item, app[siege.GATES][GATE].siege._many = of_all, many
        besiege(app[siege.GATES][GATE])
        for _ in range(TRIES_OF_ALL + 1):  # what the flood asks without an answer takes nothing of what all may ask
            assert await app[siege.GATES][GATE].ask("k", "somebody", "", "")
        assert "15 giây" in await lan.asks(case.code, RECEIPTS.signature(case.code))
        assert lan.status == 429
        assert lan.fields["code"] == case.code  # nothing has to be typed again
        lan.fields["answer"] = answer_to(lan.fields["proof"])
        assert "Biên nhận thật" in await lan.asks(case.code, RECEIPTS.signature(case.code))
        assert lan.status == 200
        assert "proof" in lan.fields  # the next question is on the page already
        assert "15 giây" in await lan.asks(new_code(), "A" * 16)


def test_what_is_besieged_is_told_to_the_operator() -> None:
    metrics = Metrics()
    metrics.besieged.labels("chat").set(True)
    assert b'homthu_besieged{where="chat"} 1.0' in metrics.text()
