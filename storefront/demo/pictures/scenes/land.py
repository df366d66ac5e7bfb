"""River, mountain, terrace, coast, forest and snow."""

from __future__ import annotations

import math
from random import Random

from PIL import Image

from ..colour import darker, lighter, mix
from ..shapes import Patch, poly, smooth, strokes
from ..stage import paste
from .parts import H, Tones, W, birds, grass, height_at, land, ridge, sky, trees, water
from .people import boat, house, person


def ranges(
    sheet: Image.Image, t: Tones, rng: Random, first: float, last: float, count: int, *, sharp: float
) -> list:
    """Hills, paler with distance; gives back the nearest skyline."""
    top = []
    for k in range(count):
        depth = k / max(1, count - 1)
        top = ridge(
            rng,
            first + (last - first) * depth,
            110 - 40 * depth,
            rng.uniform(620, 980),
            sharp=sharp * (1 - depth * 0.5),
        )
        land(
            sheet,
            top,
            t.far(0.14 + 0.4 * depth),
            rng,
            haze=t.far(0.04 + 0.16 * depth),
            grain=0.2 + 0.3 * depth,
        )
    return top


def river(t: Tones, rng: Random) -> Image.Image:
    sheet = sky(t, rng, horizon=640)
    top = ranges(sheet, t, rng, 470, 610, 3, sharp=0.25)
    birds(sheet, t, rng)
    kind = rng.choice(("palm", "round", "round"))
    spots = [
        (x, height_at(top, x) + 34, rng.uniform(70, 130))
        for x in sorted(rng.uniform(0, W) for _ in range(16))
    ]
    trees(sheet, spots, t.far(0.6), rng, kind)
    for _ in range(rng.randint(4, 6)):
        x = rng.uniform(120, W - 120)
        house(
            sheet,
            x,
            height_at(top, x) + rng.uniform(70, 120),
            rng.uniform(90, 140),
            t,
            rng,
            tint=0.16,
            stilts=rng.random() < 0.5,
        )
    bend, wide = rng.uniform(-260, 260), rng.uniform(420, 560)
    left = smooth([(820 + bend, 716), (560 + bend * 0.6, 800), (760 - bend, 950), (760 - bend - wide, 1290)])
    right = smooth(
        [
            (1120 + bend, 716),
            (1010 + bend, 800),
            (1320 - bend * 0.6, 950),
            (1500 - bend * 0.3 + wide * 0.5, 1290),
        ]
    )
    bank = ridge(rng, 716, 8, 700)
    land(sheet, bank, mix(t.field, t.far(0.4), 0.3), rng, grain=0.35)
    _fields(sheet, t, rng)
    water(sheet, poly(left + right[::-1]), t, rng)
    paste(sheet, strokes([left, right], 7), darker(t.field, 0.35), 0.6)
    boat(sheet, 960 - bend * 0.1 + rng.uniform(-60, 60), 905, 250, t, rng)
    person(sheet, rng.choice((300, 1640)), 930, 130, t, rng, pose="carry")
    grass(sheet, t, rng, H + 20, mix(t.deep, t.field, 0.25), 110)
    return sheet


def _fields(sheet: Image.Image, t: Tones, rng: Random) -> None:
    for _ in range(9):
        x, y, w = rng.uniform(-100, W), rng.uniform(740, 1150), rng.uniform(260, 560)
        strip = poly([(x, y), (x + w, y - 14), (x + w * 1.1, y + 40), (x - w * 0.08, y + 56)])
        paste(sheet, strip, mix(t.field, rng.choice((t.look.accent, t.deep, t.sun, t.low)), 0.28), 0.7)


def mountain(t: Tones, rng: Random) -> Image.Image:
    sheet = sky(t, rng, horizon=760)
    apex = rng.uniform(700, 1250)
    for k in range(3):
        x, y, w = (
            apex + (k - 1) * rng.uniform(420, 560),
            250 + abs(k - 1) * 150 + rng.uniform(-30, 30),
            rng.uniform(560, 760),
        )
        _peak(sheet, t, rng, x, y, w, 0.2 + 0.1 * (k == 1))
    top = ranges(sheet, t, rng, 690, 860, 3, sharp=0.35)
    spots = [(rng.uniform(0, W), 0, rng.uniform(70, 150)) for _ in range(34)]
    trees(
        sheet,
        [(x, height_at(top, x) + rng.uniform(20, 90), h) for x, _, h in spots],
        t.far(0.66),
        rng,
        "cedar",
    )
    near = ridge(rng, 1010, 40, 1300)
    land(sheet, near, mix(t.field, t.deep, 0.2), rng, grain=0.5)
    for _ in range(rng.randint(4, 6)):
        x = rng.uniform(200, W - 200)
        house(sheet, x, height_at(near, x) + rng.uniform(20, 70), rng.uniform(110, 180), t, rng)
    _path(sheet, t, rng, near)
    person(sheet, rng.uniform(620, 1200), 1190, 150, t, rng, pose="carry", face=rng.choice((-1, 1)))
    birds(sheet, t, rng)
    return sheet


def _peak(sheet: Image.Image, t: Tones, rng: Random, x: float, y: float, w: float, depth: float) -> None:
    """One mountain with a lit and a dark face and a snow cap."""
    left = [(x - w * k * rng.uniform(0.95, 1.05), y + (920 - y) * k) for k in (1.0, 0.75, 0.5, 0.27, 0.1)]
    right = [(x + w * k * rng.uniform(0.95, 1.05), y + (920 - y) * k) for k in (0.12, 0.3, 0.5, 0.75, 1.0)]
    body = poly([*left, (x, y), *right])
    paste(sheet, body, t.far(depth + 0.12))
    spine = [
        (x, y),
        (x - w * 0.04, y + 110),
        (x + w * 0.08, y + 240),
        (x - w * 0.02, y + 420),
        (x + w * 0.1, 930),
    ]
    paste(sheet, poly([(x, y), *right, *spine[::-1]]).within(body), t.far(depth + 0.3), 0.75)
    cap = [
        (x, y - 4),
        (x + w * 0.2, y + 175),
        (x + w * 0.12, y + 140),
        (x + w * 0.07, y + 210),
        (x, y + 130),
        (x - w * 0.06, y + 200),
        (x - w * 0.11, y + 125),
        (x - w * 0.2, y + 170),
    ]
    paste(sheet, poly(cap).within(body), lighter(t.low, 0.7), 0.9)
    mist = Image.linear_gradient("L").resize(body.mask.size).point([v * v // 255 for v in range(256)])
    paste(sheet, Patch(mist, body.x, body.y).within(body), t.far(0.05))


def _path(sheet: Image.Image, t: Tones, rng: Random, top: list) -> None:
    x = rng.uniform(700, 1200)
    left = smooth([(x, height_at(top, x) + 4), (x - 120, 1090), (x + 60, 1180), (x - 160, 1300)])
    right = smooth([(x + 26, height_at(top, x) + 4), (x - 60, 1090), (x + 190, 1180), (x + 130, 1300)])
    paste(sheet, poly(left + right[::-1]), lighter(mix(t.field, t.low, 0.6), 0.2), 0.9)


def terrace(t: Tones, rng: Random) -> Image.Image:
    """Steps of fields, each with its band of water."""
    sheet = sky(t, rng, horizon=520)
    ranges(sheet, t, rng, 340, 460, 3, sharp=0.3)
    lean = rng.choice((-1, 1))
    y = 520.0
    level = 0
    while y < H + 60:
        near = (y - 520) / (H - 520)
        wave = [
            (
                x,
                y
                + lean * (x - W / 2) * 0.07 * (1 - near * 0.4)
                + (18 + 46 * near) * math.sin(x / (250 + 170 * near) + level * 1.1)
                + 10 * math.sin(x / 90 + level),
            )
            for x in range(-20, W + 41, 20)
        ]
        leafy = mix(
            t.field, rng.choice(((132, 148, 84), (158, 160, 92), (196, 172, 96), (112, 134, 92))), 0.5
        )
        green = mix(leafy, t.deep, 0.04 + 0.26 * near + rng.uniform(-0.04, 0.06))
        land(sheet, wave, green, rng, grain=0.22)
        step = 30 + 74 * near
        lower = [
            (px, py + step * (0.3 + 0.16 * math.sin(px / 330 + level * 2)) + 3 * math.sin(px / 60))
            for px, py in wave
        ]
        pool = poly(wave + lower[::-1])
        tone = mix(t.low, t.sky, rng.uniform(0.1, 0.6))
        paste(sheet, pool, mix(tone, rng.choice((t.sun, leafy, leafy, tone)), 0.45))
        sprouts = [
            [(px + rng.uniform(-9, 9), py + step * rng.uniform(0.06, 0.38)) for _ in (0,)] for px, py in wave
        ]
        tufts = [[(p[0][0], p[0][1]), (p[0][0] + 2, p[0][1] - 5 - 9 * near)] for p in sprouts for _ in (0,)]
        if rng.random() < 0.7:
            paste(sheet, strokes(tufts, 2 + 2.4 * near), darker(green, 0.2), 0.8)
        paste(sheet, strokes([wave], 2 + 4 * near), lighter(green, 0.3))
        if level in (2, 3, 5) and rng.random() < 0.85:
            x = rng.uniform(200, W - 200)
            house(sheet, x, height_at(wave, x) + 4, 70 + 90 * near, t, rng, tint=0.1)
            trees(
                sheet,
                [
                    (x + 80, height_at(wave, x + 80) + 4, 80 + 60 * near),
                    (x - 86, height_at(wave, x - 86) + 4, 70 + 50 * near),
                ],
                mix(t.deep, t.field, 0.25),
                rng,
                rng.choice(("palm", "round")),
            )
        if level in (4, 7):
            for _ in range(2):
                x = rng.uniform(260, W - 260)
                person(
                    sheet,
                    x,
                    height_at(wave, x) + step * 0.3,
                    70 + 120 * near,
                    t,
                    rng,
                    pose=rng.choice(("bend", "carry", "bend")),
                    face=rng.choice((-1, 1)),
                )
        y += step
        level += 1
    return sheet
