"""Kiln, drying yard and market: work out of doors."""

from __future__ import annotations

import math
from random import Random

from PIL import Image

from ..colour import darker, lighter, mix
from ..paper import fade, glow, stipple
from ..shapes import Patch, poly, polys, ring, smooth, strokes
from ..stage import paste
from ..textures.paperlike import leaf
from .parts import H, Tones, W, birds, land, ridge, sky, trees
from .people import house, person


def _ground(sheet: Image.Image, t: Tones, rng: Random, y: float) -> None:
    top = ridge(rng, y, 10, 900)
    land(sheet, top, mix(t.field, (214, 184, 140), 0.5), rng, grain=0.28)
    for _ in range(7):
        gy = rng.uniform(y + 60, H)
        paste(
            sheet,
            poly(ring(rng.uniform(0, W), gy, rng.uniform(160, 420), rng.uniform(8, 22))),
            mix(t.field, t.deep, 0.3),
            0.18,
        )


def _behind(sheet: Image.Image, t: Tones, rng: Random, y: float) -> None:
    for k in range(2):
        top = ridge(rng, y - 170 + k * 80, 80 - 20 * k, rng.uniform(600, 900), sharp=0.3)
        land(sheet, top, t.far(0.2 + 0.18 * k), rng, haze=t.far(0.08), grain=0.3)
    spots = [(rng.uniform(0, W), y + 20, rng.uniform(120, 230)) for _ in range(9)]
    trees(sheet, spots, t.far(0.52), rng, rng.choice(("round", "cedar", "palm")))


def pots(sheet: Image.Image, t: Tones, rng: Random, x: float, y: float, size: float, count: int) -> None:
    """A row of pots standing on the ground."""
    for k in range(count):
        r, cx = size * rng.uniform(0.75, 1.1), x + k * size * 2.05
        tone = mix(rng.choice(t.cloth), (176, 104, 70), 0.5)
        high = r * rng.uniform(1.7, 2.5)
        neck = rng.uniform(0.4, 0.7)
        outline = smooth(
            [
                (cx - r * neck, y - high),
                (cx + r * neck, y - high),
                (cx + r * neck * 0.85, y - high * 0.84),
                (cx + r, y - high * 0.5),
                (cx + r * 0.56, y),
                (cx - r * 0.56, y),
                (cx - r, y - high * 0.5),
                (cx - r * neck * 0.85, y - high * 0.84),
            ],
            closed=True,
        )
        body = poly(outline)
        paste(sheet, poly(ring(cx + r * 0.4, y, r * 1.1, r * 0.16)).blurred(5), t.look.ink, 0.3)
        paste(sheet, body, tone)
        side = Patch(body.mask, body.x + round(r * 0.5), body.y).within(body)
        paste(sheet, Patch(stipple(fade(side.mask, 0.6), 1.6), side.x, side.y), darker(tone, 0.5), 0.6)
        paste(sheet, poly(ring(cx, y - high * 0.985, r * neck * 0.86, r * 0.13)), darker(tone, 0.6))
        paste(
            sheet,
            strokes(
                [ring(cx, y - high * 0.62, r * 0.9, r * 0.14, start=0.1, end=math.pi - 0.1)], max(2, r * 0.07)
            ).within(body),
            t.look.light,
            0.8,
        )


def kiln(t: Tones, rng: Random) -> Image.Image:
    """A climbing kiln with smoke, pots set out in front."""
    sheet = sky(t, rng, horizon=700)
    _behind(sheet, t, rng, 690)
    _ground(sheet, t, rng, 720)
    side = rng.choice((-1, 1))
    brick = mix(t.look.body, (164, 92, 62), 0.55)
    for k in range(4):
        cx, r = W / 2 + side * (k - 0.8) * 250, 250 - k * 26
        base = 960 - k * 76
        dome = poly(
            [
                *ring(cx, base - r * 0.35, r, r * 0.95, start=math.pi, end=math.tau),
                (cx + r, base),
                (cx - r, base),
            ]
        )
        tone = mix(brick, t.low, 0.14 * k)
        paste(sheet, dome, tone)
        rows = [[(cx - r, y), (cx + r, y)] for y in range(round(base - r * 1.3), round(base), 24)]
        paste(sheet, strokes(rows, 2.4).within(dome), darker(tone, 0.4), 0.5)
        dark = Patch(dome.mask, dome.x + round(r * 0.7), dome.y).within(dome)
        paste(sheet, Patch(stipple(fade(dark.mask, 0.62), 1.6), dark.x, dark.y), darker(tone, 0.5), 0.6)
        mouth = poly(
            [
                *ring(cx - side * r * 0.3, base - r * 0.2, r * 0.2, r * 0.24, start=math.pi, end=math.tau),
                (cx - side * r * 0.3 + r * 0.2, base),
                (cx - side * r * 0.3 - r * 0.2, base),
            ]
        )
        paste(sheet, mouth, darker(t.deep, 0.5))
        glowing = glow(mouth.mask.size, (mouth.mask.width / 2, mouth.mask.height), r * 0.3)
        paste(sheet, Patch(glowing, mouth.x, mouth.y).within(mouth), (255, 170, 70), 0.95 - 0.2 * k)
    _chimney(sheet, t, rng, W / 2 + side * 820, 700, brick)
    for k, x in enumerate((260, 640, 1220, 1560)):
        if rng.random() < 0.8:
            pots(sheet, t, rng, x, 1080 + (k % 2) * 90, rng.uniform(44, 62), rng.randint(2, 3))
    person(sheet, W / 2 - side * 330, 1000, 220, t, rng, pose="bend", face=side)
    person(sheet, W / 2 - side * 620, 1040, 240, t, rng, pose="carry", face=side)
    _logs(sheet, t, rng, W / 2 - side * 800, 960)
    return sheet


def _chimney(sheet: Image.Image, t: Tones, rng: Random, x: float, y: float, brick: tuple) -> None:
    puffs = []
    for k in range(9):
        puffs.append(
            ring(x + k * k * 7 + rng.uniform(-12, 12), y - 300 - k * 46, 34 + k * 13, 26 + k * 9, n=20)
        )
    smoke = polys(puffs).blurred(10)
    paste(sheet, smoke, lighter(t.low, 0.4), 0.75)
    paste(sheet, Patch(smoke.mask, smoke.x + 14, smoke.y + 16).within(smoke), mix(t.sky, t.deep, 0.25), 0.3)
    stack = poly([(x - 34, y + 60), (x - 24, y - 300), (x + 24, y - 300), (x + 34, y + 60)])
    paste(sheet, stack, mix(brick, t.low, 0.2))
    paste(sheet, Patch(stack.mask, stack.x + 26, stack.y).within(stack), darker(brick, 0.4), 0.4)


def _logs(sheet: Image.Image, t: Tones, rng: Random, x: float, y: float) -> None:
    for row in range(4):
        for col in range(6 - row):
            cx, cy = x + (col - (5 - row) / 2) * 46, y - row * 40
            paste(sheet, poly(ring(cx, cy, 23, 22)), mix((150, 110, 76), t.deep, 0.2))
            paste(sheet, poly(ring(cx - 1, cy - 1, 17, 16)), (206, 168, 120))
            paste(sheet, strokes([ring(cx - 1, cy - 1, 9, 8)], 2), (160, 116, 76))


def drying_yard(t: Tones, rng: Random) -> Image.Image:
    """Lengths of dyed cloth on lines, vats below, houses behind."""
    sheet = sky(t, rng, horizon=700)
    _behind(sheet, t, rng, 700)
    _ground(sheet, t, rng, 730)
    for x in (rng.uniform(120, 420), rng.uniform(820, 1100), rng.uniform(1480, 1800)):
        house(sheet, x, 790, rng.uniform(260, 340), t, rng, stilts=rng.random() < 0.5)
    for row, (y, drop) in enumerate(((430, 330), (470, 520))):
        _line(sheet, t, rng, y + row * 60, drop, row)
        if row == 0:
            person(sheet, rng.uniform(300, 1600), 960, 230, t, rng, pose="stand", face=rng.choice((-1, 1)))
    for k in range(3):
        _vat(sheet, t, 330 + k * 230 + rng.uniform(-30, 30), 1150 + (k % 2) * 40, 86, rng)
    person(sheet, rng.uniform(900, 1000), 1170, 300, t, rng, pose="bend", face=-1)
    person(sheet, rng.uniform(1450, 1600), 1180, 310, t, rng, pose="carry", face=-1)
    return sheet


def _line(sheet: Image.Image, t: Tones, rng: Random, y: float, drop: float, row: int) -> None:
    poles = [
        60 + rng.uniform(-20, 40),
        700 + rng.uniform(-60, 60) - row * 120,
        1330 + rng.uniform(-60, 60),
        1880,
    ]
    timber = mix(t.deep, (120, 84, 58), 0.5)
    paste(sheet, strokes([[(x, y - 24), (x + 6, y + drop * 1.15 + 90)] for x in poles], 11 + row * 4), timber)
    paste(sheet, strokes([[(poles[0] - 200, y), (2100, y)]], 4 + row), timber)
    x = poles[0] + 40
    while x < W - 40:
        w = rng.uniform(110, 210) * (1 + 0.25 * row)
        if rng.random() < 0.86:
            _hanging(sheet, t, rng, x, y, w, drop * rng.uniform(0.72, 1.0))
        x += w + rng.uniform(16, 90)


def _hanging(sheet: Image.Image, t: Tones, rng: Random, x: float, y: float, w: float, drop: float) -> None:
    tone = mix(rng.choice(t.cloth), rng.choice(t.cloth), 0.25)
    sway = rng.uniform(-16, 16)
    hem = [(x + w * k / 12 + sway, y + drop + 9 * math.sin(k * 1.3 + x)) for k in range(13)]
    patch = poly([(x, y - 4), (x + w, y - 4), *hem[::-1]])
    paste(sheet, patch, tone)
    band = lighter(tone, 0.6) if sum(tone) < 380 else darker(tone, 0.45)
    kind = rng.choice(("bands", "diamonds", "plain", "stripes", "dip"))
    if kind == "bands":
        marks = [[(x - 20, y + drop * k), (x + w + 30, y + drop * k)] for k in (0.5, 0.56, 0.8, 0.86, 0.92)]
        paste(sheet, strokes(marks, drop * 0.022).within(patch), band)
    elif kind == "stripes":
        marks = [
            [(x + w * k, y - 6), (x + w * k + sway, y + drop + 20)]
            for k in (0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)
        ]
        paste(sheet, strokes(marks, w * 0.03).within(patch), band)
    elif kind == "diamonds":
        step = w / 3
        marks = [
            [(cx, cy - step * 0.36), (cx + step * 0.3, cy), (cx, cy + step * 0.36), (cx - step * 0.3, cy)]
            for i in range(4)
            for j in range(round(drop / step) + 1)
            for cx, cy in ((x + step * (i + (0.5 if j % 2 else 0)), y + step * (j + 0.5)),)
        ]
        paste(sheet, polys(marks).within(patch), band, 0.9)
    elif kind == "dip":
        ramp = Image.linear_gradient("L").resize(patch.mask.size)
        paste(sheet, Patch(stipple(ramp, 1.5), patch.x, patch.y).within(patch), band)
    folds = [[(x + w * k, y), (x + w * k + sway + 6, y + drop)] for k in (0.22, 0.5, 0.78)]
    paste(sheet, strokes(folds, w * 0.1).blurred(w * 0.05).within(patch), darker(tone, 0.7), 0.22)


def _vat(sheet: Image.Image, t: Tones, x: float, y: float, r: float, rng: Random) -> None:
    tone = mix((140, 92, 66), t.deep, 0.2)
    paste(sheet, poly(ring(x + 20, y, r * 1.25, r * 0.24)).blurred(8), t.look.ink, 0.35)
    body = poly(
        smooth(
            [
                (x - r, y - r * 1.2),
                (x + r, y - r * 1.2),
                (x + r * 1.1, y - r * 0.6),
                (x + r * 0.7, y),
                (x - r * 0.7, y),
                (x - r * 1.1, y - r * 0.6),
            ],
            closed=True,
        )
    )
    paste(sheet, body, tone)
    dark = Patch(body.mask, body.x + round(r * 0.7), body.y).within(body)
    paste(sheet, Patch(stipple(fade(dark.mask, 0.6), 1.6), dark.x, dark.y), darker(tone, 0.5), 0.6)
    paste(sheet, poly(ring(x, y - r * 1.18, r, r * 0.26)), lighter(tone, 0.25))
    paste(sheet, poly(ring(x, y - r * 1.16, r * 0.88, r * 0.2)), mix(t.look.body, t.look.ink, 0.25))
    paste(sheet, poly(ring(x - r * 0.3, y - r * 1.18, r * 0.3, r * 0.05)), lighter(t.look.body, 0.5), 0.6)


def market(t: Tones, rng: Random) -> Image.Image:
    """Awnings, heaped goods, and people meeting."""
    sheet = sky(t, rng, horizon=620)
    _behind(sheet, t, rng, 600)
    for k in range(5):
        house(sheet, 160 + k * 400 + rng.uniform(-60, 60), 740, rng.uniform(320, 400), t, rng, tint=0.22)
    _ground(sheet, t, rng, 740)
    flags = smooth([(-20, 150), (480, 250), (960, 190), (1440, 260), (1940, 140)])
    paste(sheet, strokes([flags], 3), t.deep)
    for i in range(2, len(flags) - 2, 2):
        (x, y), tone = flags[i], rng.choice(t.cloth)
        paste(sheet, poly([(x - 24, y), (x + 24, y + 2), (x + 2, y + 58)]), tone)
    for k in range(3):
        _stall(sheet, t, rng, 330 + k * 630 + rng.uniform(-40, 40), 990 + (k % 2) * 40, 500)
    for k in range(5):
        person(
            sheet,
            150 + k * 410 + rng.uniform(-60, 60),
            1160 + rng.uniform(-10, 50),
            rng.uniform(270, 320),
            t,
            rng,
            pose=rng.choice(("stand", "carry", "stand")),
            face=rng.choice((-1, 1)),
        )
    birds(sheet, t, rng)
    return sheet


def _stall(sheet: Image.Image, t: Tones, rng: Random, x: float, y: float, w: float) -> None:
    timber = mix(t.deep, (120, 84, 58), 0.5)
    paste(sheet, strokes([[(x + s * w * 0.44, y), (x + s * w * 0.44, y - 420)] for s in (-1, 1)], 11), timber)
    shade = poly(
        [(x - w * 0.5, y - 90), (x + w * 0.5, y - 90), (x + w * 0.46, y - 400), (x - w * 0.46, y - 400)]
    )
    paste(sheet, shade, darker(t.deep, 0.3), 0.35)
    person(sheet, x + rng.uniform(-90, 90), y - 10, 280, t, rng, face=rng.choice((-1, 1)))
    a, b = rng.sample(t.cloth, 2)
    for k in range(10):
        x0, x1 = x - w * 0.42 + w * 0.84 * k / 10, x - w * 0.42 + w * 0.84 * (k + 1) / 10
        lx0, lx1 = x - w * 0.56 + w * 1.12 * k / 10, x - w * 0.56 + w * 1.12 * (k + 1) / 10
        tone = a if k % 2 else b
        paste(
            sheet,
            poly(
                [
                    (x0, y - 470),
                    (x1, y - 470),
                    (lx1, y - 370),
                    *ring((lx0 + lx1) / 2, y - 370, (lx1 - lx0) / 2, 24, start=0, end=math.pi, n=10),
                    (lx0, y - 370),
                ]
            ),
            tone,
        )
    counter = poly([(x - w * 0.5, y - 110), (x + w * 0.5, y - 110), (x + w * 0.5, y), (x - w * 0.5, y)])
    front = mix(rng.choice(t.cloth), t.look.table, 0.4)
    paste(sheet, counter, front)
    zig = [
        [
            (x - w * 0.5 + w * k / 12, y - 70),
            (x - w * 0.5 + w * (k + 0.5) / 12, y - 44),
            (x - w * 0.5 + w * (k + 1) / 12, y - 70),
        ]
        for k in range(12)
    ]
    paste(sheet, strokes(zig, 6), lighter(front, 0.5), 0.8)
    for k in range(6):
        gx, tone = x - w * 0.4 + k * w * 0.16, rng.choice(t.cloth)
        if rng.random() < 0.5:
            pots(sheet, t, rng, gx, y - 106, 24, 1)
        else:
            paste(
                sheet,
                poly([(gx - 34, y - 108), (gx + 34, y - 108), (gx + 28, y - 150), (gx - 28, y - 150)]),
                (190, 148, 96),
            )
            paste(
                sheet,
                polys(
                    [
                        ring(gx + dx, y - 152 - dy, 15, 14, n=14)
                        for dx, dy in ((-18, 0), (2, 3), (20, 0), (-8, 14), (10, 14))
                    ]
                ),
                tone,
            )
    paste(
        sheet,
        polys([leaf(x - w * 0.5, y - 370, 1.4, 70, 9), leaf(x + w * 0.5, y - 370, 1.7, 64, 9)]),
        (120, 134, 88),
    )
