"""Invented photos, as people send them: streets, walls, rubbish, water, at night too, papers and screenshots.

A place is a street of houses and things at their distances (`benchmarks.evidence_scenes`), and every photo of it goes
through a lens: a second one is taken from a step aside, later, with other light and other people. It is the same place, and
another photo. Papers and screenshots (`benchmarks.evidence_pages`) have a form and words: two of one form are two pictures.
Everything follows from the seed.
"""

import io
from dataclasses import dataclass, field
from random import Random

import numpy as np
from PIL import Image, ImageFilter

from benchmarks.evidence_pages import page
from benchmarks.evidence_scenes import Eye, scene

PLACES = ("street", "heap", "wall", "night", "water", "street")
KINDS = (*PLACES, "paper", "screenshot")


@dataclass(frozen=True)
class Shot:
    """How a photo was taken. The first one of a place, or the first paper of a form, is `Shot()`."""

    eye: Eye = field(default_factory=Eye)
    later: int = 0  # another moment: other people, waves, grain, shadows; other words on the form
    light: float = 1.0


def kind_of(seed: int) -> str:
    return KINDS[seed % len(KINDS)]


def photo(seed: int, shot: Shot | None = None) -> Image.Image:
    """What this seed shows; every eighth is of one kind."""
    shot, kind = shot or Shot(), kind_of(seed)
    if kind == "screenshot":
        return page(kind, Random(seed), Random(f"{seed}-{shot.later}"))
    if kind == "paper":
        return _taken(_laid_down(page(kind, Random(seed), Random(f"{seed}-{shot.later}")), seed), kind, seed, shot)
    return _taken(scene(kind, seed, shot.eye, shot.later), kind, seed, shot)


def second_shot(rng: Random) -> Shot:
    """Somebody else's photo of the place, or the same person's another day: a step aside, the phone held otherwise."""
    eye = Eye(
        x=rng.choice((-1, 1)) * rng.uniform(0.15, 0.7),
        y=rng.uniform(-0.15, 0.15),
        z=rng.uniform(-0.5, 0.5),
        yaw=rng.uniform(-4, 4),
        pitch=rng.uniform(-3, 3),
        roll=rng.uniform(-2.5, 2.5),
    )
    return Shot(eye, rng.randrange(1, 1 << 30), rng.uniform(0.75, 1.3))


def shot_from_the_same_stand(rng: Random) -> Shot:
    """A moment later, the feet where they were and only the hand moved: no two photos can be more alike."""
    eye = Eye(
        x=rng.uniform(-0.06, 0.06),
        y=rng.uniform(-0.04, 0.04),
        yaw=rng.uniform(-1, 1),
        pitch=rng.uniform(-1, 1),
        roll=rng.uniform(-0.8, 0.8),
    )
    return Shot(eye, rng.randrange(1, 1 << 30), rng.uniform(0.95, 1.05))


def shot_along_the_street(rng: Random) -> Shot:
    """Some houses further on: some of the same ones, nearer."""
    return Shot(Eye(x=rng.uniform(-0.5, 0.5), z=rng.uniform(4, 12), yaw=rng.uniform(-6, 6)), rng.randrange(1, 1 << 30))


def other_words(rng: Random) -> Shot:
    """The same form or the same app, and something else written there; the paper lies and the phone is held as before."""
    return Shot(later=rng.randrange(1, 1 << 30))


def _laid_down(paper: Image.Image, seed: int) -> Image.Image:
    """On a table, not quite straight, photographed from above; its next sheet lies where it lay, as in a scanner."""
    rng, table = Random(f"{seed}-table"), Image.new("RGB", (700, 900), (90, 70, 55))
    turned = paper.rotate(rng.uniform(-3, 3), Image.Resampling.BICUBIC, expand=True, fillcolor=(90, 70, 55))
    turned.thumbnail((690, 890))
    table.paste(turned, (rng.randint(0, 10), rng.randint(0, 10)))
    return table


def _taken(picture: Image.Image, kind: str, seed: int, shot: Shot) -> Image.Image:
    """What the phone makes of it: uneven light, a soft lens, dark corners, grain, and its own JPEG."""
    rng, wide, high = Random(f"{seed}-{shot.later}-lens"), *picture.size
    noise = np.random.default_rng(rng.randrange(1 << 32))
    pixels = np.asarray(picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.1))), dtype=np.float32)
    x, y = np.meshgrid(np.linspace(-1, 1, wide, dtype=np.float32), np.linspace(-1, 1, high, dtype=np.float32))
    slope = 1 + rng.uniform(-0.12, 0.12) * x + rng.uniform(-0.12, 0.12) * y - rng.uniform(0.05, 0.2) * (x * x + y * y)
    tint = np.array([rng.uniform(0.94, 1.06), 1.0, rng.uniform(0.92, 1.08)], dtype=np.float32)
    lit = pixels * (shot.light * slope)[:, :, None] * tint
    strength = (0.9 if kind == "night" else 0.25) * rng.uniform(0.6, 1.4)
    lit += noise.standard_normal((high, wide, 1), dtype=np.float32) * strength * np.sqrt(np.maximum(lit, 0) + 4)
    out = io.BytesIO()
    Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=rng.randint(75, 93))
    return Image.open(out).convert("RGB")
