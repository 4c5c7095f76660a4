"""One message and one tap are enough: how many actions it takes residents until they hold a code, over many messages.

Every message of understanding's sets is told with a ward in it, as a resident does who names the place, and as it is, by one
who is then asked. Printed with -s.
"""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from bot.domain.people import Language
from bot.services.city import City
from bot.understanding.text import read
from tests.dialogue.conftest import Meet
from tests.dialogue.counting import Walk, file

SETS = sorted((Path(__file__).parents[1] / "understanding").glob("*.csv"))
WARDS = (("phường Tây Hồ", "Tay Ho Ward"), ("phường Ba Đình", "Ba Dinh Ward"), ("xã Đông Anh", "Dong Anh commune"))
# Nothing is reported: answered at once, or asked what it is about.
NO_CASE = ("oth_greeting", "oth_unclear", "oth_abuse", "oth_spam", "oth_data_request", "q_status")
WITH_PLACE, WITHOUT = 2, 4  # actions an ordinary report may take


def messages() -> list[dict[str, str]]:
    rows = []
    for path in SETS:
        with path.open(encoding="utf-8", newline="") as file_:
            rows += list(csv.DictReader(file_))
    return [row for row in rows if row["category"] not in NO_CASE]


def names_no_place(rows: list[dict[str, str]], city: City) -> list[dict[str, str]]:
    """Those that a ward can be added to: where the words seem to name one already, one more would make two."""
    return [row for row in rows if not city.places.route(row["text"]).codes]


def told(text: str, at: int, *, with_place: bool) -> tuple[str, str]:
    """The text, with a ward said in its own language, and the ward's name for whoever is asked."""
    vi, en = WARDS[at % len(WARDS)]
    is_english = read(text).is_english
    place = f" in {en}" if is_english else f", {vi}"
    return (f"{text.rstrip('.!? ')}{place}" if with_place else text), vi


async def walks(meet: Meet, rows: list[dict[str, str]], *, with_place: bool) -> list[tuple[dict[str, str], Walk]]:
    found = []
    for at, row in enumerate(rows):
        text, ward = told(row["text"], at, with_place=with_place)
        found.append((row, await file(meet(f"resident {at}", Language.VI), text, ward=ward)))
    return found


def shown(found: list[tuple[dict[str, str], Walk]]) -> str:
    by_kind: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row, walk in found:
        by_kind[row["kind"]][str(walk.actions or "never")] += 1
    return "\n".join(f"{kind}: {dict(sorted(counted.items()))}" for kind, counted in sorted(by_kind.items()))


def too_long(found: list[tuple[dict[str, str], Walk]], most: int) -> list[str]:
    return [f"{walk.actions} {walk.asked} {row['text']}" for row, walk in found if (walk.actions or 99) > most]


def test_there_is_something_to_count() -> None:
    assert len(messages()) > 800
    assert {row["kind"] for row in messages()} > {"violation_public", "conduct_official", "suggestion"}


def test_a_ward_added_to_any_message_is_that_ward(city: City) -> None:
    """Words before it must not make another place of it: "siêu thị, xã Đông Anh" names no "thị xã", a former town."""
    rows = names_no_place(messages(), city)
    texts = [told(row["text"], at, with_place=True)[0] for at, row in enumerate(rows)]
    assert [text for text in texts if city.places.route(text).decision != "ward"] == []


# The whole of it takes minutes, so it comes in five parts, which can be walked beside each other.
PARTS = 5
EACH_PART = pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.slow) for part in range(1, PARTS))])


@EACH_PART
async def test_a_message_with_matter_and_place_takes_one_more_tap(meet_quickly: Meet, city: City, part: int) -> None:
    found = await walks(meet_quickly, names_no_place(messages(), city)[part::PARTS], with_place=True)
    print(f"\nwith a place:\n{shown(found)}")
    assert found
    assert too_long(found, WITH_PLACE) == []


@EACH_PART
async def test_any_other_ordinary_report_takes_no_more_than_four(meet_quickly: Meet, part: int) -> None:
    found = await walks(meet_quickly, messages()[part::PARTS], with_place=False)
    print(f"\nwithout:\n{shown(found)}")
    assert found
    assert too_long(found, WITHOUT) == []


@pytest.mark.parametrize(
    ("places", "most"),
    [
        (["tay ho", "Ngõ 12 Thụy Khuê", "gần chợ Bưởi", "bến xe Mỹ Đình"], 3),  # a hint: the ward is asked for, or read
        (["phường Yên Phụ", "phường Cống Vị", "phường Mễ Trì"], 3),  # an old name, now of several wards
        (["phường Tây Hồ", "P. Ba Đình", "xã Đông Anh", "ubnd phuong hoan kiem"], 2),
    ],
)
async def test_places_as_residents_name_them(meet_quickly: Meet, places: list[str], most: int) -> None:
    for at, place in enumerate(places):
        walk = await file(meet_quickly(f"resident {at}"), f"Rác chất đống ba ngày nay ở {place}", ward="1")
        assert (walk.actions or 99) <= most, (place, walk)
