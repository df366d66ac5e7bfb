"""Small colour arithmetic on (red, green, blue) tuples, 0 to 255 each."""

from __future__ import annotations

import colorsys
from random import Random

RGB = tuple[int, int, int]

WHITE: RGB = (255, 255, 255)


def rgb(text: str) -> RGB:
    """Read ``rrggbb``."""
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def mix(a: RGB, b: RGB, part: float) -> RGB:
    """Blend *part* (0 to 1) of *b* into *a*."""
    return tuple(round(x + (y - x) * part) for x, y in zip(a, b, strict=True))


def lighter(colour: RGB, part: float) -> RGB:
    return mix(colour, (255, 250, 240), part)


def darker(colour: RGB, part: float) -> RGB:
    return mix(colour, (24, 14, 18), part)


def luminance(colour: RGB) -> float:
    """Perceived brightness, 0 to 255."""
    return 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]


def jitter(colour: RGB, rng: Random, hue: float = 0.012, light: float = 0.035, chroma: float = 0.06) -> RGB:
    """The same colour from another pot of paint."""
    h, lum, s = colorsys.rgb_to_hls(*(c / 255 for c in colour))
    h = (h + rng.uniform(-hue, hue)) % 1
    lum = min(0.97, max(0.03, lum + rng.uniform(-light, light)))
    s = min(1, max(0, s + rng.uniform(-chroma, chroma) * (s > 0.05)))
    return tuple(round(c * 255) for c in colorsys.hls_to_rgb(h, lum, s))
