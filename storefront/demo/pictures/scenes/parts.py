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
        sky = mix(lighter(look.wall, 0.3), rng.choice(((190, 208, 210), (236, 214, 184), (226, 206, 200))), 0.45)
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
        bank = [leaf(x + rng.uniform(-60, 60), y + k * 16, rng.uniform(-0.02, 0.02), long * rng.uniform(0.5, 1), 11) for k in range(3)]
        paste(sheet, polys(bank), lighter(t.low, 0.5), 0.55)
    return sheet


def ridge(rng: Random, y: float, rise: float, length: float, *, sharp: float = 0.0) -> list[Point]:
    """A skyline around *y*: *rise* its height and *length* its wave in pixels, *sharp* from rolling 0 to jagged 1."""
    waves = [(rng.uniform(0.7, 1.3) * length / k, rng.uniform(0, 7), rise / k) for k in (1, 2.1, 4.3)]
    points = []
    for x in range(-20, W + 41, 20):
        value = sum(a * math.sin(x / w * math.tau + p) for w, p, a in waves) / 1.6
        peak = sum(a * (abs(((x / w + p) % 1) * 2 - 1) * 2 - 1) for w, p, a in waves) / 1.6
        points.append((x, y - value * (1 - sharp) + peak * sharp + rng.uniform(-1, 1) * rise * 0.03))
    return points


def land(sheet: Image.Image, top: list[Point], colour: RGB, rng: Random, *, haze: RGB | None = None, grain: float = 0.5) -> Patch:
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
        left += [(x - w * 0.55, y - high * (1 - t * 0.86)), (x - w * rng.uniform(0.95, 1.1), y - high * (1 - t * 0.86) + high * 0.12)]
        right += [(x + w * 0.55, y - high * (1 - t * 0.86)), (x + w * rng.uniform(0.95, 1.1), y - high * (1 - t * 0.86) + high * 0.12)]
    return [(x, y - high * 1.06), *right, (x + high * 0.02, y), (x - high * 0.02, y), *left[::-1]]


def trees(sheet: Image.Image, spots: list[tuple[float, float, float]], colour: RGB, rng: Random, kind: str) -> None:
    """Groups of trees at (x, y, height): cedar, round or palm."""
    if not spots:
        return
    if kind == "cedar":
        crowns = [conifer(x, y, h, rng) for x, y, h in spots]
    elif kind == "palm":
        crowns = [leaf(x + h * 0.06, y - h, a + rng.uniform(-0.2, 0.2), h * 0.5, h * 0.07)
                  for x, y, h in spots for a in (-2.9, -2.3, -1.6, -0.9, -0.3, 0.35, 2.8)]
    else:
        crowns = [ring(x + dx * h * 0.2, y - h * (0.72 + dy), h * r, h * r * 0.9, n=20) for x, y, h in spots
                  for dx, dy, r in ((-1, -0.1, 0.22), (1, -0.08, 0.22), (0, 0.06, 0.27), (0, -0.16, 0.25))]
    if kind != "cedar":
        trunks = [smooth([(x, y), (x + h * 0.02, y - h * 0.5), (x + h * 0.06, y - h * 0.98)] if kind == "palm" else
                         [(x, y), (x, y - h * 0.6)], n=4) for x, y, h in spots]
        paste(sheet, strokes(trunks, max(3, spots[0][2] * 0.045)), darker(colour, 0.4))
    patch = polys(crowns)
    paste(sheet, patch, colour)
    lit = cloud(patch.mask.size, (60, 50), rng).point([max(0, v - 120) for v in range(256)])
    paste(sheet, Patch(stipple(lit, 2.4), patch.x, patch.y).within(patch), lighter(colour, 0.3), 0.5)


def house(sheet: Image.Image, x: float, y: float, w: float, t: Tones, rng: Random, *, tint: float = 0.0, stilts: bool = False) -> None:
    """A gabled house, front lower edge centred on (x, y); *tint* sinks it into the haze."""
    wall = mix(mix(rng.choice((t.look.light, t.low, t.look.table)), t.far(0.3), 0.25), t.low, tint)
    roof = mix(mix(rng.choice((t.deep, t.look.accent3, t.look.body, (120, 74, 56))), t.deep, 0.3), t.low, tint)
    h, lift = w * rng.uniform(0.36, 0.46), w * 0.24 if stilts else 0
    if stilts:
        legs = [[(x + w * k, y), (x + w * k, y - lift)] for k in (-0.4, -0.15, 0.15, 0.4)]
        paste(sheet, strokes(legs, max(2, w * 0.03)), darker(roof, 0.4))
    y -= lift
    front = [(x - w * 0.44, y), (x + w * 0.44, y), (x + w * 0.44, y - h), (x - w * 0.44, y - h)]
    paste(sheet, poly(front), wall)
    paste(sheet, poly([(x + w * 0.1, y), front[1], front[2], (x + w * 0.1, y - h)]), darker(wall, 0.3), 0.5)
    rise, over = w * rng.uniform(0.3, 0.42), w * 0.1
    crest = w * rng.uniform(0.2, 0.34)
    slope = [(x - w * 0.44 - over, y - h + over * 0.4), (x - crest, y - h - rise), (x + crest, y - h - rise),
             (x + w * 0.44 + over, y - h + over * 0.4)]
    top = poly(slope)
    paste(sheet, top, roof)
    lines = [[(slope[1][0] + (slope[2][0] - slope[1][0]) * k / 9, slope[1][1]), (slope[0][0] + (slope[3][0] - slope[0][0]) * k / 9, slope[0][1])]
             for k in range(10)]
    paste(sheet, strokes(lines, max(1.2, w * 0.008)).within(top), darker(roof, 0.4), 0.5)
    paste(sheet, strokes([[slope[1], slope[2]]], max(2, w * 0.02)), lighter(roof, 0.3))
    door = (x - w * 0.2, x - w * 0.06)
    paste(sheet, poly([(door[0], y), (door[1], y), (door[1], y - h * 0.66), (door[0], y - h * 0.66)]), darker(roof, 0.4))
    if w > 60:
        pane = poly([(x + w * 0.12, y - h * 0.3), (x + w * 0.3, y - h * 0.3), (x + w * 0.3, y - h * 0.68), (x + w * 0.12, y - h * 0.68)])
        paste(sheet, pane, mix(t.sun, (255, 214, 140), 0.5) if rng.random() < 0.6 else darker(roof, 0.3))


def person(sheet: Image.Image, x: float, y: float, h: float, t: Tones, rng: Random, *, pose: str = "stand", face: int = 1) -> None:
    """A simple figure whose feet are at (x, y), *h* pixels tall. Poses: stand, carry, bend, sit."""
    skin = rng.choice(((176, 120, 84), (146, 96, 66), (198, 146, 110), (120, 78, 56)))
    shirt, skirt = rng.sample(t.cloth, 2)
    skirt, shirt = mix(skirt, t.deep, 0.35), mix(shirt, t.look.light, 0.12)
    hip, neck, reach = y - h * 0.46, y - h * 0.8, 0.0
    if pose == "sit":
        hip, neck = y - h * 0.14, y - h * 0.52
    lean = h * 0.2 * face if pose == "bend" else 0
    if pose == "sit":
        legs = smooth([(x - h * 0.2, y), (x - h * 0.16, y - h * 0.16), (x + h * 0.1, y - h * 0.2), (x + h * 0.26 * face + h * 0.06, y - h * 0.06),
                       (x + h * 0.24, y)], closed=True)
    else:
        legs = [(x - h * 0.09, hip - 2), (x + h * 0.09, hip - 2), (x + h * 0.13, y), (x - h * 0.13, y)]
    paste(sheet, poly(ring(x + h * 0.08, y, h * 0.22, h * 0.035)).blurred(max(2, h * 0.02)), t.look.ink, 0.35)
    paste(sheet, poly(legs), skirt)
    cx = x + lean
    torso = smooth([(cx - h * 0.1, neck + h * 0.02), (cx + h * 0.1, neck + h * 0.02), (x + h * 0.11, hip + h * 0.03), (x - h * 0.11, hip + h * 0.03)], closed=True)
    body = poly(torso)
    paste(sheet, body, shirt)
    paste(sheet, Patch(body.mask, body.x + round(h * 0.05), body.y).within(body), darker(shirt, 0.4), 0.3)
    reach = neck + h * (0.3 if pose != "carry" else -0.16)
    hand = cx + face * h * (0.2 if pose != "carry" else 0.1)
    paste(sheet, strokes([smooth([(cx + face * h * 0.06, neck + h * 0.06), (cx + face * h * 0.14, neck + h * 0.18), (hand, reach)])], h * 0.055), darker(shirt, 0.12))
    paste(sheet, poly(ring(hand, reach, h * 0.035, h * 0.035)), skin)
    head = (cx + lean * 0.5, neck - h * 0.07)
    paste(sheet, poly(ring(*head, h * 0.068, h * 0.08)), skin)
    _headwear(sheet, head, h, t, rng, pose)


def _headwear(sheet: Image.Image, head: Point, h: float, t: Tones, rng: Random, pose: str) -> None:
    x, y = head
    kind = rng.choice(("cone", "hair", "scarf", "brim"))
    tone = {"cone": (222, 192, 140), "hair": (46, 36, 36), "scarf": rng.choice(t.cloth), "brim": (196, 160, 110)}[kind]
    if kind == "cone":
        paste(sheet, poly([(x - h * 0.17, y), (x, y - h * 0.14), (x + h * 0.17, y)]), tone)
    elif kind == "brim":
        paste(sheet, poly(ring(x, y - h * 0.03, h * 0.14, h * 0.03)), tone)
        paste(sheet, poly(ring(x, y - h * 0.06, h * 0.065, h * 0.06)), tone)
    else:
        paste(sheet, poly([*ring(x, y, h * 0.078, h * 0.09, start=math.pi * 0.95, end=math.pi * 2.05), (x + h * 0.03, y - h * 0.04)]), tone)
        if kind == "hair":
            paste(sheet, poly(ring(x, y - h * 0.1, h * 0.035, h * 0.03)), tone)
    if pose == "carry":
        base = y - h * (0.16 if kind == "cone" else 0.1)
        bundle = poly([(x - h * 0.14, base - h * 0.14), (x + h * 0.14, base - h * 0.14), (x + h * 0.1, base), (x - h * 0.1, base)])
        paste(sheet, bundle, (184, 140, 88))
        paste(sheet, poly(ring(x, base - h * 0.14, h * 0.14, h * 0.045)), rng.choice(t.cloth))


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


def boat(sheet: Image.Image, x: float, y: float, long: float, t: Tones, rng: Random) -> None:
    """A slim boat with one person."""
    hull = smooth([(x - long * 0.5, y - long * 0.08), (x - long * 0.3, y + long * 0.03), (x + long * 0.3, y + long * 0.03), (x + long * 0.52, y - long * 0.1)])
    paste(sheet, poly(ring(x, y + long * 0.05, long * 0.5, long * 0.04)).blurred(5), t.deep, 0.4)
    person(sheet, x - long * 0.16, y, long * 0.46, t, rng, pose="stand")
    paste(sheet, strokes([[(x - long * 0.02, y - long * 0.3), (x - long * 0.3, y + long * 0.1)]], max(2, long * 0.012)), darker(t.deep, 0.3))
    paste(sheet, poly([*hull, (x + long * 0.26, y - long * 0.02), (x - long * 0.28, y - long * 0.02)]), mix(t.look.ink, t.look.accent3, 0.3))
    basket = poly(ring(x + long * 0.16, y - long * 0.05, long * 0.07, long * 0.045))
    paste(sheet, basket, (190, 148, 96))


def birds(sheet: Image.Image, t: Tones, rng: Random) -> None:
    """A few birds far off."""
    x, y, lines = rng.uniform(300, 1500), rng.uniform(140, 340), []
    for _ in range(rng.randint(3, 7)):
        bx, by, s = x + rng.uniform(-130, 130), y + rng.uniform(-60, 60), rng.uniform(9, 17)
        lines.append(smooth([(bx - s, by - s * 0.4), (bx - s * 0.3, by - s * 0.3), (bx, by), (bx + s * 0.3, by - s * 0.3), (bx + s, by - s * 0.4)], n=4))
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
