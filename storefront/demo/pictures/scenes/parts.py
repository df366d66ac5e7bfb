"""Skies, ridges, water, trees, houses and people for the scenes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from PIL import Image

from ..colour import RGB, darker, lighter, luminance, mix
from ..palettes import Look, choose
from ..paper import cloud, fade, glow, stipple, vertical
from ..shapes import Patch, Point, poly, polys, ring, smooth, strokes
from ..stage import paste
from ..textures.paperlike import leaf

W, H = 1920, 1280


@dataclass(frozen=True)
class Tones:
    """The paints of one scene: *far* blends haze into the deep colour."""

    look: Look
    sky: RGB
    low: RGB
    sun: RGB
    deep: RGB
    field: RGB
    cloth: tuple[RGB, ...]

    @classmethod
    def mixed(cls, palette: str, rng: Random) -> Tones:
        """Mix the paints from a palette. Raises ValueError for an unknown palette."""
        look = choose(palette, rng)
        paints = (look.body, look.alt, look.accent, look.accent2, look.accent3)
        coloured = sorted(paints, key=luminance)
        deep = mix(coloured[0], rng.choice(((44, 66, 74), (52, 60, 50), (66, 50, 62))), 0.4)
        sky = mix(
            lighter(look.wall, 0.3), rng.choice(((190, 208, 210), (236, 214, 184), (226, 206, 200))), 0.45
        )
        low = mix(lighter(look.wall, 0.55), (252, 236, 208), 0.5)
        field = mix(coloured[2], rng.choice(((150, 150, 96), (196, 168, 112), (124, 140, 108))), 0.5)
        sun = mix(rng.choice(((236, 126, 78), (246, 190, 110), (250, 226, 180))), look.accent, 0.15)
        return cls(look, sky, low, sun, deep, field, (*paints, look.light))

    def far(self, depth: float) -> RGB:
        """0 at the horizon, 1 close by."""
        return mix(mix(self.low, self.sky, 0.5), self.deep, depth)


def sky(t: Tones, rng: Random, *, sun: bool = True, horizon: float = 700) -> Image.Image:
    """Sky over the whole sheet, with sun and long thin clouds."""
    sheet = vertical((W, H), t.sky, t.sky)
    sheet.paste(vertical((W, round(horizon)), t.sky, t.low), (0, 0))
    sheet.paste(t.low, (0, round(horizon), W, H))
    if sun:
        x, y, r = rng.uniform(380, 1540), rng.uniform(190, horizon - 260), rng.uniform(80, 150)
        sheet.paste(lighter(t.sun, 0.5), (0, 0), fade(glow((W, H), (x, y), r * 5), 0.55))
        disc = poly(ring(x, y, r, r))
        paste(sheet, disc, t.sun)
        ramp = Image.linear_gradient("L").resize(disc.mask.size)
        paste(sheet, Patch(stipple(ramp, 1.8), disc.x, disc.y).within(disc), lighter(t.sun, 0.4), 0.6)
    for _ in range(rng.randint(2, 5)):
        x, y, long = rng.uniform(-100, W - 200), rng.uniform(90, horizon - 200), rng.uniform(260, 620)
        bank = [
            leaf(
                x + rng.uniform(-60, 60), y + k * 16, rng.uniform(-0.02, 0.02), long * rng.uniform(0.5, 1), 11
            )
            for k in range(3)
        ]
        paste(sheet, polys(bank), lighter(t.low, 0.5), 0.55)
    return sheet


def ridge(rng: Random, y: float, rise: float, length: float, *, sharp: float = 0.0) -> list[Point]:
    """A skyline around *y*: *rise* and *length* of its waves in pixels, *sharp* 0 rolling to 1 jagged."""
    waves = [(rng.uniform(0.7, 1.3) * length / k, rng.uniform(0, 7), rise / k) for k in (1, 2.1, 4.3)]
    points = []
    for x in range(-20, W + 41, 20):
        value = sum(a * math.sin(x / w * math.tau + p) for w, p, a in waves) / 1.6
        peak = sum(a * (abs(((x / w + p) % 1) * 2 - 1) * 2 - 1) for w, p, a in waves) / 1.6
        points.append((x, y - value * (1 - sharp) + peak * sharp + rng.uniform(-1, 1) * rise * 0.03))
    return points


def land(
    sheet: Image.Image,
    top: list[Point],
    colour: RGB,
    rng: Random,
    *,
    haze: RGB | None = None,
    grain: float = 0.5,
) -> Patch:
    """Fill from a skyline to the bottom; *haze* rises from below, grain shades the slopes."""
    floor = min(H, max(p[1] for p in top) + 420)
    patch = poly([*top, (W + 20, floor), (-20, floor)])
    paste(sheet, patch, colour)
    if floor < H:
        sheet.paste(haze or colour, (0, round(floor) - 2, W, H))
    shade = cloud(patch.mask.size, (260, 90), rng).point([max(0, v - 110) for v in range(256)])
    paste(sheet, Patch(stipple(shade, 2.2), patch.x, patch.y).within(patch), darker(colour, 0.35), grain)
    if haze:
        mist = Image.linear_gradient("L").resize(patch.mask.size).point([v * v // 255 for v in range(256)])
        paste(sheet, Patch(mist, patch.x, patch.y).within(patch), haze, 0.95)
    return patch


def height_at(top: list[Point], x: float) -> float:
    """The skyline's height at *x*."""
    return min(top, key=lambda p: abs(p[0] - x))[1]


def conifer(x: float, y: float, high: float, rng: Random) -> list[Point]:
    """The outline of a cedar standing at (x, y)."""
    left, right = [], []
    for k in range(6):
        t = k / 5
        w = high * (0.05 + 0.17 * t)
        left += [
            (x - w * 0.55, y - high * (1 - t * 0.86)),
            (x - w * rng.uniform(0.95, 1.1), y - high * (1 - t * 0.86) + high * 0.12),
        ]
        right += [
            (x + w * 0.55, y - high * (1 - t * 0.86)),
            (x + w * rng.uniform(0.95, 1.1), y - high * (1 - t * 0.86) + high * 0.12),
        ]
    return [(x, y - high * 1.06), *right, (x + high * 0.02, y), (x - high * 0.02, y), *left[::-1]]


def frond(x: float, y: float, angle: float, long: float) -> list[Point]:
    """A palm leaf that leaves the crown at *angle* and hangs down at its tip."""
    upper, lower = [], []
    for i in range(9):
        t = i / 8
        px, py = (
            x + math.cos(angle) * long * t,
            y + math.sin(angle) * long * t * (1 - 0.5 * t) + long * 0.5 * t * t,
        )
        w = long * 0.085 * math.sin(math.pi * (0.06 + 0.94 * t)) ** 0.7
        upper.append((px, py - w * 0.45))
        lower.append((px, py + w))
    return [*upper, *lower[::-1]]


def trees(
    sheet: Image.Image, spots: list[tuple[float, float, float]], colour: RGB, rng: Random, kind: str
) -> None:
    """Groups of trees at (x, y, height): cedar, round or palm."""
    if not spots:
        return
    if kind == "cedar":
        crowns = [conifer(x, y, h, rng) for x, y, h in spots]
    elif kind == "palm":
        crowns = [
            frond(x + h * 0.06, y - h, a + rng.uniform(-0.15, 0.15), h * rng.uniform(0.42, 0.54))
            for x, y, h in spots
            for a in (-3.0, -2.6, -2.15, -1.7, -1.25, -0.8, -0.4, 0.05)
        ]
    else:
        crowns = [
            ring(x + dx * h * 0.2, y - h * (0.72 + dy), h * r, h * r * 0.9, n=20)
            for x, y, h in spots
            for dx, dy, r in ((-1, -0.1, 0.22), (1, -0.08, 0.22), (0, 0.06, 0.27), (0, -0.16, 0.25))
        ]
    if kind != "cedar":
        trunks = [
            smooth(
                [(x, y), (x + h * 0.02, y - h * 0.5), (x + h * 0.06, y - h * 0.98)]
                if kind == "palm"
                else [(x, y), (x, y - h * 0.6)],
                n=4,
            )
            for x, y, h in spots
        ]
        paste(sheet, strokes(trunks, max(3, spots[0][2] * 0.045)), darker(colour, 0.4))
    patch = polys(crowns)
    paste(sheet, patch, colour)
    lit = cloud(patch.mask.size, (60, 50), rng).point([max(0, v - 120) for v in range(256)])
    paste(sheet, Patch(stipple(lit, 2.4), patch.x, patch.y).within(patch), lighter(colour, 0.3), 0.5)


def water(sheet: Image.Image, shape: Patch, t: Tones, rng: Random) -> None:
    """Fill a shape with water: the sky in it, and broken glints."""
    ramp = vertical(shape.mask.size, mix(t.low, t.sky, 0.3), mix(t.sky, t.deep, 0.42))
    sheet.paste(ramp, (shape.x, shape.y), shape.mask)
    lines = []
    for _ in range(90):
        y = shape.y + shape.mask.height * rng.random() ** 0.7
        x, near = rng.uniform(shape.x, shape.x + shape.mask.width), (y - shape.y) / shape.mask.height
        lines.append([(x, y), (x + 30 + 130 * near * rng.random(), y)])
    paste(sheet, strokes(lines[:60], 2.6).within(shape), lighter(t.low, 0.5), 0.55)
    paste(sheet, strokes(lines[60:], 4).within(shape), t.deep, 0.25)


def birds(sheet: Image.Image, t: Tones, rng: Random) -> None:
    """A few birds far off."""
    x, y, lines = rng.uniform(300, 1500), rng.uniform(140, 340), []
    for _ in range(rng.randint(3, 7)):
        bx, by, s = x + rng.uniform(-130, 130), y + rng.uniform(-60, 60), rng.uniform(9, 17)
        lines.append(
            smooth(
                [
                    (bx - s, by - s * 0.4),
                    (bx - s * 0.3, by - s * 0.3),
                    (bx, by),
                    (bx + s * 0.3, by - s * 0.3),
                    (bx + s, by - s * 0.4),
                ],
                n=4,
            )
        )
    paste(sheet, strokes(lines, 3), t.deep, 0.8)


def grass(sheet: Image.Image, t: Tones, rng: Random, y: float, colour: RGB, count: int = 70) -> None:
    """A fringe of blades and seed heads along the lower edge."""
    blades, seeds = [], []
    for _ in range(count):
        x, long, a = rng.uniform(-20, W + 20), rng.uniform(60, 190), -math.pi / 2 + rng.uniform(-0.5, 0.5)
        blades.append(leaf(x, y, a, long, 6))
        if rng.random() < 0.25:
            seeds.append(ring(x + math.cos(a) * long, y + math.sin(a) * long, 8, 14, turn=a + 1.57, n=10))
    paste(sheet, polys(blades), colour)
    if seeds:
        paste(sheet, polys(seeds), mix(t.look.accent, t.sun, 0.4))
