"""How well a photo is found again among many, how often another is taken for it, and how long a look-up takes.

    python -m benchmarks.evidence [--pictures 80] [--seed 1] [--photos 100000] [--crowd FILE] [--postgres DSN] [--folder DIR]

Every picture goes the way of a real one: `bot.imaging` makes its shown copy, and from that its words are made. A copy is
found when the original is among the first that share its words, in a city of `--photos` other photos, and
`bot.prints.alignment` agrees. False is whatever agrees and is another photo: of another place, of the same place from
another stand, of the same street, of the same form or app with other words. `--folder`: of pictures to look for instead.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: a process for each processor is enough

import argparse
import asyncio
import io
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from pathlib import Path
from random import Random

from PIL import Image

from benchmarks.evidence_changes import CHANGES
from benchmarks.evidence_crowd import Print, crowd, crowd_picture, progress
from benchmarks.evidence_index import Index
from benchmarks.evidence_lookups import time_lookups
from benchmarks.evidence_pictures import (
    KINDS,
    PLACES,
    kind_of,
    other_words,
    photo,
    second_shot,
    shot_along_the_street,
    shot_from_the_same_stand,
)
from bot.imaging import shown_copy
from bot.prints.alignment import compare
from bot.prints.grey import read_grey
from bot.prints.words import asked_places, words_of
from bot.services.check_evidence import MOST_CANDIDATES

LARGEST = 1280  # pixels a side, of pictures from a folder
ANOTHER = "another picture"
OTHERS = {
    "the place from another stand": (second_shot, PLACES),
    "further on in the street": (shot_along_the_street, ("street", "night", "water")),
    "the form with other words": (other_words, ("paper", "screenshot")),
    ANOTHER: (None, KINDS),
}
SAME_STAND = "a moment later, same stand"
MOST_STRANGERS = 2  # of the crowd that another picture is laid over: to make them anew takes long


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture that is in the index: its shown copy, and its words."""

    shown: bytes
    words: frozenset[int]


@dataclass(slots=True)
class Answer:
    """What became of one picture that was looked for."""

    kind: str
    of: str  # street, wall, …
    words: list[int] = field(repr=False)
    is_candidate: bool = False  # the original was
    is_found: bool = False
    is_false: bool = False


@dataclass(slots=True)
class Task:
    """What every worker knows, by being forked from whoever made it."""

    seed: int
    first: int
    folder: Path | None
    kept: Sequence[Kept]
    index: Index
    crowd: int


_tasks: list[Task] = []


def shown(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return shown_copy(out.getvalue(), "JPEG")


@lru_cache(1)
def from_folder(folder: Path) -> Sequence[Image.Image]:
    found = []
    for path in sorted(folder.iterdir()):
        try:
            with Image.open(path) as image:
                picture = image.convert("RGB")
        except OSError:
            continue
        picture.thumbnail((LARGEST, LARGEST))
        found.append(picture)
    return found


def stored(job: tuple[int, Path | None]) -> Kept:
    number, folder = job
    copy = shown(from_folder(folder)[number] if folder else photo(number))
    return Kept(copy, frozenset(word for word, _x, _y in words_of(read_grey(copy))))


def looked_for(number: int) -> list[Answer]:
    """All that is made of one picture, each looked for."""
    [task] = _tasks
    return [_answer(task, number, kind, image) for kind, image in _pictures(task, number)]


def _pictures(task: Task, number: int) -> Iterator[tuple[str, Image.Image]]:
    original = from_folder(task.folder)[number] if task.folder else photo(number)
    for kind, change in CHANGES.items():
        yield kind, change(original, Random(f"{task.seed}-{number}-{kind}"))
    if task.folder:
        return
    rng, of = Random(f"{task.seed}-{number}"), kind_of(number)
    if of in PLACES:
        yield SAME_STAND, photo(number, shot_from_the_same_stand(rng))
    for kind, (shot, kinds) in OTHERS.items():
        if of in kinds:
            yield kind, photo(number, shot(rng)) if shot else photo(number + 1_000_000)


def _answer(task: Task, number: int, kind: str, image: Image.Image) -> Answer:
    grey = read_grey(shown(image))
    places = asked_places(grey)
    words = sorted({word for found in places for word, _x, _y in found})
    answer = Answer(kind, "" if task.folder else kind_of(number), words)
    is_copy, strangers = kind in CHANGES, MOST_STRANGERS if kind == ANOTHER else 0
    for candidate in task.index.alike(words, MOST_CANDIDATES):
        at = candidate - task.crowd  # those of the crowd came first
        is_original = is_copy and at == number - task.first
        answer.is_candidate |= is_original
        if at < 0:
            strangers -= 1
            if strangers < 0:
                continue
        other = crowd_picture(candidate) if at < 0 else read_grey(task.kept[at].shown)
        if compare(grey, other, places)["same"]:
            answer.is_found |= is_original
            answer.is_false |= not is_original
    return answer


def measure(pictures: int, seed: int, folder: Path | None, prints: Sequence[Print]) -> tuple[list[Answer], list[Kept]]:
    """Look for everything that can be made of so many pictures, in as many processes as there are processors."""
    first, begun = 0 if folder else seed * 10_000, time.perf_counter()
    numbers = [first + number for number in range(min(pictures, len(from_folder(folder))) if folder else pictures)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        kept = list(progress(pool.map(stored, [(number, folder) for number in numbers], chunksize=4), "stored"))
    index = Index([*(one.tolist() for one in prints), *(one.words for one in kept)])
    _tasks[:] = [Task(seed, first, folder, kept, index, len(prints))]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        answers = list(chain.from_iterable(progress(pool.map(looked_for, numbers), "looked for")))
    print(f"{len(numbers)} pictures, seed {seed}, among {len(prints):,} others, {time.perf_counter() - begun:.0f} s\n")
    return answers, kept


def report(answers: Sequence[Answer]) -> None:
    """A line for each kind, and then where the misses and the false ones are."""
    print(f"{'':<30}{'looked for':>11}{'found':>8}{'missed':>8}{'no candidate':>14}{'false':>7}")
    kinds = list(dict.fromkeys(answer.kind for answer in answers))
    copies, others = [kind for kind in kinds if kind in CHANGES], [kind for kind in kinds if kind in OTHERS]
    for name, among in [*((kind, [kind]) for kind in kinds), ("= all copies", copies), ("= all other photos", others)]:
        chosen = [answer for answer in answers if answer.kind in among]
        if not chosen:
            continue
        found, false = sum(one.is_found for one in chosen), sum(one.is_false for one in chosen)
        lost = sum(not one.is_candidate for one in chosen)
        tail = (
            f"{found / len(chosen):8.1%}{len(chosen) - found:>8}{lost:>14}" if among[0] in CHANGES else f"{'–':>8}{'':>22}"
        )
        print(f"{name:<30}{len(chosen):>11}{tail}{false / len(chosen):>7.1%} ({false})", flush=True)
    missed = Counter((one.kind, one.of) for one in answers if one.kind in CHANGES and not one.is_found)
    false_ones = Counter((one.kind, one.of) for one in answers if one.is_false)
    for title, counted in (("missed", missed), ("false", false_ones)):
        print(f"{title}: " + (", ".join(f"{kind} ({of}) {n}" for (kind, of), n in counted.most_common(12)) or "none"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.evidence", description=__doc__)
    parser.add_argument("--pictures", type=int, default=80)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--photos", type=int, default=100_000, help="other photos that each is looked for among")
    parser.add_argument("--crowd", type=Path, help="a file to keep their words in, .npz: making them takes minutes")
    parser.add_argument("--postgres", default="", help="an empty database; SQLite is measured always")
    parser.add_argument("--folder", type=Path, help="of pictures, instead of invented ones")
    chosen = parser.parse_args()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        prints = crowd(chosen.photos, pool, chosen.crowd) if chosen.photos else []
    answers, kept = measure(chosen.pictures, chosen.seed, chosen.folder, prints)
    report(answers)
    if prints:
        print("\nlook-ups")
        asked = [answer.words for answer in Random(chosen.seed).sample(answers, min(300, len(answers)))]
        held = [*(one.tolist() for one in prints), *(sorted(one.words) for one in kept)]
        for dsn in ["", chosen.postgres] if chosen.postgres else [""]:
            asyncio.run(time_lookups(held, asked, dsn))
    return 0


if __name__ == "__main__":
    sys.exit(main())
