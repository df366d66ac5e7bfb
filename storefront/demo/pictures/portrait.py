"""Portraits of makers: calm, faceless, known by their clothes and headwear."""

from __future__ import annotations

import math
import zlib
from random import Random

from PIL import Image

from .colour import RGB, darker, lighter, mix
from .headwear import HEADWEAR, earrings, hair_behind
from .palettes import Look, choose
from .paper import cloud, fade, finish, glow, multiply, stipple, vertical
from .shapes import Layer, Patch, poly, polys, ring, smooth, strokes
from .stage import paste
from .textures import texture

SIDE = 1200
SKIN: tuple[RGB, ...] = (
    (182, 126, 90),
    (152, 102, 72),
    (204, 154, 118),
    (126, 84, 62),
    (168, 112, 80),
    (104, 70, 54),
)
HAIR: tuple[RGB, ...] = ((40, 32, 36), (54, 44, 44), (74, 58, 50), (150, 146, 144), (206, 202, 198))


def draw_portrait(*, palette: str, seed: int) -> Image.Image:
    """Draw a maker, 1200 by 1200 pixels, RGB. Raises ValueError for an unknown palette."""
    rng = Random(zlib.crc32(f"portrait/{palette}/{seed}".encode()))
    look = choose(palette, rng)
    sheet = _background(look, rng)
    layer = Layer(SIDE, SIDE, look.body)
    skin, hair = rng.choice(SKIN), rng.choice(HAIR)
    turn = rng.choice((-1, 1)) * rng.uniform(8, 34)  # pixels the face looks to one side
    cx, cy = 600 + rng.uniform(-20, 20), rng.uniform(455, 485)
    head = rng.choice(("bun", "crop", "scarf", "brim", "cone", "plaits", "bun", "scarf", "cap"))
    hair_behind(layer, head, hair, cx, cy)
    _body(layer, look, rng, cx, cy, skin)
    _head(layer, skin, cx, cy, turn)
    HEADWEAR[head](layer, look, rng, hair, cx, cy, turn)
    if head in ("bun", "plaits", "scarf") and rng.random() < 0.6:
        earrings(layer, look, cx, cy, turn)
    outline = Patch(layer.alpha, 0, 0)
    paste(sheet, outline.moved(26, 14).blurred(24), darker(look.wall, 0.7), 0.35)
    sheet.paste(layer.rgb, (0, 0), layer.alpha)
    return finish(sheet, rng, 0.8)


def _background(look: Look, rng: Random) -> Image.Image:
    sheet = vertical((SIDE, SIDE), darker(look.wall, 0.08), lighter(look.wall, 0.22))
    sheet = multiply(
        sheet, cloud((SIDE, SIDE), (280, 220), rng).point([195 + v // 5 for v in range(256)]), look.wall, 0.6
    )
    tone = mix(look.wall, rng.choice((look.accent, look.accent2, look.alt, look.light)), 0.36)
    kind = rng.choice(("disc", "arch", "hills", "rays", "plain"))
    if kind == "disc":
        paste(sheet, poly(ring(600 + rng.uniform(-60, 60), 480, 400, 400)), tone)
    elif kind == "arch":
        paste(
            sheet,
            poly([*ring(600, 540, 430, 430, start=math.pi, end=math.tau), (1030, 1210), (170, 1210)]),
            tone,
        )
    elif kind == "hills":
        for k in range(3):
            base, phase = 640 + k * 110, rng.uniform(0, 6)
            top = [
                (x, base + 60 * math.sin(x / 210 + phase) + 26 * math.sin(x / 90 + phase))
                for x in range(-20, 1240, 20)
            ]
            paste(sheet, poly([*top, (1220, 1210), (-20, 1210)]), mix(look.wall, tone, 0.4 + 0.3 * k))
    elif kind == "rays":
        rays = [
            [
                (600, 480),
                (600 + math.cos(a) * 1100, 480 + math.sin(a) * 1100),
                (600 + math.cos(a + 0.13) * 1100, 480 + math.sin(a + 0.13) * 1100),
            ]
            for a in (k * math.tau / 24 for k in range(24))
        ]
        paste(sheet, polys(rays), tone, 0.5)
    else:
        sheet.paste(lighter(look.wall, 0.5), (0, 0), fade(glow((SIDE, SIDE), (430, 380), 640), 0.7))
    return sheet


def _body(layer: Layer, look: Look, rng: Random, cx: float, cy: float, skin: RGB) -> None:
    """Neck, shoulders and a garment of patterned cloth."""
    neck = poly(
        smooth(
            [
                (cx - 66, cy + 90),
                (cx + 66, cy + 90),
                (cx + 74, cy + 260),
                (cx + 130, cy + 330),
                (cx - 130, cy + 330),
                (cx - 74, cy + 260),
            ],
            closed=True,
        )
    )
    layer.fill(neck, skin)
    layer.tint(poly(ring(cx + 10, cy + 150, 100, 70)).blurred(22).within(neck).faded(0.5), darker(skin, 0.5))
    slope = rng.uniform(0.9, 1.1)
    shoulders = poly(
        smooth(
            [
                (cx - 118, cy + 258),
                (cx - 300, cy + 320 * slope),
                (cx - 400, cy + 470),
                (cx - 450, cy + 800),
                (cx + 450, cy + 800),
                (cx + 400, cy + 470),
                (cx + 300, cy + 320 * slope),
                (cx + 118, cy + 258),
                (cx, cy + 330),
            ],
            closed=True,
        )
    )
    craft = rng.choice(
        (
            "indigo-weaving",
            "highland-weaving",
            "fibre-weaving",
            "highland-weaving",
            "indigo-weaving",
            "looping",
        )
    )
    plain = mix(look.alt, look.body, rng.random())
    base = Image.new("RGB", layer.size, plain)
    pattern = texture(craft, layer.size, look, rng.uniform(66, 96))
    wear = rng.choice(("shawl", "yoke", "all", "crossed", "apron"))
    layer.fill(shoulders, pattern if wear in ("all", "shawl") else base)
    if wear == "yoke":
        layer.tint(poly(ring(cx, cy + 300, 300, 190)).within(shoulders), pattern)
    elif wear == "apron":
        layer.tint(
            poly([(cx - 190, cy + 420), (cx + 190, cy + 420), (cx + 250, 1220), (cx - 250, 1220)]).within(
                shoulders
            ),
            pattern,
        )
        straps = strokes(
            [[(cx - 170, cy + 430), (cx - 150, cy + 270)], [(cx + 170, cy + 430), (cx + 150, cy + 270)]], 34
        )
        layer.tint(straps.within(shoulders), look.accent2)
    if wear in ("shawl", "crossed"):
        for s in (-1, 1):
            flap = poly(
                [
                    (cx - s * 20, cy + 560),
                    (cx + s * 110, cy + 240),
                    (cx + s * 210, cy + 290),
                    (cx + s * 120, cy + 700),
                    (cx - s * 60, cy + 760),
                ]
            )
            layer.tint(flap.moved(8, 8).blurred(10).within(shoulders).faded(0.4), look.ink)
            layer.tint(flap.within(shoulders), pattern if wear == "crossed" else base)
            edge = strokes([[(cx + s * 110, cy + 240), (cx - s * 20, cy + 560)]], 20)
            layer.tint(edge.within(shoulders), look.accent)
    else:
        layer.tint(
            strokes([smooth([(cx - 122, cy + 262), (cx, cy + 352), (cx + 122, cy + 262)])], 26).within(
                shoulders
            ),
            look.accent,
        )
    layer.round_off(shoulders, 60, 0.7, 0.25)
    shade = Patch(shoulders.mask, shoulders.x + 240, shoulders.y + 60).within(shoulders)
    layer.tint(
        Patch(stipple(fade(shade.blurred(40).mask, 0.5), 1.5), shade.x - 89, shade.y - 89)
        .within(shoulders)
        .faded(0.4),
        look.ink,
    )
    if rng.random() < 0.4:
        _beads(layer, look, rng, cx, cy)


def _beads(layer: Layer, look: Look, rng: Random, cx: float, cy: float) -> None:
    for row in range(rng.randint(1, 3)):
        line = ring(
            cx, cy + 250 + row * 14, 120 + row * 26, 100 + row * 28, start=0.25, end=math.pi - 0.25, n=22
        )
        beads = polys([ring(x, y, 10, 10, n=14) for x, y in line])
        layer.tint(beads, (look.accent, look.accent2, look.light)[row])
        layer.round_off(beads, 4, 0.6, 0.5)


def _head(layer: Layer, skin: RGB, cx: float, cy: float, turn: float) -> None:
    """The face: an oval with light on one side, a nose's shadow, ears; no features."""
    for s in (-1, 1):
        ear = poly(ring(cx + s * 148 - turn * 0.4, cy + 14, 26, 44))
        layer.fill(ear, darker(skin, 0.06))
    face = poly(
        smooth(
            [
                (cx, cy - 190),
                (cx + 112, cy - 150),
                (cx + 150, cy - 30),
                (cx + 128, cy + 92),
                (cx + 62, cy + 172),
                (cx, cy + 192),
                (cx - 62, cy + 172),
                (cx - 128, cy + 92),
                (cx - 150, cy - 30),
                (cx - 112, cy - 150),
            ],
            closed=True,
        )
    )
    layer.fill(face, skin)
    side = Patch(face.mask, face.x + 150 + round(turn), face.y + 24).within(face)
    layer.tint(Patch(stipple(fade(side.mask, 0.55), 1.5), side.x, side.y).faded(0.34), darker(skin, 0.55))
    nose = poly(
        smooth(
            [
                (cx + turn, cy - 46),
                (cx + turn * 1.5 + 16, cy + 40),
                (cx + turn * 1.4 + 4, cy + 56),
                (cx + turn * 1.2 - 14, cy + 50),
            ],
            closed=True,
        )
    )
    layer.tint(nose.blurred(4).within(face).faded(0.36), darker(skin, 0.5))
    for s in (-1, 1):
        lid = strokes([ring(cx + turn * 1.2 + s * 62, cy - 16, 30, 13, start=0.35, end=math.pi - 0.35)], 5)
        layer.tint(lid.within(face).faded(0.55), darker(skin, 0.65))
        brow = strokes(
            [ring(cx + turn * 1.2 + s * 62, cy - 34, 40, 22, start=math.pi * 1.2, end=math.pi * 1.8)], 7
        )
        layer.tint(brow.within(face).faded(0.4), darker(skin, 0.7))
        layer.tint(
            poly(ring(cx + turn + s * 82, cy + 56, 34, 24)).blurred(16).within(face).faded(0.3),
            mix(skin, (206, 84, 66), 0.6),
        )
    mouth = strokes([ring(cx + turn * 1.2, cy + 88, 36, 20, start=0.45, end=math.pi - 0.45)], 6)
    layer.tint(mouth.within(face).faded(0.5), mix(darker(skin, 0.45), (150, 50, 50), 0.4))
