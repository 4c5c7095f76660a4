"""What a photo's own time and place are worth against the case; what is missing is held against nobody."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.evidence import FindingKind, Scene, Taken, distance, told_by_the_camera
from bot.domain.ward import Point

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
HERE = Point(21.0685, 105.8231, 20.0)
SCENE = Scene(filed_at=NOW - timedelta(days=3), point=HERE)


def kinds(taken: Taken, scene: Scene = SCENE) -> list[FindingKind]:
    return [one.kind for one in told_by_the_camera("f" * 64, taken, scene, zone=HANOI, now=NOW)]


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (NOW - timedelta(hours=2), FindingKind.NONE),
        (NOW - timedelta(days=3, minutes=30), FindingKind.NONE),  # a clock that is half an hour slow
        (NOW - timedelta(days=5), FindingKind.BEFORE),
        (NOW - timedelta(days=100), FindingKind.LONG_BEFORE),
        (NOW + timedelta(hours=20), FindingKind.NONE),  # a phone in another time zone
        (NOW + timedelta(days=2), FindingKind.AFTER),
    ],
)
def test_the_cameras_clock_is_held_against_the_case(at: datetime, kind: FindingKind) -> None:
    assert kinds(Taken(at)) == [kind]


def test_a_clock_without_a_zone_is_taken_for_the_citys() -> None:
    """Nine in the evening in Hanoi is before a case that was filed at half past ten there."""
    scene = Scene(filed_at=datetime(2026, 11, 20, 15, 30, tzinfo=UTC))
    assert kinds(Taken(datetime(2026, 11, 20, 21)), scene) == [FindingKind.BEFORE]  # noqa: DTZ001 - as cameras write it
    assert kinds(Taken(datetime(2026, 11, 20, 21, tzinfo=UTC)), scene) == [FindingKind.NONE]


@pytest.mark.parametrize(
    ("lat", "kind"), [(21.0690, FindingKind.NONE), (21.0785, FindingKind.NONE), (21.0985, FindingKind.FAR)]
)
def test_a_place_far_from_the_cases_is_said(lat: float, kind: FindingKind) -> None:
    assert kinds(Taken(point=Point(lat, 105.8231))) == [kind]


def test_a_place_is_not_held_against_a_case_that_has_none() -> None:
    assert kinds(Taken(point=Point(10.0, 106.0)), Scene(filed_at=NOW)) == [FindingKind.NONE]


def test_a_place_known_only_roughly_is_far_from_nothing_near_it() -> None:
    rough = Scene(filed_at=NOW, point=Point(21.0685, 105.8231, 5000.0))
    assert kinds(Taken(point=Point(21.0985, 105.8231)), rough) == [FindingKind.NONE]


def test_time_and_place_may_both_be_wrong() -> None:
    taken = Taken(NOW - timedelta(days=90), Point(10.8, 106.6))
    assert kinds(taken) == [FindingKind.LONG_BEFORE, FindingKind.FAR]


def test_a_photo_that_says_nothing_is_noted_and_nothing_else() -> None:
    assert kinds(Taken()) == [FindingKind.NO_DATA]


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"at": "yesterday", "lat": "x", "lon": 3},
        {"at": "0000:00:00 00:00:00", "lat": 91.0, "lon": 10.0},
        {"at": 5, "offset": 7, "lat": float("nan"), "lon": float("inf")},
    ],
)
def test_what_makes_no_sense_is_not_there(found: dict[str, object]) -> None:
    assert Taken.read(found) == Taken()


@pytest.mark.parametrize("at", ["0001:01:01 00:00:00", "9999:12:31 23:59:59"])
@pytest.mark.parametrize("offset", ["", "+23:59", "-23:59", "nonsense"])
def test_no_time_breaks_the_reckoning(at: str, offset: str) -> None:
    assert len(kinds(Taken.read({"at": at, "offset": offset}))) == 1


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert round(distance(Point(21.0, 105.0), Point(22.0, 105.0)) / 1000) == 111
