"""Grain, gradients and cloudy noise: the paper under the paint.

Everything random comes from ``random.Random``: a picture is the same on every machine and in every process.
"""

from __future__ import annotations

import math
from functools import lru_cache
from random import Random

from PIL import Image, ImageChops, ImageFilter, ImageOps

from .colour import RGB, WHITE, darker, lighter, mix

TILE = 512


def tiled(tile: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Repeat *tile* over *size* pixels."""
    width, height = size
    sheet = Image.new(tile.mode, size)
    for x in range(0, width, tile.width):
        sheet.paste(tile, (x, 0))
    done = tile.height
    while done < height:
        sheet.paste(sheet.crop((0, 0, width, min(done, height - done))), (0, done))
        done *= 2
    return sheet


@lru_cache(maxsize=8)
def grain_tile(soft: float) -> Image.Image:
    """A grey noise tile around 128; *soft* is the grain radius in pixels."""
    raw = Image.frombytes("L", (TILE, TILE), Random(77).randbytes(TILE * TILE))
    wrapped = tiled(raw, (TILE * 2, TILE * 2))
    if soft:
        wrapped = wrapped.filter(ImageFilter.GaussianBlur(soft))
        wrapped = ImageOps.autocontrast(wrapped, cutoff=1)
    return wrapped.crop((TILE // 2, TILE // 2, TILE // 2 + TILE, TILE // 2 + TILE))


@lru_cache(maxsize=24)
def grain(size: tuple[int, int], soft: float = 0.8) -> Image.Image:
    """The noise tile repeated over *size*."""
    return tiled(grain_tile(soft), size)


def cloud(size: tuple[int, int], cell: tuple[float, float], rng: Random) -> Image.Image:
    """Smooth grey noise; *cell* is the width and height in pixels of one blot."""
    cols = max(2, min(400, math.ceil(size[0] / cell[0]) + 1))
    rows = max(2, min(400, math.ceil(size[1] / cell[1]) + 1))
    # One draw from *rng* whatever the size, so that a pattern stays itself on a larger sheet.
    small = Image.frombytes("L", (cols, rows), Random(rng.getrandbits(32)).randbytes(cols * rows))
    if cell[0] >= 60 and cell[1] >= 60:
        small = small.resize((size[0] // 8 + 1, size[1] // 8 + 1), Image.Resampling.BICUBIC)
        return small.resize(size, Image.Resampling.BILINEAR)
    return small.resize(size, Image.Resampling.BICUBIC)


def tones(grey: Image.Image, dark: RGB, light: RGB) -> Image.Image:
    """Map black..white to *dark*..*light*."""
    return ImageOps.colorize(grey, dark, light)


def clouded(
    size: tuple[int, int], cell: tuple[float, float], rng: Random, dark: RGB, light: RGB
) -> Image.Image:
    """Large soft blots between two colours, tinted while still small."""
    step = max(1, min(8, int(min(cell) / 8), *(max(1, side // 16) for side in size)))
    small = (size[0] // step + 1, size[1] // step + 1)
    blots = cloud(small, (cell[0] / step, cell[1] / step), rng)
    return tones(blots, dark, light).resize(size, Image.Resampling.BILINEAR)


def vertical(size: tuple[int, int], top: RGB, bottom: RGB) -> Image.Image:
    """A gradient from *top* to *bottom*."""
    ramp = Image.linear_gradient("L").resize((8, size[1]), Image.Resampling.BILINEAR)
    return tones(ramp, top, bottom).resize(size, Image.Resampling.NEAREST)


def glow(size: tuple[int, int], centre: tuple[float, float], radius: float) -> Image.Image:
    """A grey spot, white at *centre* and black at *radius* (pixels)."""
    # Pillow's gradient reaches white only in its corners; stretched, it ends at the edge of the square.
    spot = Image.radial_gradient("L").point([255 - min(255, round(v * 1.42)) for v in range(256)])
    across = max(2, round(radius * 2))
    step = 8
    small = Image.new("L", (size[0] // step + 1, size[1] // step + 1))
    spot = spot.resize((max(2, across // step),) * 2, Image.Resampling.BILINEAR)
    small.paste(spot, (round((centre[0] - radius) / step), round((centre[1] - radius) / step)))
    return small.resize(size, Image.Resampling.BILINEAR)


def stipple(mask: Image.Image, hardness: float = 3.0, soft: float = 0.9) -> Image.Image:
    """Turn a soft mask into dry-brush grain, as a print from a rough block."""
    noisy = ImageChops.add(mask, grain(mask.size, soft), 1, -128)
    rough = noisy.point([max(0, min(255, round((v - 128) * hardness + 128))) for v in range(256)])
    # Where the mask is empty or full the grain must not invent anything.
    return ImageChops.multiply(rough, mask.point([min(255, v * 5) for v in range(256)]))


def fade(mask: Image.Image, part: float) -> Image.Image:
    """Weaken a mask to *part* of its strength."""
    return mask.point([round(v * part) for v in range(256)])


def multiply(image: Image.Image, grey: Image.Image, tint: RGB, strength: float = 1.0) -> Image.Image:
    """Darken *image* where *grey* is dark, towards *tint*."""
    return ImageChops.multiply(image, tones(grey, mix(WHITE, tint, strength), WHITE))


@lru_cache(maxsize=9)
def _varnish(size: tuple[int, int], variant: int, warmth: float) -> Image.Image:
    """Vignette and paper tooth around a neutral grey, to be laid over a picture."""
    spot = glow(size, (size[0] * (0.41, 0.48, 0.55)[variant], size[1] * 0.46), size[0] * 0.86)
    tooth = grain(size, 0.7).point([round(131 + (v - 128) * 0.12) for v in range(256)])
    shade = ImageChops.multiply(tooth, spot.point([min(255, 168 + v) for v in range(256)]))
    neutral = Image.blend(tooth, shade, 0.5 * warmth)
    return tones(neutral, (4, 0, 0), (255, 253, 247))


def finish(image: Image.Image, rng: Random, warmth: float = 1.0) -> Image.Image:
    """The last pass over every picture: vignette, paper grain, a breath of warm light."""
    return ImageChops.overlay(image, _varnish(image.size, rng.randrange(3), warmth))


def mottled(
    size: tuple[int, int], colour: RGB, rng: Random, amount: float = 0.1, cell: float = 160
) -> Image.Image:
    """A flat colour as a brush leaves it: slightly cloudy."""
    return clouded(size, (cell, cell), rng, darker(colour, amount), lighter(colour, amount))
