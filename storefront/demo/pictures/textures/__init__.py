"""Surface patterns, one family per craft.

A pattern is a function ``(size, look, rng, scale) -> RGB image`` that covers *size* pixels; *scale* is the
size in pixels of one unit of the pattern (about 60 on a whole piece, 150 or more in a close view).
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from PIL import Image

from ..palettes import Look
from . import fired, paperlike, plaited, precious, woven

Texture = Callable[[tuple[int, int], Look, Random, float], Image.Image]

CRAFTS: dict[str, Texture] = {
    "lacquer": precious.lacquer,
    "indigo-weaving": woven.indigo,
    "paper-making": paperlike.washi,
    "wood-turning": paperlike.wood,
    "highland-weaving": woven.highland,
    "silver-filigree": precious.filigree,
    "basketry": plaited.basket,
    "pottery": fired.clay,
    "tea-ware": fired.celadon,
    "fibre-weaving": plaited.pina,
    "shell-inlay": precious.shell,
    "looping": plaited.looped,
}

# How much each surface reflects: 0 matt, 1 like lacquer.
GLOSS = {
    "lacquer": 0.95,
    "shell-inlay": 0.9,
    "tea-ware": 0.8,
    "silver-filigree": 0.85,
    "pottery": 0.35,
    "wood-turning": 0.3,
}


def texture(craft: str, size: tuple[int, int], look: Look, scale: float) -> Image.Image:
    """The pattern of *craft* over *size* pixels: the same kind for every surface that shares a *look*.

    Raises ValueError for an unknown craft.
    """
    if craft not in CRAFTS:
        raise ValueError(f"unknown craft: {craft!r}")
    return CRAFTS[craft](size, look, Random(look.seed), scale)
