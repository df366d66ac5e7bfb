"""Portraits of makers: calm, faceless, known by their clothes and headwear."""

from __future__ import annotations

import math
import zlib
from random import Random

from PIL import Image

from .colour import RGB, darker, lighter, luminance, mix
from .palettes import Look, choose
from .paper import cloud, fade, finish, glow, multiply, stipple, vertical
from .shapes import Layer, Patch, poly, polys, ring, smooth, strokes
from .stage import paste
from .textures import texture
from .textures.paperlike import leaf

SIDE = 1200
SKIN: tuple[RGB, ...] = ((182, 126, 90), (152, 102, 72), (204, 154, 118), (126, 84, 62), (168, 112, 80), (104, 70, 54))
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
    _hair_behind(layer, head, hair, cx, cy)
    _body(layer, look, rng, cx, cy, skin)
    _head(layer, skin, cx, cy, turn)
    {"bun": _bun, "crop": _crop, "scarf": _scarf, "brim": _brim, "cone": _cone, "plaits": _plaits, "cap": _cap}[head](
        layer, look, rng, hair, cx, cy, turn)
    if head in ("bun", "plaits", "scarf") and rng.random() < 0.6:
        _earrings(layer, look, cx, cy, turn)
    outline = Patch(layer.alpha, 0, 0)
    paste(sheet, outline.moved(26, 14).blurred(24), darker(look.wall, 0.7), 0.35)
    sheet.paste(layer.rgb, (0, 0), layer.alpha)
    return finish(sheet, rng, 0.8)


def _background(look: Look, rng: Random) -> Image.Image:
    sheet = vertical((SIDE, SIDE), darker(look.wall, 0.08), lighter(look.wall, 0.22))
    sheet = multiply(sheet, cloud((SIDE, SIDE), (280, 220), rng).point([195 + v // 5 for v in range(256)]), look.wall, 0.6)
    tone = mix(look.wall, rng.choice((look.accent, look.accent2, look.alt, look.light)), 0.36)
    kind = rng.choice(("disc", "arch", "hills", "rays", "plain"))
    if kind == "disc":
        paste(sheet, poly(ring(600 + rng.uniform(-60, 60), 480, 400, 400)), tone)
    elif kind == "arch":
        paste(sheet, poly([*ring(600, 540, 430, 430, start=math.pi, end=math.tau), (1030, 1210), (170, 1210)]), tone)
    elif kind == "hills":
        for k in range(3):
            base, phase = 640 + k * 110, rng.uniform(0, 6)
            top = [(x, base + 60 * math.sin(x / 210 + phase) + 26 * math.sin(x / 90 + phase)) for x in range(-20, 1240, 20)]
            paste(sheet, poly([*top, (1220, 1210), (-20, 1210)]), mix(look.wall, tone, 0.4 + 0.3 * k))
    elif kind == "rays":
        rays = [[(600, 480), (600 + math.cos(a) * 1100, 480 + math.sin(a) * 1100), (600 + math.cos(a + 0.13) * 1100, 480 + math.sin(a + 0.13) * 1100)]
                for a in (k * math.tau / 24 for k in range(24))]
        paste(sheet, polys(rays), tone, 0.5)
    else:
        sheet.paste(lighter(look.wall, 0.5), (0, 0), fade(glow((SIDE, SIDE), (430, 380), 640), 0.7))
    return sheet


def _body(layer: Layer, look: Look, rng: Random, cx: float, cy: float, skin: RGB) -> None:
    """Neck, shoulders and a garment of patterned cloth."""
    neck = poly(smooth([(cx - 66, cy + 90), (cx + 66, cy + 90), (cx + 74, cy + 260), (cx + 130, cy + 330), (cx - 130, cy + 330), (cx - 74, cy + 260)], closed=True))
    layer.fill(neck, skin)
    layer.tint(poly(ring(cx + 10, cy + 150, 100, 70)).blurred(22).within(neck).faded(0.5), darker(skin, 0.5))
    slope = rng.uniform(0.9, 1.1)
    shoulders = poly(smooth([(cx - 118, cy + 258), (cx - 300, cy + 320 * slope), (cx - 400, cy + 470), (cx - 450, cy + 800), (cx + 450, cy + 800), (cx + 400, cy + 470),
                             (cx + 300, cy + 320 * slope), (cx + 118, cy + 258), (cx, cy + 330)], closed=True))
    craft = rng.choice(("indigo-weaving", "highland-weaving", "fibre-weaving", "highland-weaving", "indigo-weaving", "looping"))
    plain = mix(look.alt, look.body, rng.random())
    base = Image.new("RGB", layer.size, plain)
    pattern = texture(craft, layer.size, look, rng.uniform(66, 96))
    wear = rng.choice(("shawl", "yoke", "all", "crossed", "apron"))
    layer.fill(shoulders, pattern if wear in ("all", "shawl") else base)
    if wear == "yoke":
        layer.tint(poly(ring(cx, cy + 300, 300, 190)).within(shoulders), pattern)
    elif wear == "apron":
        layer.tint(poly([(cx - 190, cy + 420), (cx + 190, cy + 420), (cx + 250, 1220), (cx - 250, 1220)]).within(shoulders), pattern)
        straps = strokes([[(cx - 170, cy + 430), (cx - 150, cy + 270)], [(cx + 170, cy + 430), (cx + 150, cy + 270)]], 34)
        layer.tint(straps.within(shoulders), look.accent2)
    if wear in ("shawl", "crossed"):
        for s in (-1, 1):
            flap = poly([(cx - s * 20, cy + 560), (cx + s * 110, cy + 240), (cx + s * 210, cy + 290), (cx + s * 120, cy + 700), (cx - s * 60, cy + 760)])
            layer.tint(flap.moved(8, 8).blurred(10).within(shoulders).faded(0.4), look.ink)
            layer.tint(flap.within(shoulders), pattern if wear == "crossed" else base)
            edge = strokes([[(cx + s * 110, cy + 240), (cx - s * 20, cy + 560)]], 20)
            layer.tint(edge.within(shoulders), look.accent)
    else:
        layer.tint(strokes([smooth([(cx - 122, cy + 262), (cx, cy + 352), (cx + 122, cy + 262)])], 26).within(shoulders), look.accent)
    layer.round_off(shoulders, 60, 0.7, 0.25)
    shade = Patch(shoulders.mask, shoulders.x + 240, shoulders.y + 60).within(shoulders)
    layer.tint(Patch(stipple(fade(shade.blurred(40).mask, 0.5), 1.5), shade.x - 89, shade.y - 89).within(shoulders).faded(0.4), look.ink)
    if rng.random() < 0.4:
        _beads(layer, look, rng, cx, cy)


def _beads(layer: Layer, look: Look, rng: Random, cx: float, cy: float) -> None:
    for row in range(rng.randint(1, 3)):
        line = ring(cx, cy + 250 + row * 14, 120 + row * 26, 100 + row * 28, start=0.25, end=math.pi - 0.25, n=22)
        beads = polys([ring(x, y, 10, 10, n=14) for x, y in line])
        layer.tint(beads, (look.accent, look.accent2, look.light)[row])
        layer.round_off(beads, 4, 0.6, 0.5)


def _head(layer: Layer, skin: RGB, cx: float, cy: float, turn: float) -> None:
    """The face: an oval with light on one side, a nose's shadow, ears; no features."""
    for s in (-1, 1):
        ear = poly(ring(cx + s * 148 - turn * 0.4, cy + 14, 26, 44))
        layer.fill(ear, darker(skin, 0.06))
    face = poly(smooth([(cx, cy - 190), (cx + 112, cy - 150), (cx + 150, cy - 30), (cx + 128, cy + 92), (cx + 62, cy + 172), (cx, cy + 192), (cx - 62, cy + 172),
                        (cx - 128, cy + 92), (cx - 150, cy - 30), (cx - 112, cy - 150)], closed=True))
    layer.fill(face, skin)
    side = Patch(face.mask, face.x + 150 + round(turn), face.y + 24).within(face)
    layer.tint(Patch(stipple(fade(side.mask, 0.55), 1.5), side.x, side.y).faded(0.34), darker(skin, 0.55))
    nose = poly(smooth([(cx + turn, cy - 46), (cx + turn * 1.5 + 16, cy + 40), (cx + turn * 1.4 + 4, cy + 56), (cx + turn * 1.2 - 14, cy + 50)], closed=True))
    layer.tint(nose.blurred(4).within(face).faded(0.36), darker(skin, 0.5))
    for s in (-1, 1):
        lid = strokes([ring(cx + turn * 1.2 + s * 62, cy - 16, 30, 13, start=0.35, end=math.pi - 0.35)], 5)
        layer.tint(lid.within(face).faded(0.55), darker(skin, 0.65))
        brow = strokes([ring(cx + turn * 1.2 + s * 62, cy - 34, 40, 22, start=math.pi * 1.2, end=math.pi * 1.8)], 7)
        layer.tint(brow.within(face).faded(0.4), darker(skin, 0.7))
        layer.tint(poly(ring(cx + turn + s * 82, cy + 56, 34, 24)).blurred(16).within(face).faded(0.3), mix(skin, (206, 84, 66), 0.6))
    mouth = strokes([ring(cx + turn * 1.2, cy + 88, 36, 20, start=0.45, end=math.pi - 0.45)], 6)
    layer.tint(mouth.within(face).faded(0.5), mix(darker(skin, 0.45), (150, 50, 50), 0.4))


def _hair_behind(layer: Layer, head: str, hair: RGB, cx: float, cy: float) -> None:
    if head in ("bun", "plaits", "brim", "cone"):
        layer.fill(poly(smooth([(cx, cy - 214), (cx + 168, cy - 130), (cx + 176, cy + 60), (cx + 110, cy + 150), (cx - 110, cy + 150), (cx - 176, cy + 60),
                                (cx - 168, cy - 130)], closed=True)), darker(hair, 0.1))


def _cap_of_hair(layer: Layer, hair: RGB, cx: float, cy: float, turn: float, rng: Random) -> None:
    part = cx + turn * 0.6 + rng.uniform(-50, 50)
    top = smooth([(cx - 158, cy + 6), (cx - 160, cy - 130), (cx - 70, cy - 216), (cx + 70, cy - 216), (cx + 160, cy - 130), (cx + 158, cy + 6)])
    lower = smooth([(cx + 158, cy + 6), (cx + 126, cy - 70), (part + 30, cy - 128), (part, cy - 142), (part - 30, cy - 128), (cx - 126, cy - 70), (cx - 158, cy + 6)])
    patch = poly(top + lower)
    layer.fill(patch, hair)
    strands = [smooth([(part, cy - 170), (part + s * (40 + 26 * k), cy - 176 + 12 * k), (part + s * (66 + 30 * k), cy - 90 + 20 * k)]) for s in (-1, 1) for k in range(4)]
    layer.tint(strokes(strands, 3).within(patch).faded(0.5), lighter(hair, 0.3))
    layer.round_off(patch, 18, 0.4, 0.35)


def _bun(layer: Layer, look: Look, rng: Random, hair: RGB, cx: float, cy: float, turn: float) -> None:
    knot = poly(ring(cx - turn, cy - 236, 78, 64))
    layer.fill(knot, hair)
    layer.round_off(knot, 20, 0.5, 0.4)
    _cap_of_hair(layer, hair, cx, cy, turn, rng)
    stick = strokes([[(cx - turn - 120, cy - 268), (cx - turn + 120, cy - 214)]], 10)
    layer.fill(stick, look.accent)
    layer.fill(poly(ring(cx - turn + 122, cy - 213, 16, 16)), look.accent2)


def _crop(layer: Layer, look: Look, rng: Random, hair: RGB, cx: float, cy: float, turn: float) -> None:
    patch = poly(smooth([(cx - 154, cy - 20), (cx - 166, cy - 120), (cx - 90, cy - 216), (cx + 60, cy - 228), (cx + 160, cy - 130), (cx + 154, cy - 20), (cx + 130, cy - 96),
                         (cx + 40 + turn, cy - 140), (cx - 60 + turn, cy - 118), (cx - 130, cy - 90)], closed=True))
    layer.fill(patch, hair)
    layer.round_off(patch, 18, 0.4, 0.4)


def _plaits(layer: Layer, look: Look, rng: Random, hair: RGB, cx: float, cy: float, turn: float) -> None:
    for s in (-1, 1):
        for k in range(9):
            lobe = poly(ring(cx + s * (150 + 6 * k) - turn * 0.3, cy + 60 + k * 50, 36, 32, turn=s * (0.6 if k % 2 else -0.6)))
            layer.fill(lobe, hair)
            layer.round_off(lobe, 9, 0.5, 0.4)
        tie = poly(ring(cx + s * 206 - turn * 0.3, cy + 500, 26, 20))
        layer.fill(tie, look.accent)
    _cap_of_hair(layer, hair, cx, cy, turn, rng)


def _scarf(layer: Layer, look: Look, rng: Random, hair: RGB, cx: float, cy: float, turn: float) -> None:
    tone = rng.choice((look.accent, look.accent2, look.alt))
    side = rng.choice((-1, 1))
    for a, long in ((0.9, 190), (1.35, 230)):
        tail = poly(leaf(cx + side * 150, cy - 70, a if side == 1 else math.pi - a, long, 44))
        layer.fill(tail, darker(tone, 0.15))
        layer.round_off(tail, 12, 0.5, 0.3)
    wrap = poly(smooth([(cx - 160, cy - 10), (cx - 176, cy - 130), (cx - 90, cy - 232), (cx + 90, cy - 232), (cx + 176, cy - 130), (cx + 160, cy - 10), (cx + 96, cy - 94),
                        (cx + turn, cy - 118), (cx - 96, cy - 94)], closed=True))
    layer.fill(wrap, texture("indigo-weaving", layer.size, look, 60) if rng.random() < 0.4 else Image.new("RGB", layer.size, tone))
    folds = [smooth([(cx + side * 150, cy - 80), (cx + side * (60 - 40 * k), cy - 130 - 18 * k), (cx - side * 150, cy - 110 - 26 * k)]) for k in range(4)]
    layer.tint(strokes(folds, 6).within(wrap).faded(0.35), darker(tone, 0.6))
    layer.round_off(wrap, 26, 0.6, 0.35)
    knot = poly(ring(cx + side * 152, cy - 78, 34, 30))
    layer.fill(knot, tone)
    layer.round_off(knot, 12, 0.6, 0.4)


def _brim(layer: Layer, look: Look, rng: Random, hair: RGB, cx: float, cy: float, turn: float) -> None:
    _cap_of_hair(layer, hair, cx, cy, turn, rng)
    straw = rng.choice(((214, 182, 130), (190, 152, 104), darker(look.alt, 0.1), (96, 72, 60)))
    crown = poly(smooth([(cx - 146, cy - 112), (cx - 136, cy - 250), (cx - 70, cy - 312), (cx + 70, cy - 312), (cx + 136, cy - 250), (cx + 146, cy - 112)], closed=True))
    layer.fill(crown, straw)
    layer.tint(poly([(cx - 170, cy - 178), (cx + 170, cy - 178), (cx + 170, cy - 128), (cx - 170, cy - 128)]).within(crown), look.accent2)
    layer.round_off(crown, 30, 0.6, 0.35)
    brim = poly(smooth([(cx - 300, cy - 118), (cx - 150, cy - 150), (cx + 150, cy - 150), (cx + 300, cy - 118), (cx + 150, cy - 84), (cx - 150, cy - 84)], closed=True))
    layer.tint(brim.moved(4, 26).blurred(14).within(Patch(layer.alpha, 0, 0)).faded(0.4), look.ink)
    layer.fill(brim, lighter(straw, 0.1))
    layer.round_off(brim, 10, 0.5, 0.4)


def _cone(layer: Layer, look: Look, rng: Random, hair: RGB, cx: float, cy: float, turn: float) -> None:
    _cap_of_hair(layer, hair, cx, cy, turn, rng)
    straw = (224, 198, 150)
    cone = poly([(cx - 330, cy - 70), (cx - 6, cy - 318), (cx + 6, cy - 318), (cx + 330, cy - 70), *ring(cx, cy - 70, 330, 44, start=0, end=math.pi)])
    layer.tint(cone.moved(4, 30).blurred(16).within(Patch(layer.alpha, 0, 0)).faded(0.4), look.ink)
    layer.fill(cone, straw)
    ribs = [[(cx, cy - 318), (cx + math.cos(a) * 330, cy - 70 + math.sin(a) * 44)] for a in (math.pi * k / 14 for k in range(15))]
    hoops = [ring(cx, cy - 318 + 248 * k, 330 * k, 44 * k, start=0, end=math.pi) for k in (0.3, 0.5, 0.7, 0.88)]
    layer.tint(strokes(ribs + hoops, 3).within(cone).faded(0.4), darker(straw, 0.5))
    layer.round_off(cone, 40, 0.6, 0.3)


def _cap(layer: Layer, look: Look, rng: Random, hair: RGB, cx: float, cy: float, turn: float) -> None:
    """A knitted cap with ear flaps."""
    cap = poly(smooth([(cx - 164, cy - 40), (cx - 172, cy - 140), (cx - 96, cy - 244), (cx, cy - 290), (cx + 96, cy - 244), (cx + 172, cy - 140), (cx + 164, cy - 40),
                       (cx + 170, cy + 90), (cx + 140, cy + 110), (cx + 126, cy - 60), (cx, cy - 106), (cx - 126, cy - 60), (cx - 140, cy + 110), (cx - 170, cy + 90)], closed=True))
    layer.fill(cap, texture("highland-weaving", layer.size, look, 70))
    layer.tint(strokes([smooth([(cx - 128, cy - 58), (cx, cy - 104), (cx + 128, cy - 58)])], 24).within(cap), look.accent2)
    layer.round_off(cap, 26, 0.6, 0.3)
    bobble = poly(ring(cx, cy - 300, 34, 34))
    layer.fill(bobble, look.accent)
    layer.round_off(bobble, 14, 0.6, 0.4)


def _earrings(layer: Layer, look: Look, cx: float, cy: float, turn: float) -> None:
    metal = look.accent if luminance(look.accent) > 120 else (214, 180, 110)
    for s in (-1, 1):
        drop = poly(leaf(cx + s * 152 - turn * 0.4, cy + 52, math.pi / 2, 54, 14))
        layer.fill(drop, metal)
        layer.round_off(drop, 5, 0.6, 0.6)
