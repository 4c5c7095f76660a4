"""What another program may send in, each test named after its line in the list of what conforms (`OPEN311.md`)."""

import asyncio
import json
import unicodedata
from typing import Any
from urllib.parse import urlencode

from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from bot.domain.case import Accused, CaseKind, Desk
from bot.domain.people import Channel
from bot.services.api_keys import add_api_key, revoke_api_key
from storage import Database
from tests.dialogue.driver import MONDAY
from tests.open311.cast import CITY, FORM, LITTER, PLACE, Program, open311_app, speaking, turns

NOISE = {**PLACE, "service_code": "vio_noise", "description": "Hát karaoke tới khuya", "attribute[source]": "karaoke"}
RUDE = "Cán bộ một cửa của phường quát mắng tôi và đòi tiền để làm hồ sơ"


async def refused(program: Program, more: dict[str, Any] | list[tuple[str, str]], status: int = 400) -> str:
    """What is said about it, in both forms alike."""
    pairs = [*LITTER.items(), *(more.items() if isinstance(more, dict) else more)]
    told = [
        await program.posts(list(dict(pairs).items() if isinstance(more, dict) else pairs), form, status)
        for form in ("json", "xml")
    ]
    assert [str(one["code"]) for one in told[0]] == [one["code"] for one in told[1]]
    return " ".join(one["description"] for one in told[0])


async def test_05_a_place_is_said_in_one_of_three_ways(program: Program) -> None:
    """By a point inside a ward, by words, by a ward's own code; what leads nowhere for certain waits at the city."""
    nowhere = {"lat": "", "long": ""}
    assert "lat" in await refused(program, nowhere)
    for half in ({"lat": ""}, {"long": ""}, {"long": "", "address_string": "phường Tây Hồ"}):
        assert "long" in await refused(program, half)
    for bad in ("999", "-90.1", "nan", "inf", "1e1", "21,04", "²1", "0x1", "2" * 400):
        assert "lat" in await refused(program, {"lat": bad})
    placed = await program.case(await program.files())
    assert (placed.ward_code, placed.desk, placed.address.channel) == ("00103", Desk.GENERAL, Channel.OPEN311)
    worded = await program.case(await program.files(**nowhere, address_string="12 Thụy Khuê, phường Tây Hồ"))
    assert (worded.ward_code, worded.desk) == ("00103", Desk.GENERAL)
    coded = await program.case(await program.files(**nowhere, address_id="00091"))
    assert (coded.ward_code, coded.desk) == ("00091", Desk.GENERAL)
    for lost in ({"address_string": "gần nhà văn hóa"}, {"address_id": "17-b"}, {"lat": "10.77", "long": "106.70"}):
        unplaced = await program.case(await program.files(**nowhere | lost))
        assert (unplaced.ward_code, unplaced.desk) == (None, Desk.UNPLACED)
        await program.gets(f"/requests/{unplaced.code}", status=404)  # not before it stands at a general desk


async def test_06_the_questions_of_a_service_are_answered_as_they_were_put(program: Program) -> None:
    """What was answered is read by staff, in words; whatever is wrong is told by its code, all in one answer."""
    without = {"service_code": "vio_noise"}
    assert "attribute[source]" in await refused(program, without)
    assert "attribute[source]" in await refused(program, {**without, "attribute[source]": ""})
    for wrong in ("metal", "karaoke,animals", "KARAOKE"):
        assert "attribute[source]" in await refused(program, {**without, "attribute[source]": wrong})
    good = {**without, "attribute[source]": "karaoke"}
    for foreign in (
        "attribute[nope]",
        "attribute[board]",
        "attribute[]",
        "attribute",
        "attribute[source",
        "attribute[a][b]",
    ):
        assert "attribute" in await refused(program, {**good, foreign: "x"})
    for wrong in ("2026-11-16", "soon", "2026-11-16T02:00:00"):
        assert "attribute[since]" in await refused(program, {**good, "attribute[since]": wrong})
    assert "attribute[hours]" in await refused(
        program, [*good.items(), ("attribute[hours][]", "night"), ("attribute[hours][]", "x")]
    )
    assert "attribute[source]" in await refused(program, [*good.items(), ("attribute[source]", "animals")])
    assert "attribute[vehicles]" in await refused(program, {"service_code": "vio_sidewalk", "attribute[vehicles]": "many"})
    several = [
        ("attribute[hours][]", "evening"),
        ("attribute[hours][]", "night"),
        ("attribute[since]", "2026-11-01T20:00:00+07:00"),
    ]
    [told] = await program.posts([*NOISE.items(), *several])
    case = await program.case(told["service_request_id"])
    assert "Tiếng ồn từ đâu?: Hát karaoke" in case.text
    assert "Buổi tối, Đêm khuya" in case.text
    assert (case.kind, case.category) == (CaseKind.VIOLATION, "vio_noise")


async def test_07_a_description_is_four_thousand_characters_of_text(program: Program) -> None:
    """Of whatever script; markup is text like any other, and NFC is what is kept."""
    assert "4000" in await refused(program, {"description": "đ" * 4001})
    long = await program.case(await program.files(description="Rác " + "🏮" * 3996))
    assert long.text.startswith("Rác 🏮")
    html = await program.case(await program.files(description="Rác <script>alert(1)</script>\r\nở chợ"))
    assert html.text.splitlines()[:2] == ["Rác <script>alert(1)</script>", "ở chợ"]
    apart = await program.case(await program.files(description=unicodedata.normalize("NFD", "Rác ở đường Bưởi")))
    assert apart.text.startswith("Rác ở đường Bưởi")
    nameless = await program.case(await program.files(description=""))
    assert nameless.text.startswith("Xả rác")


async def test_08_only_a_good_key_sends_anything_in(program: Program) -> None:
    """Missing, wrong, revoked: one and the same 403, in the form that was asked for, before anything else is looked at."""
    async with program.database.begin() as uow:
        gone = await add_api_key(uow, CITY.receipts, name="Cũ", now=MONDAY)
        await revoke_api_key(uow, gone.key.id, now=MONDAY)
        await uow.commit()
    told = {
        await refused(program, {"api_key": key}, status=403)
        for key in ("", "x", gone.secret, program.key.secret[:-1], "é" * 900)
    }
    assert len(told) == 1
    assert "api_key" in told.pop()
    assert await refused(program, {"service_code": "nope"}, status=404)
    assert await refused(program, {"service_code": "off_bribery"}, status=404)
    assert "service_code" in await refused(program, {"service_code": ""})
    for body, head in (
        (json.dumps({"api_key": program.key.secret}).encode(), {"Content-Type": "application/json"}),
        (b"", {}),
        (b"api_key", FORM),
    ):
        told_so = await program.asks("/requests.json", "json", "POST", data=body, headers=head)
        assert told_so.status == 403, body
    for body, head in (
        (b"description=%ff%fe", FORM),
        (b"description=\xff", FORM),
        (b"x=1", {"Content-Type": "application/x-www-form-urlencoded; charset=utf-16"}),
        (b"&".join(b"a=%d" % number for number in range(201)), FORM),
        (b"description=" + b"a" * 200_000, FORM),
    ):
        told_so = await program.asks("/requests.xml", "xml", "POST", data=body, headers=head)
        assert told_so.status == 400, body[:40]
    assert await program.ids() == []


async def test_08_a_key_has_its_rate(program: Program) -> None:
    """Whoever sends more is told when to come again: a 400, as all that is no key and no 404, with the finer code."""
    async with program.database.begin() as uow:
        slow = await add_api_key(uow, CITY.receipts, name="Chậm", per_minute=2, now=MONDAY)
        await uow.commit()
    for number in range(2):
        await program.files(api_key=slow.secret, description=f"Rác {number}")
    body = urlencode({**LITTER, "api_key": slow.secret})
    told = await program.asks("/requests.json", "json", "POST", data=body, headers=FORM)
    assert (told.status, told.data[0]["code"], told.headers["Retry-After"]) == (400, 429, "60")
    await program.files()
    program.clock.passes(minutes=1)
    await program.files(api_key=slow.secret)


async def test_09_an_id_comes_at_once_and_never_a_token(program: Program) -> None:
    """Also where the ward is not known yet. The id itself leads where a token would; the receipt's secret stays here."""
    for more in ({}, {"lat": "", "long": "", "address_string": "không rõ"}):
        [told] = await program.posts({**LITTER, **more})
        assert "token" not in told
        assert told["service_request_id"]
        assert "113" in told["service_notice"]
        assert CITY.receipts.secret(told["service_request_id"]) not in json.dumps(told)
        assert CITY.receipts.secret(told["service_request_id"]).replace(" ", "") not in json.dumps(told)
    code = await program.files()
    assert await program.gets(f"/tokens/{code}") == [{"service_request_id": code, "token": code}]


SECRETS = {
    "first_name": "Nguyễn Thị Kín",
    "last_name": "Đáo Để",
    "email": "kin.dao.de@example.vn",
    "phone": "0912345678",
    "device_id": "device-7f3a9c",
    "account_id": "account-55512",
}
MORE_SECRETS = ("chat-88812399", "0987 654 321", "https://tracker.example/p.jpg?who=kin")


async def test_16_what_is_personal_is_nowhere_to_be_read(program: Program) -> None:
    """Whoever sends a name, a phone or an address of the net: no list, no case, no error and no log has it again."""
    words = f"Rác ở chợ, gọi tôi {MORE_SECRETS[1]}, {MORE_SECRETS[0]}"
    body = {**LITTER, **SECRETS, "description": words, "media_url": MORE_SECRETS[2]}
    heard: list[str] = []
    with capture_logs() as logs:
        [told] = await program.posts(body)
        code = told["service_request_id"]
        heard.append(json.dumps(told))
        for path in ("/requests", f"/requests/{code}", "/requests?extensions=true", f"/tokens/{code}"):
            heard.append(json.dumps(await program.gets(path), ensure_ascii=False))
        for wrong in (
            {"lat": SECRETS["phone"]},
            {"service_code": SECRETS["email"]},
            {"media_url": SECRETS["phone"]},
            {"attribute[0912345678]": "x"},
            {"api_key": SECRETS["email"]},
        ):
            pairs = urlencode({**body, "api_key": program.key.secret, **wrong})
            answer = await program.asks("/requests.json", "json", "POST", data=pairs, headers=FORM)
            assert answer.status >= 400
            heard += [answer.text, str(answer.headers)]
        for query in ("start_date=0912345678", "status=kin.dao.de@example.vn", "after=0912345678", "page=0912345678"):
            heard.append((await program.asks(f"/requests.json?{query}", "json")).text)
        heard.append((await program.asks("/services/0912345678.json", "json")).text)
    spoken = "\n".join((*heard, str(logs)))
    for secret in (*SECRETS.values(), *MORE_SECRETS, "0912345678", program.key.secret):
        assert secret not in spoken, secret
    case = await program.case(code)
    assert not any(secret in case.text for secret in SECRETS.values())
    assert MORE_SECRETS[1] not in case.text  # sealed beside it, as in the chat
    assert MORE_SECRETS[2].split("?")[0] in case.text  # staff may look at it themselves; nothing here follows it


async def test_16_a_report_about_an_official_is_kept_from_everybody_here(program: Program) -> None:
    """Whatever service it was sent to, it goes to a desk that the accused does not read, and is not there for anybody."""
    code = await program.files(description=RUDE)
    case = await program.case(code)
    assert case.is_sensitive
    assert case.accused is not Accused.NOBODY
    assert case.desk in (Desk.RESTRICTED, Desk.LEADERS)
    about_leader = await program.case(await program.files(description="Chủ tịch phường nhận hối lộ của chủ quán"))
    assert (about_leader.accused, about_leader.desk) == (Accused.LEADER, Desk.LEADERS)
    through_other = await program.case(await program.files(service_code="other", description=RUDE))
    assert through_other.desk in (Desk.RESTRICTED, Desk.LEADERS)
    through_answer = await program.case(await program.files(description="Xem địa chỉ", address_string=RUDE))
    assert through_answer.is_sensitive
    for hidden in (case, about_leader, through_other, through_answer):
        there = await program.gets(f"/requests/{hidden.code}", status=404)
        assert there == await program.gets("/requests/7K3M-9QX2", status=404)
        await program.gets(f"/tokens/{hidden.code}", status=404)
        assert await program.ids(f"service_request_id={hidden.code}") == []
    assert await program.ids() == []


HIDING: dict[str, dict[str, Any]] = {
    "restricted": {"desk": "restricted"},
    "at the leaders": {"desk": "leaders"},
    "disputed": {"desk": "disputed"},
    "sensitive": {"is_sensitive": True},
    "accusing": {"accused": "official"},
    "of a unit": {"accused_unit": "police"},
    "anonymous": {"is_anonymous": True},
    "called conduct": {"category": "off_attitude"},
    "of conduct": {"kind": "conduct_official"},
    "erased": {"erased_at": MONDAY},
    "to be forgotten": {"erase_asked_at": MONDAY},
    "of another channel": {"channel": "telegram"},
}


async def test_16_whatever_becomes_of_a_case_it_is_gone_at_once(sqlite_program: Program) -> None:
    """From every list and by its id, and nothing beside it is."""
    for how, row in HIDING.items():
        code = await sqlite_program.files(description=f"Rác ở chợ {how}")
        assert await sqlite_program.ids() == [code], how
        await turns(sqlite_program, code, **row)
        assert await sqlite_program.ids() == await sqlite_program.ids("page_size=1") == [], how
        assert await sqlite_program.ids(f"service_request_id={code}") == [], how
        await sqlite_program.gets(f"/requests/{code}", status=404)


async def test_16_a_case_that_joined_a_hidden_one_is_hidden_with_it(program: Program) -> None:
    hidden, joined = await program.case(await program.files(description=RUDE)), await program.files()
    await turns(program, joined, main_case_id=hidden.id)
    assert await program.ids() == []


async def test_16_two_worlds_that_differ_in_a_secret_look_the_same(database: Database) -> None:
    """With a report about an official between two others, every byte that is told of the others is as without it."""
    async with speaking(database) as program:
        first = await program.files()
        without = [
            await program.gets(path) for path in ("/requests", "/requests?page_size=1&extensions=true", f"/requests/{first}")
        ]
        headers = (await program.asks("/requests.json?page_size=1", "json")).headers.get("Link")
        await program.files(description=RUDE)
        with_it = [
            await program.gets(path) for path in ("/requests", "/requests?page_size=1&extensions=true", f"/requests/{first}")
        ]
        assert without == with_it
        assert headers == (await program.asks("/requests.json?page_size=1", "json")).headers.get("Link")


async def test_17_the_same_request_again_is_the_same_case(program: Program) -> None:
    """Sent once more by a network that lost the answer, in another order or form: one case, one id, for a day."""
    first = await program.files()
    [again] = await program.posts(dict(reversed(LITTER.items())), form="xml")
    assert again["service_request_id"] == first
    program.clock.passes(hours=23, minutes=59)
    assert await program.files() == first
    program.clock.passes(minutes=2)
    later = await program.files()
    assert later != first
    assert len({first, later, await program.files(first_name="Lan"), await program.files(lat="21.0451")}) == 4
    async with program.database.begin() as uow:
        other = await add_api_key(uow, CITY.receipts, name="Cổng khác", now=MONDAY)
        await uow.commit()
    assert await program.files(api_key=other.secret) not in (first, later)


async def test_17_two_processes_that_are_sent_the_same_make_one_case(program: Program) -> None:
    """Twenty at once, to two programs with the same database: one id, one case, one row of the trail."""
    server = TestServer(open311_app(program.database, CITY, program.clock))
    async with TestClient(server, cookie_jar=CookieJar()) as client:
        second = Program(client, program.database, program.clock, program.key, program.city)
        codes = await asyncio.gather(*(one.files() for _ in range(10) for one in (program, second)))
    assert len(set(codes)) == 1
    assert await program.ids() == codes[:1]
