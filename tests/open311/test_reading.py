"""What everybody may ask, each test named after its line in the list of what conforms (`OPEN311.md`)."""

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from yarl import URL

from bot.domain.people import Language
from bot.domain.serving import MOST_SERVED
from bot.understanding import load_categories
from bot.wording import say
from public.open311 import requests, services
from public.open311.attributes import ATTRIBUTES, Attribute, Datatype
from public.open311.spoken import to_json, to_xml
from storage import Database
from tests.dialogue.driver import MONDAY
from tests.open311.cast import DAY, Program, as_text, publishes, read_xml, speaking, turns, z
from tests.statements import statements_of

STANDARD = {
    *("service_request_id", "status", "status_notes", "service_name", "service_code", "description"),
    *("agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime"),
    *("address", "address_id", "zipcode", "lat", "long", "media_url"),
}
ODD = 'Ngõ <b>"3"</b> & chợ 🏮\r\nđèn\x0b\ufffe tắt, Đường Bưởi'
ODD_AS_SAID = 'Ngõ <b>"3"</b> & chợ 🏮\nđèn tắt, Đường Bưởi'


async def test_01_every_method_says_the_same_in_xml_and_json(program: Program) -> None:
    """`gets` compares the two forms; lists are bare arrays, and whatever is empty is null or an empty element."""
    code = await program.files()
    lists = [await program.gets(path) for path in ("/services", "/requests", f"/requests/{code}", f"/tokens/{code}")]
    assert all(isinstance(found, list) for found in lists)
    assert len(lists[0]) > 20
    assert lists[1] == lists[2]
    assert lists[1][0]["media_url"] is None
    for one in lists[0]:
        definition = await program.gets(f"/services/{one['service_code']}")
        assert definition["service_code"] == one["service_code"]
        assert bool(definition["attributes"]) is one["metadata"]
    xml = (await program.asks("/requests.xml", "xml")).text
    assert "<service_requests><request><service_request_id>" in xml
    assert "<media_url/>" in xml
    [told] = await program.posts({"service_code": "vio_litter", "address_string": "phường Tây Hồ"}, form="xml")
    assert set(told) == {"service_request_id", "service_notice", "account_id"}


async def test_02_whatever_the_words_are_they_come_through_in_both_forms(sqlite_program: Program) -> None:
    """`asks` holds every answer to its content type, charset and declaration. Markup is text; controls are nowhere."""
    case = await publishes(sqlite_program, ODD, answer="Đã xong <3")
    [told] = await sqlite_program.gets(f"/requests/{case.code}")
    assert told["description"] == f"Rác ở cổng chợ\n{ODD_AS_SAID}"
    assert told["status_notes"] == "Đã xong <3"
    for value in ("a\r\nb\rc", "]]>", "\ud7ff\ue000\U0010ffff", "\x1f\x7f", "\"&quot;'"):
        xml = ElementTree.fromstring(to_xml("word", value).encode())
        assert (xml.text or "") == json.loads(to_json(value))
    english = await sqlite_program.gets(f"/requests/{case.code}", headers={"Accept-Language": "en"})
    assert english[0]["service_name"] == load_categories()["vio_litter"].en


async def test_03_every_moment_has_a_zone_and_is_the_same_in_every_zone(sqlite_program: Program) -> None:
    code = await sqlite_program.files()
    [told] = await sqlite_program.gets("/requests")
    for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
        assert told[name].endswith("Z")
    assert told["requested_datetime"] == z(MONDAY)
    there = MONDAY.astimezone(sqlite_program.city.zone)
    for at in (z(MONDAY), quote(there.isoformat()), there.isoformat(), z(MONDAY).lower()):  # also with "+" for a space
        assert await sqlite_program.ids(f"start_date={at}&end_date={at}") == [code], at
    for naive in (
        "2026-11-16T02:00:00",
        "2026-11-16",
        "yesterday",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9" * 400,
    ):
        [error] = await sqlite_program.gets("/requests", {"start_date": naive}, status=400)
        assert "start_date" in error["description"]


async def test_04_codes_are_texts_and_stay_to_the_letter(sqlite_program: Program) -> None:
    """An id that looks like a number is one of its letters; what only resembles an id of ours is none."""
    code = await sqlite_program.files()
    await turns(sqlite_program, code, code="0000-0001")
    [told] = await sqlite_program.gets("/requests/0000-0001")
    assert told["service_request_id"] == "0000-0001"
    for other in ("1", "00000001", "0000-000l", "0000-0001 ", "%30000-0001x"):
        await sqlite_program.gets(f"/requests/{other}", status=404)
    assert all(isinstance(one["service_code"], str) for one in await sqlite_program.gets("/services"))


async def test_08_what_is_not_there_is_404_and_what_nobody_understands_400(sqlite_program: Program) -> None:
    """Reading needs no key. Whatever is wrong below /open311 is said in its shape: `gets` refuses anything else."""
    for path in ("/services/nope", "/services/off_bribery", "/services/oth_spam", "/requests/7K3M-9QX2", "/tokens/x", "/x"):
        [error] = await sqlite_program.gets(path, status=404)
        assert error["code"] == 404
    for query in ("service_code=vio_litter,nope", "service_code=off_attitude"):
        await sqlite_program.gets(f"/requests?{query}", status=404)
    for query in ("page=0", "page=x", "page_size=501", "page=2&after=1.7K3M-9QX2", "after=x", f"after={'9' * 30}.7K3M-9QX2"):
        await sqlite_program.gets(f"/requests?{query}", status=400)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "POST"):
        told = await sqlite_program.asks("/services.json", "json", method)
        assert (told.status, told.data[0]["code"]) == (400, 405)
    async with sqlite_program.client.get("/open311/v2/requests.html") as answer:
        assert (answer.status, answer.content_type) == (404, "text/xml")
    async with sqlite_program.client.get("/open311", headers={"Accept": "application/json"}) as answer:
        assert (answer.status, answer.content_type) == (404, "application/json")
    packed = await sqlite_program.asks("/requests.json", "json", "POST", data=b"x", headers={"Content-Encoding": "compress"})
    assert packed.status == 400
    in_english = await sqlite_program.gets("/x", status=404, headers={"Accept-Language": "en"})
    assert "address" in in_english[0]["description"]


async def test_10_an_id_overrides_every_filter_and_lists_are_joined_by_commas(sqlite_program: Program) -> None:
    """An empty parameter is one that was not sent; the jurisdiction is one, whatever it is called."""
    first, second = await sqlite_program.files(), await sqlite_program.files(service_code="sug_facilities")
    away = "status=closed&service_code=pan_missing&start_date=2020-01-01T00:00:00Z&end_date=2020-01-02T00:00:00Z"
    both = {first, second}
    assert set(await sqlite_program.ids(f"service_request_id={first},{second},7K3M-9QX2, ,x&{away}")) == both
    assert await sqlite_program.ids(f"service_request_id={first}&status=nonsense") == [first]
    assert set(await sqlite_program.ids("service_code=vio_litter,sug_facilities")) == both
    assert await sqlite_program.ids("service_code=sug_facilities") == [second]
    empty = "service_code=&status=&start_date=&end_date=&service_request_id=&page=&page_size=&jurisdiction_id=hanoi"
    assert set(await sqlite_program.ids(empty)) == both
    assert await sqlite_program.ids("service_request_id=x") == []
    await sqlite_program.gets("/requests?service_request_id=" + ",".join(["0000-0000"] * 501), status=400)


async def test_11_a_span_is_ninety_days_with_both_its_ends(program: Program) -> None:
    """Newest first, in one order however often it is asked; one day more than ninety is refused and not cut silently."""
    codes: list[str] = []
    for days in (0, 30, 30, 40):
        program.clock.passes(days=days, microseconds=300_000)
        codes.append(await program.files(description=f"Rác {len(codes)}"))
    now = program.clock.now()
    assert await program.ids() == codes[:0:-1]
    assert await program.ids(f"start_date={z(MONDAY)}") == codes[2::-1]
    assert await program.ids(f"start_date={z(MONDAY)}&end_date={z(MONDAY, 90 * DAY)}") == codes[2::-1]
    assert await program.ids(f"end_date={z(MONDAY, 30 * DAY)}") == [codes[1], codes[0]]
    second = timedelta(seconds=1)
    assert await program.ids(f"start_date={z(MONDAY, second)}&end_date={z(MONDAY, 30 * DAY - second)}") == []
    await program.gets(f"/requests?start_date={z(MONDAY)}&end_date={z(MONDAY, 90 * DAY + second)}", status=400)
    await program.gets(f"/requests?start_date={z(now)}&end_date={z(MONDAY)}", status=400)


async def test_11_a_list_is_a_thousand_at_most(sqlite_program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest of them, tried here with three; a question for ids is held to it as well."""
    assert MOST_SERVED == 1000
    monkeypatch.setattr(requests, "MOST_SERVED", 3)
    codes: list[str] = []
    for number in range(5):
        sqlite_program.clock.passes(minutes=1)
        codes.append(await sqlite_program.files(description=f"Rác {number}"))
    assert await sqlite_program.ids() == codes[:1:-1]
    assert await sqlite_program.ids("service_request_id=" + ",".join(codes)) == codes[:1:-1]


async def test_11_pages_bring_every_case_once_while_others_come_in(program: Program) -> None:
    """Oldest first, so that what comes in stands at the end; by number, and on from the last one that was read."""
    codes = [await program.files(description=f"Rác {number}") for number in range(7)]
    by_page: list[str] = []
    for number in range(1, 5):
        found = await program.ids(f"page={number}&page_size=3")
        by_page += found
        program.clock.passes(minutes=1)
        if number < 3:
            codes.append(await program.files(description=f"Rác giữa chừng {number}"))
        if len(found) < 3:
            break
    assert len(by_page) == len(set(by_page)) == 9
    assert set(by_page) == set(codes)
    read: list[str] = []
    path = "/requests.json?page_size=4"
    while path:
        told = await program.asks(path, "json")
        read += [one["service_request_id"] for one in told.data]
        await turns(program, read[0], desk="restricted")  # what is gone meanwhile moves nobody else
        path = ""
        if link := told.headers.get("Link"):
            path = str(URL(link.split(">")[0][1:])).removeprefix("/open311/v2")
    assert len(read) == 9
    assert set(read) == set(codes)


async def test_12_both_states_are_as_none_named(sqlite_program: Program) -> None:
    open_one, closed = await sqlite_program.files(), await sqlite_program.files(description="Rác ở chợ")
    await turns(sqlite_program, closed, status="closed", outcome="done", closed_at=MONDAY + DAY)
    assert set(await sqlite_program.ids("status=open,closed")) == set(await sqlite_program.ids()) == {open_one, closed}
    assert await sqlite_program.ids("status=open") == [open_one]
    assert await sqlite_program.ids("status=closed") == [closed]
    await sqlite_program.gets("/requests?status=open,done", status=400)


async def test_13_a_closed_one_was_updated_when_it_was_closed(program: Program) -> None:
    """And how it ended stands in our own words, where no answer was published."""
    code = await program.files()
    await turns(program, code, status="closed", outcome="done", closed_at=MONDAY + DAY)
    [told] = await program.gets(f"/requests/{code}")
    assert (told["status"], told["updated_datetime"]) == ("closed", z(MONDAY, DAY))
    assert told["status_notes"] == say(Language.VI, "outcome_done")
    program.clock.passes(days=2)
    assert await program.ids(f"updated_after={z(MONDAY, DAY)}") == [code]
    assert await program.ids(f"updated_after={z(MONDAY, 2 * DAY)}") == []
    assert await program.ids(f"updated_before={z(MONDAY)}") == []


async def test_14_the_changeset_moves_with_a_service_and_with_nothing_else(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started again a day later it is the same; with another definition it is that day; and in both forms all is there."""

    async def changeset(days: int) -> str:
        services.digest.cache_clear()
        async with speaking(database, now=MONDAY + days * DAY) as program:
            told = await program.gets("/discovery")
            assert {"changeset", "contact", "key_service", "endpoints"} == set(told)
            [endpoint] = told["endpoints"]
            assert set(endpoint) == {"specification", "url", "changeset", "type", "formats"}
            assert endpoint["formats"] == ["text/xml", "application/json"]
            assert endpoint["url"].endswith("/open311/v2")
            assert endpoint["changeset"] == told["changeset"]
            return str(told["changeset"])

    assert await changeset(0) == await changeset(1) == z(MONDAY)
    more = Attribute(code="board", datatype=Datatype.STRING, is_required=True)
    monkeypatch.setattr(services, "ATTRIBUTES", {**ATTRIBUTES, "vio_pets": (more,)})
    assert await changeset(2) == await changeset(3) == z(MONDAY, 2 * DAY)
    monkeypatch.undo()
    renamed = replace(load_categories()["vio_pets"], en="Pets")
    monkeypatch.setattr(services, "load_categories", lambda: {**load_categories(), "vio_pets": renamed})
    assert await changeset(4) == z(MONDAY, 4 * DAY)
    monkeypatch.undo()
    services.digest.cache_clear()


async def test_14_a_list_that_could_not_be_noted_at_the_start_is_noted_when_asked(sqlite_program: Program) -> None:
    """The endpoint tells a changeset also from an installation that was restored from an older backup."""
    async with sqlite_program.database.begin() as uow:
        await uow.service_lists.became("0" * 64, MONDAY)
        await uow.commit()
    sqlite_program.clock.passes(days=1)
    assert (await sqlite_program.gets("/discovery"))["changeset"] == z(MONDAY, DAY)


async def test_15_nothing_stands_there_that_the_standard_does_not_have(sqlite_program: Program) -> None:
    """Asked for, it stands under two names, and everything else is as it was."""
    case = await publishes(sqlite_program, "Rác trước cổng chợ.")
    code = await sqlite_program.files()
    plain = await sqlite_program.gets("/requests")
    assert {frozenset(one) for one in plain} == {frozenset(STANDARD)}
    more = await sqlite_program.gets("/requests?extensions=true")
    assert [{name: one[name] for name in STANDARD} for one in more] == [
        {name: one[name] for name in STANDARD} for one in plain
    ]
    assert {frozenset(one) - STANDARD for one in more} == {frozenset({"extended_attributes", "notes"})}
    published = next(one for one in more if one["service_request_id"] == case.code)
    assert [note["type"] for note in published["notes"]] == ["opened", "published"]
    assert await sqlite_program.gets(f"/requests/{code}?extensions=false") == await sqlite_program.gets(f"/requests/{code}")


async def test_a_published_case_is_shown_as_it_was_agreed_to_and_gone_with_the_leave(program: Program) -> None:
    """Its day and not its moment, the words that were agreed to and not those that were written; no bound tells more."""
    case = await publishes(program, "Rác trước cổng chợ.")
    [told] = await program.gets("/requests")
    assert told["service_request_id"] == case.code
    assert told["description"] == "Rác ở cổng chợ\nRác trước cổng chợ."
    assert told["status_notes"] == "Đã dọn sáng nay."
    assert (told["lat"], told["long"]) == (21.045, 105.821)
    day = (MONDAY - DAY).replace(hour=0)
    assert told["requested_datetime"] == z(day)
    assert await program.ids(f"start_date={z(day)}&end_date={z(day)}") == [case.code]
    assert await program.ids(f"start_date={z(MONDAY - DAY)}") == []
    assert await program.ids("page_size=5") == [case.code]
    assert await program.ids(f"updated_after={z(MONDAY)}") == [case.code]
    await turns(program, case.code, desk="restricted")
    assert await program.ids() == []
    await program.gets(f"/requests/{case.code}", status=404)


async def test_a_list_costs_two_statements_however_long_it_is(program: Program) -> None:
    for number in range(3):
        await program.files(description=f"Rác {number}")
    for query in ("", "?page_size=2", "?service_request_id=0000-0000"):
        with statements_of(program.database) as heard:
            await program.asks(f"/requests.json{query}", "json")
        assert len(heard) == 2, heard


def test_what_the_two_forms_are_compared_by_sees_a_difference() -> None:
    """The comparison that all of this rests on can fail."""
    value = {"services": [{"service_code": "001", "metadata": True, "group": None}]}
    told = ElementTree.fromstring(to_xml("x", value).encode())
    assert read_xml(told) == as_text(value)
    others: list[dict[str, object]] = [{"services": [{"service_code": "1", "metadata": True, "group": None}]}, {}]
    for other in others:
        assert read_xml(told) != as_text(other)
