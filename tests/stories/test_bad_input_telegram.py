"""What no honest client sends, by polling and by webhook: nothing falls over, nothing readable is lost, all is kept."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.stories.cast import City
from tests.stories.things import LAMP, eventually, failed_updates, files_a_case
from tests.stories.webhook import SECRET, knocks

HUGE = 10**30
UPDATE, CHAT = 111111111111, 222222222222  # replaced by an update's number and a resident's


def message(**content: Any) -> str:
    base = {"message_id": 9, "date": 1789349000, "chat": {"id": CHAT, "type": "private"}, "from": {"id": CHAT}}
    return json.dumps({"update_id": UPDATE, "message": base | content})


# Whose resident hears something all the same.
ANSWERED = {
    "NUL and lone surrogates": message(text="đèn \x00 hỏng \ud800 ở \udfff ngõ"),
    "a megabyte of words": message(text="đèn hỏng " * 120_000),
    "a text that is a number": message(text=7),
    "a photo that is a word": message(photo="photo", caption={"a": 1}),
    "a file without an id": message(document={"file_id": "", "file_size": -1}),
    "a place that is nowhere": message(location={"latitude": "NaN", "longitude": HUGE}),
    "numbers of thirty digits": message(message_id=HUGE, date=HUGE, text="đèn hỏng", media_group_id=HUGE),
    "a date before time": message(date=-HUGE, edit_date=[], text="đèn hỏng", **{"from": "Lan"}),
    "a button of wrong types": json.dumps(
        {"update_id": UPDATE, "callback_query": {"id": 7, "from": {"id": CHAT}, "data": ["s"], "message": 5}}
    ),
    "an edit of what never was": message(text="sửa").replace('"message":', '"edited_message":'),
    "fields nobody knows": message(text="đèn hỏng", brand_new={"a": [1, {"b": None}]}),
}
# Kept, and rightly answered by nobody.
PASSED_OVER = {
    "an update of a kind to come": json.dumps({"update_id": UPDATE, "brand_new": {"chat": {"id": CHAT}}}),
    "no kind at all": json.dumps({"update_id": UPDATE}),
    "a membership of wrong types": json.dumps(
        {"update_id": UPDATE, "my_chat_member": {"chat": {"id": CHAT}, "new_chat_member": 7}}
    ),
    "a group": message(text="đèn hỏng").replace(f'"id": {CHAT}, "type": "private"', '"id": -100200300, "type": "group"'),
}
# Kept as failed, with what operators are told.
FAILED = {
    "a message that is a list": (json.dumps({"update_id": UPDATE, "message": [1, 2]}), "no chat"),
    "a chat of thirty digits": (json.dumps({"update_id": UPDATE, "message": {"chat": {"id": HUGE}}}), "no chat"),
    "a chat that is a word": (json.dumps({"update_id": UPDATE, "message": {"chat": {"id": "5001"}}}), "no chat"),
    "sixty levels": (f'{{"update_id":{UPDATE},"x":{"[" * 60}{"]" * 60}}}', "nested too deeply"),
    "a thousand levels": (f'{{"update_id":{UPDATE},"x":{"[" * 1000}{"]" * 1000}}}', "nested too deeply"),
    "a hundred thousand levels": (f'{{"update_id":{UPDATE},"x":{"[" * 100_000}{"]" * 100_000}}}', "nested too deeply"),
    "a number of ten thousand digits": (f'{{"update_id":{UPDATE},"x":{"9" * 10_000}}}', "not JSON that can be parsed"),
    "an update without a number": ('{"message":{"chat":{"id":1}}}', "no update_id"),
    "an update whose number is a word": ('{"update_id":"1"}', "no update_id"),
    "an update of forty digits": (f'{{"update_id":{HUGE}{HUGE}}}', "no update_id"),
    "a list": ("[1,2]", "not an object"),
    "a word": ('"đèn"', "not an object"),
    "nothing": ("null", "not an object"),
}
# What Telegram cannot put into a list of updates, but anybody who had the secret could bring.
BROUGHT_ONLY = {
    "half an update": f'{{"update_id":{UPDATE},"message":{{"text":"đèn'.encode(),
    "no bytes": b"",
    "no text": b"\xff\xfe\x00\xed\xa0\x80",
    "a page": b"<html>",
    "too many brackets": b"]]}}" * 1000,
}


@dataclass
class Door:
    """How bodies come in: `brings` hands one over for this resident's chat."""

    city: City
    is_webhook: bool
    number: int = 800_000_000

    async def brings(self, body: str | bytes, chat: int = 5001) -> None:
        if self.is_webhook:
            self.number += 1
            data = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
            data = data.replace(str(UPDATE).encode(), str(self.number).encode()).replace(
                str(CHAT).encode(), str(chat).encode()
            )
            assert await knocks(self.city, data, SECRET) == 200
        else:
            text = body if isinstance(body, str) else body.decode()
            api = self.city.api
            text = text.replace(str(UPDATE), str(api.updates.next_id)).replace(str(CHAT), str(chat))
            api.feed_text(text, chat=str(chat))


async def walks_in(door: Door) -> None:
    """Everything at once, and honest residents in between and after."""
    city = door.city
    residents = {name: city.telegram() for name in ANSWERED}
    early = city.telegram()
    honest = asyncio.create_task(files_a_case(early))
    for name, body in ANSWERED.items():
        await door.brings(body, residents[name].chat.id)
    silent = [city.telegram() for _ in PASSED_OVER]
    for lan, body in zip(silent, PASSED_OVER.values(), strict=True):
        await door.brings(body, lan.chat.id)
    for body, _ in FAILED.values():
        await door.brings(body)
    if door.is_webhook:
        for raw in BROUGHT_ONLY.values():
            await door.brings(raw)

    late_code = await files_a_case(city.telegram(), LAMP + " (sau)")
    assert {await honest, late_code} == {case["code"] for case in await city.exports()}
    for name, lan in residents.items():
        assert await lan.hears(""), name
        assert not any("Xin lỗi" in heard for heard in lan.chat.hears), f"{name}: {lan.chat.hears}"

    expected = sorted([reason for _, reason in FAILED.values()])
    expected += ["not JSON that can be parsed"] * len(BROUGHT_ONLY) * door.is_webhook

    async def all_are_listed() -> bool:
        return len(await failed_updates(city)) >= len(expected)

    await eventually(all_are_listed)
    assert sorted(update.reason for update in await failed_updates(city)) == sorted(expected)
    assert all(lan.chat.heard == [] for lan in silent)
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{city.url}/metrics") as answer:
            assert f"homthu_inbox_failed {float(len(expected))}" in await answer.text()
        async with session.get(f"{city.url}/health/ready") as answer:
            assert answer.status == 200, await answer.text()


async def test_what_is_polled(small_city: City) -> None:
    await walks_in(Door(small_city, is_webhook=False))


async def test_what_is_brought(hooked_city: City) -> None:
    await walks_in(Door(hooked_city, is_webhook=True))
