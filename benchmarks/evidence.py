"""How well a photo is found again, how often another is taken for it, and how long a look-up takes.

    python -m benchmarks.evidence [--pictures 200] [--seed 1] [--photos 100000] [--postgres DSN] [--folder DIR]

Every picture goes the way of a real one: `bot.file_keeper` makes its shown copy, and from that its words are made. A copy is
found when `storage.prints` names the original and `bot.prints.alignment` agrees. False are the pictures that are in nobody's
index and yet are found, and second photos of a place that are taken for the first. With `--folder`, the pictures there are
used instead of invented ones. Look-ups are timed in a database with `--photos` photos: their words are drawn at random from
those of the real ones, so that common words are as common as there.
"""

import argparse
import asyncio
import io
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from PIL import Image
from sqlalchemy import insert, select, text

from benchmarks.evidence_changes import CHANGES
from benchmarks.evidence_pictures import photo, second_shot
from bot.imaging import shown_copy
from bot.prints.alignment import compare
from bot.prints.grey import read_grey
from bot.prints.words import asked_words, words_of
from bot.services.check_evidence import MOST_CANDIDATES
from storage import Database
from storage.tables import photo_prints, photo_words

LEAST_SHARED = 2  # words; see `storage.prints`
LARGEST = 1280  # pixels a side, of pictures from a folder


@dataclass(frozen=True)
class Asked:
    """A picture that is looked for: which one it is a copy of (None: of none here), and what it shares words with."""

    kind: str
    original: int | None
    words: frozenset[int]
    shown: bytes


def shown(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return shown_copy(out.getvalue(), "JPEG")


def from_folder(folder: Path) -> Iterator[Image.Image]:
    for path in sorted(folder.iterdir()):
        try:
            with Image.open(path) as image:
                picture = image.convert("RGB")
        except OSError:
            continue
        picture.thumbnail((LARGEST, LARGEST))
        yield picture


def stored(job: tuple[int, Path | None]) -> tuple[bytes, frozenset[int]]:
    """The shown copy of a picture and its words."""
    copy = shown(_picture(*job))
    return copy, frozenset(word for word, _x, _y in words_of(read_grey(copy)))


def asked(job: tuple[int, Path | None, str, int]) -> Asked:
    """A changed copy of a picture, or a picture of its own."""
    number, folder, kind, seed = job
    rng = Random(f"{seed}-{number}-{kind}")
    original: int | None = None
    if kind == "second photo of the place":
        image = photo(number, second_shot(rng))
    elif kind == "another picture":
        image = photo(number + 1_000_000)
    else:
        image, original = CHANGES[kind](_picture(number, folder), rng), number
    copy = shown(image)
    return Asked(kind, original, frozenset(asked_words(read_grey(copy))), copy)


def same(job: tuple[bytes, bytes]) -> bool:
    return compare(read_grey(job[0]), read_grey(job[1]))["same"] is True


_pictures: dict[Path, list[Image.Image]] = {}


def _picture(number: int, folder: Path | None) -> Image.Image:
    if folder is None:
        return photo(number)
    if folder not in _pictures:
        _pictures[folder] = list(from_folder(folder))
    return _pictures[folder][number]


def candidates(one: Asked, known: Sequence[frozenset[int]]) -> list[int]:
    """As `storage.prints` finds them: those that share most words first."""
    shared = sorted(((-len(one.words & words), number) for number, words in enumerate(known)))
    return [number for count, number in shared[:MOST_CANDIDATES] if -count >= LEAST_SHARED]


def measure(pictures: int, seed: int, folder: Path | None) -> list[frozenset[int]]:
    """Print a line for each kind of change; returns the words of the pictures."""
    if folder is not None:
        pictures = min(pictures, len(list(from_folder(folder))))
    first = seed * 10_000 if folder is None else 0
    numbers = [first + number for number in range(pictures)]
    kinds = list(CHANGES) + ([] if folder else ["second photo of the place", "another picture"])
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        begun = time.process_time(), time.perf_counter()
        kept = list(pool.map(stored, [(number, folder) for number in numbers], chunksize=8))
        known = [words for _copy, words in kept]
        print(f"{pictures} pictures, seed {seed}, {(time.perf_counter() - begun[1]) / pictures * 1000:.0f} ms each to store")
        print(f"\n{'change':<28}{'looked for':>11}{'found':>8}{'missed':>8}{'false':>7}")
        for kind in kinds:
            _line(pool, kind, [(number, folder, kind, seed) for number in numbers], kept, known, first)
    return known


def _line(
    pool: ProcessPoolExecutor,
    kind: str,
    jobs: Sequence[tuple[int, Path | None, str, int]],
    kept: Sequence[tuple[bytes, frozenset[int]]],
    known: Sequence[frozenset[int]],
    first: int,
) -> None:
    looked_for = list(pool.map(asked, jobs, chunksize=8))
    pairs = [(one, number) for one in looked_for for number in candidates(one, known)]
    agreed = pool.map(same, [(one.shown, kept[number][0]) for one, number in pairs], chunksize=4)
    right, wrong = set[int](), set[int]()
    for (one, number), is_same in zip(pairs, agreed, strict=True):
        if is_same:
            (right if one.original == first + number else wrong).add(id(one))
    found = f"{len(right) / len(jobs):7.1%}" if looked_for[0].original is not None else "      –"
    missed = len(jobs) - len(right) if looked_for[0].original is not None else 0
    print(f"{kind:<28}{len(jobs):>11}{found:>8}{missed:>8}{len(wrong) / len(jobs):>7.1%}", flush=True)


async def time_lookups(words: Sequence[frozenset[int]], photos: int, seed: int, dsn: str) -> None:
    """Fill a database with so many prints and look some up."""
    rng, pool = Random(seed), [word for one in words for word in sorted(one)]
    usual = round(len(pool) / len(words))
    with tempfile.TemporaryDirectory() as folder:
        database = Database(dsn, data_dir=Path(folder))
        await database.open()
        async with database._transaction() as connection:
            for start in range(0, photos, 2000):
                ids = range(start + 1, min(start + 2000, photos) + 1)
                rows = [{"word": word, "print_id": one} for one in ids for word in {rng.choice(pool) for _ in range(usual)}]
                now = datetime.now(UTC)
                prints = [{"id": one, "key": f"{one:064x}", "words": [], "at": now} for one in ids]
                await connection.execute(insert(photo_prints), prints)
                await connection.execute(insert(photo_words), rows)
            if connection.dialect.name == "postgresql":
                await connection.execute(text("ANALYZE"))
            await connection.commit()
            held = len((await connection.execute(select(photo_prints.c.id))).all())
        wall, cpu = [], []
        for _ in range(50):
            looked_for = {rng.choice(pool) for _ in range(500)}
            async with database.reading() as uow:
                begun, worked = time.perf_counter(), time.process_time()
                await uow.prints.alike(looked_for, MOST_CANDIDATES)
                wall.append((time.perf_counter() - begun) * 1000)
                cpu.append((time.process_time() - worked) * 1000)
        await database.close()
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) // 1024
    engine = "PostgreSQL" if dsn else f"SQLite, {size // 1024} MB"
    print(
        f"{held:,} photos ({engine}): median {statistics.median(wall):.1f} ms, 95 % {sorted(wall)[47]:.1f} ms,"
        f" of this process's processor {statistics.median(cpu):.1f} ms"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.evidence", description=__doc__)
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--postgres", default="", help="an empty database; SQLite is measured always")
    parser.add_argument("--folder", type=Path, help="of pictures, instead of invented ones")
    chosen = parser.parse_args()
    words = measure(chosen.pictures, chosen.seed, chosen.folder)
    if chosen.photos:
        print("\nlook-ups")
        for dsn in ["", chosen.postgres] if chosen.postgres else [""]:
            asyncio.run(time_lookups(words, chosen.photos, chosen.seed, dsn))
    return 0


if __name__ == "__main__":
    sys.exit(main())
