"""Photos are fetched before any transaction, with retries, and a photo that cannot be had never costs the case."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.domain.incoming import LARGEST_FILE, FileKind, FileTrouble, RemoteFile, StoredFile
from bot.domain.people import Channel
from bot.errors import FileNotFetched, FileTooLarge, TryLater
from bot.ports import Storage
from handlers.fetching import NotNow, fetch_files
from handlers.intake import Intake
from storage import Database
from tests.handlers.cast import Dialogue, Postbox, Shelf, TestClock, at_work, nothing_waits, until, update
from tests.handlers.test_intake_keep import Watched

TELEGRAM = Channel.TELEGRAM
PHOTO = RemoteFile("photo-1", FileKind.PHOTO, "dark-lane.jpg")


@dataclass
class Naps:
    """Waits no time and remembers for how long it was asked to."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


async def fetch(
    channel: Postbox, *files: RemoteFile, is_last_chance: bool = False, shelf: Shelf | None = None, naps: Naps | None = None
) -> tuple[StoredFile, ...]:
    return await fetch_files(
        channel, files, shelf or Shelf(), is_last_chance=is_last_chance, within=10, sleep=naps or Naps()
    )


async def test_a_photo_is_fetched_and_kept() -> None:
    channel = Postbox()
    channel.downloads["photo-1"].append(b"lane")
    [file] = await fetch(channel, PHOTO)
    assert (file.key, file.trouble) == ("key-of-lane", None)


async def test_a_channel_that_stumbles_is_asked_again_after_growing_waits() -> None:
    channel, naps = Postbox(), Naps()
    channel.downloads["photo-1"].extend([TryLater(), OSError("connection reset"), b"lane"])
    [file] = await fetch(channel, PHOTO, naps=naps)
    assert file.key == "key-of-lane"
    assert naps.seconds == [0.5, 1.0]


async def test_a_channel_that_says_how_long_is_obeyed() -> None:
    channel, naps = Postbox(), Naps()
    channel.downloads["photo-1"].extend([TryLater(after=timedelta(seconds=3)), b"lane"])
    await fetch(channel, PHOTO, naps=naps)
    assert naps.seconds == [3.0]


async def test_a_channel_that_asks_for_a_long_wait_is_asked_in_a_later_turn() -> None:
    channel, naps = Postbox(), Naps()
    channel.downloads["photo-1"].append(TryLater(after=timedelta(minutes=1)))
    with pytest.raises(NotNow):
        await fetch(channel, PHOTO, naps=naps)
    assert naps.seconds == []


@pytest.mark.parametrize(
    ("answer", "trouble"), [(FileTooLarge(), FileTrouble.TOO_LARGE), (FileNotFetched(), FileTrouble.GONE)]
)
async def test_what_the_channel_refuses_for_good_is_recorded_and_not_asked_again(
    answer: Exception, trouble: FileTrouble
) -> None:
    channel = Postbox()
    channel.downloads["photo-1"].append(answer)
    [file] = await fetch(channel, PHOTO)
    assert (file.trouble, file.key) == (trouble, "")
    assert channel.fetched == ["photo-1"]


async def test_a_file_that_says_it_is_too_large_is_not_even_asked_for() -> None:
    channel = Postbox()
    [file] = await fetch(channel, RemoteFile("film", FileKind.VIDEO, size=LARGEST_FILE + 1))
    assert file.trouble is FileTrouble.TOO_LARGE
    assert channel.fetched == []


async def test_a_file_store_without_space_is_no_reason_to_lose_the_photo() -> None:
    channel = Postbox()
    channel.downloads["photo-1"].extend([b"lane"] * 3)
    [file] = await fetch(channel, PHOTO, shelf=Shelf.failing(OSError("no space left"), OSError("no space left")))
    assert file.key == "key-of-lane"


async def test_at_the_last_chance_the_words_go_on_without_the_photo() -> None:
    channel = Postbox()
    channel.downloads["photo-1"].extend([TryLater()] * 3)
    channel.downloads["photo-2"].append(b"lane")
    gone, there = await fetch(channel, PHOTO, RemoteFile("photo-2", FileKind.PHOTO), is_last_chance=True)
    assert gone.trouble is FileTrouble.GONE
    assert there.key == "key-of-lane"


def make_intake(storage: Storage, channel: Postbox, dialogue: Dialogue) -> Intake:
    return Intake(
        storage, {TELEGRAM: channel}, dialogue.converse, dialogue.apologise, Shelf(), TestClock(), claims_in_turn=True
    )


async def test_no_transaction_is_open_while_a_photo_is_fetched(database: Database) -> None:
    """The whole city would wait behind it: the test asks for the one write lock during the download."""
    channel, dialogue = Postbox(), Dialogue()
    channel.downloads["photo-1"].append(b"lane")
    storage = Watched(database)
    locked_for: list[float] = []

    async def write_something() -> None:
        before = asyncio.get_running_loop().time()
        await asyncio.wait_for(database.ping(), 1)
        locked_for.append(asyncio.get_running_loop().time() - before)

    channel.before_fetching = write_something
    intake = make_intake(storage, channel, dialogue)
    async with at_work(intake.work):
        await intake.keep(TELEGRAM, [update(1, "lan", "Ngõ tối", files=("photo-1",))])
        await until(lambda: nothing_waits(database))
    assert len(locked_for) == 1
    assert [[file.key for file in files] for files in dialogue.files] == [["key-of-lane"]]


async def test_nobody_waits_for_somebody_elses_photos(database: Database) -> None:
    """Twenty residents send photos over a stuck line; the twenty-first writes words and is answered."""
    channel, dialogue = Postbox(), Dialogue()
    line = asyncio.Event()

    async def stuck() -> None:
        await line.wait()

    channel.before_fetching = stuck
    intake = make_intake(database, channel, dialogue)
    for number in range(20):
        channel.downloads[f"photo-{number}"].append(b"x")
    async with at_work(intake.work):
        photos = [update(n, f"resident-{n}", "ảnh", files=(f"photo-{n}",)) for n in range(20)]
        await intake.keep(TELEGRAM, photos)
        await intake.keep(TELEGRAM, [update(100, "lan", "Chỉ có chữ")])
        await until(lambda: bool(dialogue.turns))
        assert dialogue.turns == [("lan", "Chỉ có chữ")]
        line.set()
        await until(lambda: nothing_waits(database))
    assert len(dialogue.turns) == 21


async def test_words_after_a_photo_stay_after_it(database: Database) -> None:
    """Of one resident, the quick text does not overtake the slow photo."""
    channel, dialogue = Postbox(), Dialogue()
    line = asyncio.Event()

    async def slow() -> None:
        await line.wait()

    channel.before_fetching = slow
    channel.downloads["photo-1"].append(b"lane")
    intake = make_intake(database, channel, dialogue)
    async with at_work(intake.work):
        await intake.keep(TELEGRAM, [update(1, "lan", "ảnh", files=("photo-1",)), update(2, "lan", "ở ngõ 12")])
        await asyncio.sleep(0.2)
        assert dialogue.turns == []
        line.set()
        await until(lambda: nothing_waits(database))
    assert [text for _, text in dialogue.turns] == ["ảnh", "ở ngõ 12"]


async def test_a_photo_out_of_reach_is_tried_in_later_turns_and_then_given_up(database: Database) -> None:
    """The case stands, with the trouble on record, and the resident's next words come after it."""
    channel, dialogue, clock = Postbox(), Dialogue(), TestClock()
    channel.downloads["photo-1"].extend([TryLater(after=timedelta(minutes=1))] * 4)
    intake = Intake(database, {TELEGRAM: channel}, dialogue.converse, dialogue.apologise, Shelf(), clock)
    async with at_work(intake.work):
        await intake.keep(TELEGRAM, [update(1, "lan", "ảnh", files=("photo-1",)), update(2, "lan", "ở ngõ 12")])
        for tries in (1, 2, 3):
            await until(lambda so_far=tries: len(channel.fetched) == so_far)  # type: ignore[misc]  # mypy infers no default
            await asyncio.sleep(0.1)  # it was given back
            assert dialogue.turns == []
            clock.moved += timedelta(minutes=2)
        await until(lambda: nothing_waits(database))
    assert [[file.trouble for file in files] for files in dialogue.files] == [[FileTrouble.GONE], []]
    assert [text for _, text in dialogue.turns] == ["ảnh", "ở ngõ 12"]


async def test_asked_to_stop_it_gives_a_stuck_photo_back_in_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.intake.STOP_WITHIN", 0.2)
    channel, dialogue = Postbox(), Dialogue()
    entered = asyncio.Event()

    async def stuck() -> None:
        entered.set()
        await asyncio.Event().wait()

    channel.before_fetching = stuck
    channel.downloads["photo-1"].append(b"lane")
    intake = make_intake(database, channel, dialogue)
    async with at_work(intake.work):
        await intake.keep(TELEGRAM, [update(1, "lan", "ảnh", files=("photo-1",))])
        await entered.wait()
        before = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - before < 15
    channel.before_fetching = None
    async with at_work(make_intake(database, channel, dialogue).work):
        await until(lambda: nothing_waits(database))
    assert len(dialogue.turns) == 1
