"""Coast, forest and snow."""

from __future__ import annotations

import math
from random import Random

from PIL import Image

from ..colour import darker, lighter, mix
from ..paper import cloud, fade, glow, stipple
from ..shapes import Patch, poly, polys, ring, smooth, strokes
from ..stage import paste
from .land import ranges
from .parts import H, Tones, W, birds, grass, height_at, land, ridge, sky, trees, water
from .people import boat, house, person


def coast(t: Tones, rng: Random) -> Image.Image:
    sheet = sky(t, rng, horizon=600)
    ranges(sheet, t, rng, 520, 570, 2, sharp=0.2)
    sea = poly([(-4, 600), (W + 4, 600), (W + 4, 1130), (-4, 1130)])
    water(sheet, sea, t, rng)
    for k in range(3):
        boat(sheet, rng.uniform(250, W - 250), 680 + k * 90, 110 + 70 * k, t, rng)
    side = rng.choice((-1, 1))

    def flip(points: list) -> list:
        return points if side == 1 else [(W - x, y) for x, y in points]

    cliff = smooth(flip([(W + 40, 330), (W - 170, 380), (W - 380, 520), (W - 470, 660), (W - 560, 700)]))
    rock = poly([*cliff, *flip([(W - 520, 760), (W + 40, 860)])])
    paste(sheet, rock, mix(t.far(0.62), t.field, 0.35))
    shade = cloud(rock.mask.size, (60, 180), rng).point([max(0, v - 100) for v in range(256)])
    paste(sheet, Patch(stipple(shade, 2), rock.x, rock.y).within(rock), t.deep, 0.6)
    for k in range(4):
        ((x, y),) = flip([(W - 90 - k * 96, 372 + k * 40)])
        house(sheet, x, y + 26, 118 - k * 6, t, rng)
    foam = smooth([(-30, 1010 + rng.uniform(-30, 30)), (420, 960), (900, 1040), (1400, 985), (1960, 1050)])
    for k, tone in enumerate((lighter(t.low, 0.6), mix(t.field, (230, 206, 164), 0.65))):
        shore = [(x, y + k * 22 + 6 * math.sin(x / 60 + k)) for x, y in foam]
        paste(sheet, poly([*shore, (W + 30, H + 10), (-30, H + 10)]), tone)
    sand = mix(t.field, (230, 206, 164), 0.65)
    speckle = cloud((W, 300), (40, 14), rng).point([max(0, v - 150) for v in range(256)])
    paste(sheet, Patch(fade(stipple(speckle, 2), 0.5), 0, 1080), darker(sand, 0.4), 0.5)
    _nets(sheet, t, rng, 1110)
    for x in (rng.uniform(420, 700), rng.uniform(860, 1160)):
        person(
            sheet,
            x,
            rng.uniform(1130, 1190),
            rng.uniform(170, 200),
            t,
            rng,
            pose=rng.choice(("carry", "bend", "stand")),
            face=rng.choice((-1, 1)),
        )
    trees(
        sheet,
        [(140 if side == 1 else W - 140, 1230, 560), (290 if side == 1 else W - 320, 1250, 420)],
        mix(t.deep, t.field, 0.2),
        rng,
        "palm",
    )
    birds(sheet, t, rng)
    return sheet


def _nets(sheet: Image.Image, t: Tones, rng: Random, y: float) -> None:
    """A net drying between two poles."""
    x, w = rng.uniform(1150, 1350), 380
    poles = strokes([[(x, y + 110), (x, y - 150)], [(x + w, y + 120), (x + w, y - 140)]], 11)
    sag = [
        smooth([(x, y - 140 + k * 34), (x + w / 2, y - 70 + k * 34), (x + w, y - 132 + k * 34)])
        for k in range(6)
    ]
    ups = [[sag[0][i], sag[-1][i]] for i in range(0, len(sag[0]), 2)]
    paste(sheet, strokes(sag + ups, 2.4), t.look.accent3, 0.75)
    paste(sheet, poles, darker(t.deep, 0.2))


def forest(t: Tones, rng: Random) -> Image.Image:
    """Tall trunks in layers of light, with a path and a figure."""
    sheet = sky(t, rng, sun=False, horizon=1000)
    sheet.paste(lighter(t.sun, 0.6), (0, 0), fade(glow((W, H), (rng.uniform(700, 1200), 420), 900), 0.8))
    bamboo = rng.random() < 0.4
    for k in range(4):
        depth = 0.12 + 0.24 * k
        ground = ridge(rng, 830 + k * 90, 16 + 8 * k, 900)
        if k < 2:
            spots = [(rng.uniform(0, W), 850 + k * 90, rng.uniform(520, 700)) for _ in range(12)]
            trees(sheet, spots, t.far(depth * 0.8), rng, "cedar") if not bamboo else None
        _trunks(sheet, t, rng, k, depth, bamboo)
        land(sheet, ground, mix(t.far(depth), t.field, 0.35), rng, haze=None, grain=0.4)
    path = smooth([(960, 900), (880, 1000), (1010, 1100), (860, 1290)])
    other = smooth([(1010, 900), (1000, 1000), (1190, 1100), (1260, 1290)])
    paste(sheet, poly(path + other[::-1]), mix(t.low, t.field, 0.4), 0.85)
    rays = [
        [(x, -10), (x + 90, -10), (x - 260, 1000), (x - 480, 1000)]
        for x in (rng.uniform(500, 800), rng.uniform(900, 1200), rng.uniform(1300, 1700))
    ]
    paste(sheet, polys(rays).blurred(26), (255, 244, 210), 0.2)
    person(sheet, 1010, 1130, 210, t, rng, pose="carry", face=rng.choice((-1, 1)))
    _canopy(sheet, t, rng)
    grass(sheet, t, rng, H + 26, mix(t.deep, t.field, 0.2), 90)
    return sheet


def _trunks(sheet: Image.Image, t: Tones, rng: Random, k: int, depth: float, bamboo: bool) -> None:
    wide = (12 + 13 * k * k) * (0.5 if bamboo else 1)
    stems, joints = [], []
    for _ in range((16, 12, 8, 5)[k] * (2 if bamboo else 1)):
        x = rng.uniform(-40, W + 40)
        if k > 1 and 720 < x < 1260:
            continue
        w = wide * rng.uniform(0.8, 1.2)
        stems.append(
            [(x - w / 2, -10), (x + w / 2, -10), (x + w * 0.62, 900 + k * 100), (x - w * 0.62, 900 + k * 100)]
        )
        joints += [
            [(x - w / 2, y), (x + w / 2, y)]
            for y in range(round(rng.uniform(20, 100)), 900 + k * 90, round(90 + 30 * k))
        ]
    if not stems:
        return
    bark = mix(t.far(depth + 0.1), (t.field if bamboo else t.look.accent3), 0.3)
    patch = polys(stems)
    paste(sheet, patch, bark)
    if bamboo:
        paste(sheet, strokes(joints, 4).within(patch), lighter(bark, 0.5), 0.7)
    else:
        rough = cloud(patch.mask.size, (14 + 6 * k, 160), rng).point([max(0, v - 110) for v in range(256)])
        paste(sheet, Patch(stipple(rough, 2), patch.x, patch.y).within(patch), darker(bark, 0.4), 0.55)
    paste(
        sheet, Patch(patch.mask, patch.x - round(wide * 0.62), patch.y).within(patch), lighter(bark, 0.4), 0.3
    )


def _canopy(sheet: Image.Image, t: Tones, rng: Random) -> None:
    blobs = [
        ring(rng.uniform(-40, W + 40), rng.uniform(-70, 90), rng.uniform(60, 150), rng.uniform(40, 90), n=18)
        for _ in range(40)
    ]
    patch = polys(blobs)
    paste(sheet, patch, mix(t.deep, t.field, 0.25))
    lit = cloud(patch.mask.size, (46, 30), rng).point([max(0, v - 110) for v in range(256)])
    paste(sheet, Patch(stipple(lit, 2.4), patch.x, patch.y).within(patch), mix(t.field, t.sun, 0.3), 0.6)


def snow_valley(t: Tones, rng: Random) -> Image.Image:
    snow, shade = lighter(t.low, 0.7), mix(lighter(t.sky, 0.4), (168, 184, 206), 0.5)
    sheet = sky(t, rng, horizon=640)
    for k in range(3):
        top = ridge(rng, 420 + k * 110, 120 - 26 * k, rng.uniform(620, 900), sharp=0.6 - 0.15 * k)
        patch = land(
            sheet, top, mix(shade, t.deep, 0.1 + 0.06 * k), rng, haze=mix(snow, t.low, 0.4), grain=0.25
        )
        lit = Patch(patch.mask, patch.x - 20, patch.y + 34).within(patch)
        paste(
            sheet, Patch(stipple(lit.mask.point([v // 2 for v in range(256)]), 1.5), lit.x, lit.y), snow, 0.55
        )
        spots = [
            (x, height_at(top, x) + rng.uniform(40, 110), rng.uniform(50, 70) + 26 * k)
            for x in (rng.uniform(0, W) for _ in range(20 + 8 * k))
        ]
        trees(sheet, spots, mix(t.far(0.5 + 0.14 * k), shade, 0.2), rng, "cedar")
    floor = ridge(rng, 850, 26, 1100)
    land(sheet, floor, mix(snow, shade, 0.2), rng, grain=0.12)
    for _ in range(rng.randint(5, 7)):
        x, y, w = rng.uniform(160, W - 160), rng.uniform(880, 990), rng.uniform(130, 200)
        _snow_house(sheet, t, rng, x, y, w, snow)
    bank = ridge(rng, 1080, 34, 1300)
    land(sheet, bank, snow, rng, grain=0.08)
    tracks = [
        ring(900 + 40 * math.sin(k / 3) + k * 9, 1270 - k * 14, 9 - k * 0.4, 4, n=10) for k in range(13)
    ]
    paste(sheet, polys(tracks), shade, 0.9)
    person(sheet, 1025, 1085, 150, t, rng, pose=rng.choice(("carry", "stand")))
    flakes = [
        ring(rng.uniform(0, W), rng.uniform(0, H), r, r, n=8)
        for r in (rng.uniform(1.6, 5) for _ in range(150))
    ]
    paste(sheet, polys(flakes), (255, 255, 255), 0.85)
    return sheet


def _snow_house(sheet: Image.Image, t: Tones, rng: Random, x: float, y: float, w: float, snow: tuple) -> None:
    """A steep thatched roof under snow, windows lit."""
    wall = mix(t.deep, (110, 82, 64), 0.5)
    paste(
        sheet,
        poly(
            [(x - w * 0.36, y), (x + w * 0.36, y), (x + w * 0.36, y - w * 0.26), (x - w * 0.36, y - w * 0.26)]
        ),
        wall,
    )
    for k in (-0.2, 0.02, 0.2):
        paste(
            sheet,
            poly(
                [
                    (x + w * k, y - w * 0.06),
                    (x + w * (k + 0.1), y - w * 0.06),
                    (x + w * (k + 0.1), y - w * 0.2),
                    (x + w * k, y - w * 0.2),
                ]
            ),
            (250, 206, 124),
        )
    roof = [
        (x - w * 0.52, y - w * 0.2),
        (x - w * 0.04, y - w * 0.82),
        (x + w * 0.04, y - w * 0.82),
        (x + w * 0.52, y - w * 0.2),
    ]
    paste(sheet, poly(roof), darker(wall, 0.2))
    paste(
        sheet,
        poly(
            smooth(
                [
                    (x - w * 0.49, y - w * 0.27),
                    (x - w * 0.05, y - w * 0.85),
                    (x + w * 0.05, y - w * 0.85),
                    (x + w * 0.34, y - w * 0.44),
                    (x + w * 0.12, y - w * 0.4),
                    (x - w * 0.1, y - w * 0.3),
                    (x - w * 0.3, y - w * 0.32),
                ],
                closed=True,
                n=5,
            )
        ),
        snow,
    )
    paste(sheet, poly(ring(x, y + 4, w * 0.5, w * 0.05)), snow)
