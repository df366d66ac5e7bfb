"""Lacquer, filigree and mother-of-pearl."""

from __future__ import annotations

import math
from random import Random

from PIL import Image, ImageDraw

from ..colour import darker, lighter, mix
from ..palettes import Look
from ..paper import cloud, clouded, fade, grain, multiply
from ..shapes import poly, polys, ring, smooth, strokes
from .paperlike import leaf

Size = tuple[int, int]
GOLD = (214, 168, 82)


def _paste(sheet: Image.Image, colour: tuple[int, int, int], patch, strength: float = 1.0) -> None:
    sheet.paste(colour, (patch.x, patch.y), fade(patch.mask, strength) if strength < 1 else patch.mask)


def lacquer(size: Size, look: Look, rng: Random, scale: float) -> Image.Image:
    """Deep polished ground with gold: waves, boughs, hills, bands or eggshell."""
    scale = min(scale, size[1] / 3.6)
    ground = clouded(size, (scale * 5, scale * 5), rng, darker(look.body, 0.22), lighter(look.body, 0.05))
    gold = mix(look.accent, GOLD, 0.55)
    kind = rng.choice(("waves", "bough", "bough", "hills", "bands", "eggshell"))
    {"waves": _waves, "bough": _bough, "hills": _hills, "bands": _bands, "eggshell": _eggshell}[kind](
        ground, look, gold, rng, scale
    )
    if rng.random() < 0.7 and kind != "bands":
        lines = [[(0, scale * k), (size[0], scale * k)] for k in (0.22, 0.34)]
        _paste(ground, gold, strokes(lines, max(2, scale * 0.05)))
    dust = grain(size, 0.6).point([255 if v > 222 else 0 for v in range(256)])
    ground.paste(lighter(gold, 0.2), (0, 0), fade(dust, 0.35))
    return ground


def _waves(ground: Image.Image, look: Look, gold: tuple, rng: Random, scale: float) -> None:
    step, lines, first = scale * rng.uniform(0.9, 1.3), [], rng.choice((0.0, 0.3, 0.45))
    start = int(ground.height * first / (step * 0.5))
    for row in range(start, math.ceil(ground.height / (step * 0.5)) + 2):
        for col in range(-1, math.ceil(ground.width / step) + 1):
            x, y = col * step + (step / 2 if row % 2 else 0), row * step * 0.5
            lines += [
                ring(x, y + step * 0.5, step * k, step * k, start=math.pi * 1.17, end=math.pi * 1.83, n=14)
                for k in (0.57, 0.42, 0.27, 0.12)
            ]
    if lines:
        _paste(ground, gold, strokes(lines, max(1.8, scale * 0.032)))


def _bough(ground: Image.Image, look: Look, gold: tuple, rng: Random, scale: float) -> None:
    blossom = rng.choice((look.light, lighter(gold, 0.4), look.accent2))
    count = max(2, round(ground.width * max(1, ground.height / (scale * 7)) / (scale * 4.4)))
    for k in range(count):
        x = ground.width * (k + rng.uniform(0.2, 0.8)) / count
        y = ground.height * (rng.uniform(0.75, 1.0) if ground.height < scale * 8 else rng.uniform(0.2, 1.05))
        a, spine = rng.uniform(-2.2, -0.9), [(x, y)]
        for _ in range(7):
            a += rng.uniform(-0.35, 0.4)
            x, y = x + math.cos(a) * scale * 0.75, y + math.sin(a) * scale * 0.6
            spine.append((x, y))
        _paste(ground, gold, strokes([smooth(spine)], max(2, scale * 0.06)))
        leaves = []
        for px, py in spine[1:]:
            for side in (-1, 1):
                leaves.append(
                    leaf(
                        px, py, a + side * rng.uniform(0.6, 1.2), scale * rng.uniform(0.5, 0.8), scale * 0.12
                    )
                )
        _paste(ground, mix(gold, look.body, 0.25), polys(leaves))
        for px, py in rng.sample(spine[1:], 3):
            r = scale * rng.uniform(0.2, 0.3)
            petals = [
                ring(
                    px + math.cos(k * 1.257) * r * 0.6,
                    py + math.sin(k * 1.257) * r * 0.6,
                    r * 0.5,
                    r * 0.42,
                    turn=k * 1.257,
                    n=16,
                )
                for k in range(5)
            ]
            _paste(ground, blossom, polys(petals))
            _paste(ground, darker(gold, 0.2), poly(ring(px, py, r * 0.2, r * 0.2, n=12)))


def _hills(ground: Image.Image, look: Look, gold: tuple, rng: Random, scale: float) -> None:
    w, h = ground.size
    for layer in range(3):
        base = h * (0.55 + 0.14 * layer)
        phase, size = rng.uniform(0, 6), rng.uniform(1.6, 2.6) * scale
        top = [
            (x, base - scale * (0.7 * math.sin(x / size + phase) + 0.3 * math.sin(x / size * 2.3 + phase)))
            for x in range(0, w + 30, 30)
        ]
        _paste(ground, mix(look.body, gold, 0.14 + 0.12 * layer), poly([*top, (w, h), (0, h)]))
        _paste(ground, gold, strokes([top], max(1.6, scale * 0.035)))
    sun = poly(ring(w * rng.uniform(0.3, 0.7), h * 0.28, scale * 0.55, scale * 0.55))
    _paste(ground, lighter(gold, 0.1), sun)


def _bands(ground: Image.Image, look: Look, gold: tuple, rng: Random, scale: float) -> None:
    draw, y = ImageDraw.Draw(ground), scale * rng.uniform(0.1, 0.4)
    while y < ground.height:
        thick = scale * rng.choice((0.04, 0.04, 0.08, 0.3))
        colour = rng.choice((gold, gold, look.alt, look.accent2))
        draw.rectangle((0, y, ground.width, y + max(2, thick)), fill=colour)
        y += thick + scale * rng.choice((0.14, 0.2, 0.7, 1.1))


def _eggshell(ground: Image.Image, look: Look, gold: tuple, rng: Random, scale: float) -> None:
    """A field of broken shell pieces set into the lacquer, with a wavering border."""
    step, tiles = scale * 0.24, []
    limit = ground.height * rng.uniform(0.35, 0.6)
    for row in range(math.ceil(ground.height / step)):
        for col in range(math.ceil(ground.width / step)):
            x, y = (col + rng.uniform(-0.15, 0.15)) * step, (row + rng.uniform(-0.15, 0.15)) * step
            if y < limit + scale * 0.6 * math.sin(x / scale * 0.9):
                continue
            r = step * rng.uniform(0.44, 0.58)
            tiles.append(
                [
                    (x + math.cos(a) * r, y + math.sin(a) * r)
                    for a in sorted(rng.uniform(0, math.tau) for _ in range(6))
                ]
            )
    if tiles:
        _paste(ground, mix((240, 228, 202), look.light, 0.5), polys(tiles))


def filigree(size: Size, look: Look, rng: Random, scale: float) -> Image.Image:
    """Twisted wire: a field of spirals, each with its shadow and its glint."""
    ground = clouded(size, (scale * 3, scale * 3), rng, darker(look.body, 0.5), darker(look.body, 0.28))
    step, lines, beads = scale * rng.uniform(0.8, 1.0), [], []
    for row in range(-1, math.ceil(size[1] / (step * 0.86)) + 1):
        for col in range(-1, math.ceil(size[0] / step) + 1):
            x, y = col * step + (step / 2 if row % 2 else 0), row * step * 0.86
            way = 1 if (row + col) % 2 else -1
            lines.append(spiral(x, y, step * 0.46, way, rng.uniform(0, 0.4)))
            beads.append(ring(x + step * 0.5, y + step * 0.29, step * 0.075, step * 0.075, n=12))
    wire = max(2.0, step * 0.085)
    coils = strokes(lines, wire)
    _paste(ground, darker(look.body, 0.78), coils.moved(wire * 0.6, wire * 0.8))
    _paste(ground, look.body, coils)
    _paste(
        ground, lighter(look.body, 0.85), strokes(lines, max(1, wire * 0.36)).moved(-wire * 0.16, -wire * 0.2)
    )
    grains = polys(beads)
    _paste(ground, darker(look.body, 0.7), grains.moved(2, 3))
    _paste(ground, lighter(look.body, 0.6), grains)
    return ground


def spiral(
    x: float, y: float, r: float, way: int, turn: float = 0, coils: float = 2.6
) -> list[tuple[float, float]]:
    """A flat coil of radius *r* around (x, y); *way* is 1 or -1."""
    n = 40
    return [
        (
            x + math.cos(way * (turn + coils * math.tau * i / n)) * r * (0.1 + 0.9 * i / n),
            y + math.sin(way * (turn + coils * math.tau * i / n)) * r * (0.1 + 0.9 * i / n),
        )
        for i in range(n + 1)
    ]


NACRE = ((236, 226, 232), (176, 220, 214), (206, 190, 232), (240, 214, 190), (150, 200, 214), (224, 236, 214))


def nacre(size: Size, rng: Random, cell: float) -> Image.Image:
    """The shifting colours of the shell."""
    cols, rows = max(3, round(size[0] / cell)), max(3, round(size[1] / cell))
    small, rng = Image.new("RGB", (cols, rows)), Random(rng.getrandbits(32))
    small.putdata([rng.choice(NACRE) for _ in range(cols * rows)])
    sheet = small.resize(size, Image.Resampling.BICUBIC)
    streak = cloud(size, (cell * 1.6, max(2, cell * 0.09)), rng).point([170 + v // 3 for v in range(256)])
    return multiply(sheet, streak, (170, 160, 190), 0.8)


def shell(size: Size, look: Look, rng: Random, scale: float) -> Image.Image:
    """Cut shell in dark lacquer: flowers, scales, hexagons or a meandering vine."""
    dark = look.body if look.dark_body else darker(look.accent3, 0.55)
    ground = clouded(size, (scale * 5, scale * 5), rng, darker(dark, 0.5), darker(dark, 0.2))
    pearl = nacre(size, rng, scale * 0.55)
    kind = rng.choice(("flowers", "flowers", "scales", "hexagons", "vine"))
    pieces = {"flowers": _flowers, "scales": _scales, "hexagons": _hexagons, "vine": _vine}[kind](
        size, rng, scale
    )
    patch = polys(pieces)
    box = (patch.x, patch.y, patch.x + patch.mask.width, patch.y + patch.mask.height)
    ground.paste(pearl.crop(box), box[:2], patch.mask)
    facets = polys(rng.sample(pieces, max(1, len(pieces) // 3)))
    _paste(ground, (255, 255, 255), facets, 0.22)
    return ground


def _flowers(size: Size, rng: Random, scale: float) -> list:
    pieces, step, petals = [], scale * 1.5, rng.choice((5, 6, 8))
    for row in range(math.ceil(size[1] / step) + 1):
        for col in range(math.ceil(size[0] / step) + 1):
            x, y = col * step + (step / 2 if row % 2 else 0), row * step
            turn = rng.uniform(0, 1)
            for k in range(petals):
                a = turn + k * math.tau / petals
                pieces.append(
                    leaf(
                        x + math.cos(a) * step * 0.07,
                        y + math.sin(a) * step * 0.07,
                        a,
                        step * 0.34,
                        step * 0.5 / petals,
                    )
                )
            pieces.append(ring(x, y, step * 0.05, step * 0.05, n=12))
            pieces.append(ring(x + step / 2, y, step * 0.035, step * 0.035, n=10))
    return pieces


def _scales(size: Size, rng: Random, scale: float) -> list:
    pieces, step = [], scale * 0.7
    for row in range(-1, math.ceil(size[1] / (step * 0.5)) + 1):
        for col in range(-1, math.ceil(size[0] / step) + 1):
            x, y = col * step + (step / 2 if row % 2 else 0), row * step * 0.5
            outer = ring(x, y, step * 0.46, step * 0.46, start=math.pi * 0.2, end=math.pi * 0.8, n=12)
            pieces.append([*outer, (x, y - step * 0.12)])
    return pieces


def _hexagons(size: Size, rng: Random, scale: float) -> list:
    pieces, r = [], scale * 0.34
    for row in range(math.ceil(size[1] / (r * 1.5)) + 1):
        for col in range(math.ceil(size[0] / (r * 1.732)) + 1):
            if rng.random() < 0.1:
                continue
            x, y = col * r * 1.732 + (r * 0.866 if row % 2 else 0), row * r * 1.5
            pieces.append(ring(x, y, r * 0.92, r * 0.92, turn=math.pi / 6, n=6))
    return pieces


def _vine(size: Size, rng: Random, scale: float) -> list:
    pieces, lane = [], scale * 1.6
    for row in range(math.ceil(size[1] / lane) + 1):
        phase = rng.uniform(0, 6)
        for k in range(math.ceil(size[0] / (scale * 0.3))):
            x = k * scale * 0.3
            y = row * lane + scale * 0.4 * math.sin(x / scale + phase)
            side = 1 if k % 2 else -1
            pieces.append(leaf(x, y, side * 0.9 + 0.2, scale * 0.42, scale * 0.09))
            if k % 5 == 0:
                for p in range(6):
                    pieces.append(leaf(x, y - side * scale * 0.5, p * 1.047, scale * 0.24, scale * 0.07))
    return pieces
