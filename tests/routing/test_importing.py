"""Another city's data: looked at as a whole first, one clear line for each thing that is wrong."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.domain.ward import Point
from bot.routing import load_router
from bot.routing.importing import import_city
from bot.routing.wards import DATA

WARDS = """code,name,kind,name_en,lat,lon
10001,Bờ Sông,phuong,Bo Song Ward,16.05,108.05
10002,Chân Núi,xa,Chan Nui Commune,16.05,108.15
"""
HISTORY = """old_kind,old_name,old_district,new_code,new_name,share,population,old_district_kind
phuong,Bến Đò,Trung Tâm,10001,Bờ Sông,whole,all,quan
"""


def square(code: str, west: float) -> dict[str, object]:
    ring = [[west, 16.0], [west + 0.1, 16.0], [west + 0.1, 16.1], [west, 16.1], [west, 16.0]]
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def save_map(folder: Path, *features: object) -> None:
    (folder / "ward_boundaries.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small city of two wards side by side."""
    made = tmp_path / "given"
    made.mkdir()
    (made / "wards.csv").write_text(WARDS, encoding="utf-8")
    (made / "ward_history.csv").write_text(HISTORY, encoding="utf-8")
    save_map(made, square("10001", 108.0), square("10002", 108.1))
    return made


def test_a_small_city_is_taken_over_and_read(folder: Path, tmp_path: Path) -> None:
    assert import_city(folder, tmp_path / "city") == []
    router = load_router(folder=tmp_path / "city")
    assert router.route("rác ở phường Bến Đò").codes == ("10001",)
    assert router.route("p.Bờ Sông").wards[0].name == "phường Bờ Sông"
    assert router.route("", Point(16.05, 108.15)).codes == ("10002",)
    assert router.route("phường Tây Hồ").decision == "none"


def test_the_shipped_data_would_be_taken(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "given")
    assert import_city(tmp_path / "given", tmp_path / "city") == []


def replace(name: str, old: str, new: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (replace("wards.csv", "10002", "10001"), "wards.csv:3: code 10001 stands there twice"),
        (replace("wards.csv", "10002", "2"), "wards.csv:3: code '2' is not five digits"),
        (replace("wards.csv", ",xa,", ",village,"), "wards.csv:3: kind is 'village', not one of phuong, xa"),
        (replace("wards.csv", "16.05,108.15", "north,108.15"), "wards.csv:3: lat or lon is no place on earth"),
        (
            replace("wards.csv", "16.05,108.15", "17.05,108.15"),
            "ward 10002: its point of wards.csv lies outside its polygon",
        ),
        (replace("wards.csv", "name_en", "english"), "wards.csv:1: no column name_en"),
        (replace("wards.csv", ",108.15", ""), "wards.csv:3: not as many values as columns"),
        (replace("ward_history.csv", "10001", "10009"), "ward_history.csv:2: '10009' is no ward of wards.csv"),
        (replace("ward_history.csv", "whole", "half"), "ward_history.csv:2: share is 'half', not one of part, whole"),
        (lambda folder: (folder / "wards.csv").write_bytes(WARDS.encode("utf-16")), "wards.csv:1: not UTF-8"),
        (lambda folder: (folder / "ward_history.csv").unlink(), "ward_history.csv: the file is missing"),
        (lambda folder: (folder / "ward_boundaries.geojson").write_text("{}"), "ward_boundaries.geojson: not GeoJSON"),
        (lambda folder: save_map(folder, square("10001", 108.0)), "ward 10002 has no polygon"),
        (lambda folder: save_map(folder, square("10001", 108.0), square("10002", 108.09)), "10001 and 10002 overlap by"),
        (lambda folder: save_map(folder, square("10001", 108.0), square("10001", 108.1)), "ward 10001 stands there twice"),
    ],
)
def test_what_is_wrong_gets_its_line_and_nothing_changes(
    folder: Path, tmp_path: Path, spoil: Callable[[Path], object], line: str
) -> None:
    city = tmp_path / "city"
    assert import_city(folder, city) == []
    before = {path.name: path.read_bytes() for path in city.iterdir()}
    spoil(folder)
    problems = import_city(folder, city)
    assert any(line in problem for problem in problems), problems
    assert all("\n" not in problem for problem in problems)
    assert {path.name: path.read_bytes() for path in city.iterdir()} == before


def test_a_polygon_that_crosses_itself_is_refused(folder: Path, tmp_path: Path) -> None:
    bow = square("10002", 108.1)
    bow["geometry"] = {
        "type": "Polygon",
        "coordinates": [[[108.1, 16.0], [108.2, 16.1], [108.2, 16.0], [108.1, 16.1], [108.1, 16.0]]],
    }
    save_map(folder, square("10001", 108.0), bow)
    assert any("10002: the polygon is invalid: Self-intersection" in line for line in import_city(folder, tmp_path / "city"))
