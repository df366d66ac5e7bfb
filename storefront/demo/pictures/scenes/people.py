"""Houses, boats and the small figures of the scenes."""

from __future__ import annotations

import math
from random import Random

from PIL import Image

from ..colour import darker, lighter, mix
from ..shapes import Patch, Point, poly, ring, smooth, strokes
from ..stage import paste
from .parts import Tones


def house(
    sheet: Image.Image,
    x: float,
    y: float,
    w: float,
    t: Tones,
    rng: Random,
    *,
    tint: float = 0.0,
    stilts: bool = False,
) -> None:
    """A gabled house, front lower edge centred on (x, y); *tint* sinks it into the haze."""
    wall = mix(mix(rng.choice((t.look.light, t.low, t.look.table)), t.far(0.3), 0.25), t.low, tint)
    roof = mix(
        mix(rng.choice((t.deep, t.look.accent3, t.look.body, (120, 74, 56))), t.deep, 0.3), t.low, tint
    )
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
    slope = [
        (x - w * 0.44 - over, y - h + over * 0.4),
        (x - crest, y - h - rise),
        (x + crest, y - h - rise),
        (x + w * 0.44 + over, y - h + over * 0.4),
    ]
    top = poly(slope)
    paste(sheet, top, roof)
    lines = [
        [
            (slope[1][0] + (slope[2][0] - slope[1][0]) * k / 9, slope[1][1]),
            (slope[0][0] + (slope[3][0] - slope[0][0]) * k / 9, slope[0][1]),
        ]
        for k in range(10)
    ]
    paste(sheet, strokes(lines, max(1.2, w * 0.008)).within(top), darker(roof, 0.4), 0.5)
    paste(sheet, strokes([[slope[1], slope[2]]], max(2, w * 0.02)), lighter(roof, 0.3))
    door = (x - w * 0.2, x - w * 0.06)
    paste(
        sheet,
        poly([(door[0], y), (door[1], y), (door[1], y - h * 0.66), (door[0], y - h * 0.66)]),
        darker(roof, 0.4),
    )
    if w > 60:
        pane = poly(
            [
                (x + w * 0.12, y - h * 0.3),
                (x + w * 0.3, y - h * 0.3),
                (x + w * 0.3, y - h * 0.68),
                (x + w * 0.12, y - h * 0.68),
            ]
        )
        paste(sheet, pane, mix(t.sun, (255, 214, 140), 0.5) if rng.random() < 0.6 else darker(roof, 0.3))


def person(
    sheet: Image.Image,
    x: float,
    y: float,
    h: float,
    t: Tones,
    rng: Random,
    *,
    pose: str = "stand",
    face: int = 1,
) -> None:
    """A simple figure whose feet are at (x, y), *h* pixels tall. Poses: stand, carry, bend, sit."""
    skin = rng.choice(((176, 120, 84), (146, 96, 66), (198, 146, 110), (120, 78, 56)))
    shirt, skirt = rng.sample(t.cloth, 2)
    skirt, shirt = mix(skirt, t.deep, 0.35), mix(shirt, t.look.light, 0.12)
    hip, neck, reach = y - h * 0.46, y - h * 0.8, 0.0
    if pose == "sit":
        hip, neck = y - h * 0.14, y - h * 0.52
    lean = h * 0.2 * face if pose == "bend" else 0
    if pose == "sit":
        legs = smooth(
            [
                (x - h * 0.2, y),
                (x - h * 0.16, y - h * 0.16),
                (x + h * 0.1, y - h * 0.2),
                (x + h * 0.26 * face + h * 0.06, y - h * 0.06),
                (x + h * 0.24, y),
            ],
            closed=True,
        )
    else:
        legs = [(x - h * 0.09, hip - 2), (x + h * 0.09, hip - 2), (x + h * 0.13, y), (x - h * 0.13, y)]
    paste(sheet, poly(ring(x + h * 0.08, y, h * 0.22, h * 0.035)).blurred(max(2, h * 0.02)), t.look.ink, 0.35)
    paste(sheet, poly(legs), skirt)
    cx = x + lean
    torso = smooth(
        [
            (cx - h * 0.1, neck + h * 0.02),
            (cx + h * 0.1, neck + h * 0.02),
            (x + h * 0.11, hip + h * 0.03),
            (x - h * 0.11, hip + h * 0.03),
        ],
        closed=True,
    )
    body = poly(torso)
    paste(sheet, body, shirt)
    paste(sheet, Patch(body.mask, body.x + round(h * 0.05), body.y).within(body), darker(shirt, 0.4), 0.3)
    reach = neck + h * (0.3 if pose != "carry" else -0.16)
    hand = cx + face * h * (0.2 if pose != "carry" else 0.1)
    paste(
        sheet,
        strokes(
            [
                smooth(
                    [
                        (cx + face * h * 0.06, neck + h * 0.06),
                        (cx + face * h * 0.14, neck + h * 0.18),
                        (hand, reach),
                    ]
                )
            ],
            h * 0.055,
        ),
        darker(shirt, 0.12),
    )
    paste(sheet, poly(ring(hand, reach, h * 0.035, h * 0.035)), skin)
    head = (cx + lean * 0.5, neck - h * 0.07)
    paste(sheet, poly(ring(*head, h * 0.068, h * 0.08)), skin)
    _headwear(sheet, head, h, t, rng, pose)


def _headwear(sheet: Image.Image, head: Point, h: float, t: Tones, rng: Random, pose: str) -> None:
    x, y = head
    kind = rng.choice(("cone", "hair", "scarf", "brim"))
    tone = {
        "cone": (222, 192, 140),
        "hair": (46, 36, 36),
        "scarf": rng.choice(t.cloth),
        "brim": (196, 160, 110),
    }[kind]
    if kind == "cone":
        paste(sheet, poly([(x - h * 0.17, y), (x, y - h * 0.14), (x + h * 0.17, y)]), tone)
    elif kind == "brim":
        paste(sheet, poly(ring(x, y - h * 0.03, h * 0.14, h * 0.03)), tone)
        paste(sheet, poly(ring(x, y - h * 0.06, h * 0.065, h * 0.06)), tone)
    else:
        paste(
            sheet,
            poly(
                [
                    *ring(x, y, h * 0.078, h * 0.09, start=math.pi * 0.95, end=math.pi * 2.05),
                    (x + h * 0.03, y - h * 0.04),
                ]
            ),
            tone,
        )
        if kind == "hair":
            paste(sheet, poly(ring(x, y - h * 0.1, h * 0.035, h * 0.03)), tone)
    if pose == "carry":
        base = y - h * (0.16 if kind == "cone" else 0.1)
        bundle = poly(
            [
                (x - h * 0.14, base - h * 0.14),
                (x + h * 0.14, base - h * 0.14),
                (x + h * 0.1, base),
                (x - h * 0.1, base),
            ]
        )
        paste(sheet, bundle, (184, 140, 88))
        paste(sheet, poly(ring(x, base - h * 0.14, h * 0.14, h * 0.045)), rng.choice(t.cloth))


def boat(sheet: Image.Image, x: float, y: float, long: float, t: Tones, rng: Random) -> None:
    """A slim boat with one person."""
    hull = smooth(
        [
            (x - long * 0.5, y - long * 0.08),
            (x - long * 0.3, y + long * 0.03),
            (x + long * 0.3, y + long * 0.03),
            (x + long * 0.52, y - long * 0.1),
        ]
    )
    paste(sheet, poly(ring(x, y + long * 0.05, long * 0.5, long * 0.04)).blurred(5), t.deep, 0.4)
    person(sheet, x - long * 0.16, y, long * 0.46, t, rng, pose="stand")
    paste(
        sheet,
        strokes(
            [[(x - long * 0.02, y - long * 0.3), (x - long * 0.3, y + long * 0.1)]], max(2, long * 0.012)
        ),
        darker(t.deep, 0.3),
    )
    paste(
        sheet,
        poly([*hull, (x + long * 0.26, y - long * 0.02), (x - long * 0.28, y - long * 0.02)]),
        mix(t.look.ink, t.look.accent3, 0.3),
    )
    basket = poly(ring(x + long * 0.16, y - long * 0.05, long * 0.07, long * 0.045))
    paste(sheet, basket, (190, 148, 96))
