"""Landscapes and places for stories and villages."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from random import Random

from PIL import Image

from ..paper import finish
from . import land, loom, places, village, wild
from .parts import Tones

SCENES: dict[str, Callable[[Tones, Random], Image.Image]] = {
    "river": land.river,
    "mountain": land.mountain,
    "terrace": land.terrace,
    "coast": wild.coast,
    "kiln": village.kiln,
    "loom": loom.loom,
    "drying-yard": village.drying_yard,
    "workshop-room": places.workshop_room,
    "forest": wild.forest,
    "market": village.market,
    "hands": places.hands,
    "snow-valley": wild.snow_valley,
}


def draw_scene(*, scene: str, palette: str, seed: int) -> Image.Image:
    """Draw a scene, 1920 by 1280 pixels, RGB. Raises ValueError for an unknown scene or palette."""
    if scene not in SCENES:
        raise ValueError(f"unknown scene: {scene!r}")
    rng = Random(zlib.crc32(f"scene/{scene}/{palette}/{seed}".encode()))
    tones = Tones.mixed(palette, rng)
    return finish(SCENES[scene](tones, rng), rng, 0.7)
