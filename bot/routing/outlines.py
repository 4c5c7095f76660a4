"""The wards' borders as they are drawn, and the streets that are known to lie in each: read once, with the first map.

Source of the borders: OpenStreetMap, ODbL (`data/SOURCES.md`); whoever shows them names it.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from bot.domain.ward import WardCode
from bot.routing.wards import DATA

Ring = Sequence[tuple[float, float]]  # longitude, latitude; WGS 84 degrees


@cache
def outlines(folder: Path = DATA) -> Mapping[WardCode, tuple[Ring, ...]]:
    """Each ward's rings; none where the city has no borders file."""
    path = folder / "ward_boundaries.geojson"
    if not path.is_file():
        return {}
    found: dict[WardCode, tuple[Ring, ...]] = {}
    for feature in json.loads(path.read_bytes())["features"]:
        shape = feature["geometry"]
        polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        rings = [tuple((float(x), float(y)) for x, y, *_ in ring) for polygon in polygons for ring in polygon]
        found[WardCode(feature["properties"]["code"])] = tuple(rings)
    return found


@cache
def streets_of(folder: Path = DATA) -> Mapping[WardCode, tuple[str, ...]]:
    """The streets that hints place in each ward, in the order of the file."""
    path = folder / "street_ward_hints.csv"
    if not path.is_file():
        return {}
    found: defaultdict[WardCode, list[str]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[WardCode(row["ward_code"])].append(row["street"])
    return {ward: tuple(dict.fromkeys(streets)) for ward, streets in found.items()}
