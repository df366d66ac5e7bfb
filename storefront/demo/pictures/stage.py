"""Where a piece stands: wall and table, or a surface from above; daylight, shadows, the Sprite itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageDraw

from .colour import RGB, WHITE, darker, lighter, mix
from .palettes import Look
from .paper import cloud, clouded, fade, glow, grain, multiply, stipple, tones, vertical
from .shapes import Layer, Patch, Point, poly, polys, ring, smooth, strokes
from .textures.paperlike import leaf
from .textures.woven import threads

SIZE = (1600, 1200)


@dataclass
class Sprite:
    """A finished thing on its own sheet.

    *foot* is the point that stands on the table (or the middle, for things that lie), *spread* half the width
    of what touches the table in pixels, *stance* one of stand, lie, hang.
    """

    layer: Layer
    foot: Point
    spread: float
    stance: str = "stand"
    height: float = 60.0


def paste(sheet: Image.Image, patch: Patch, paint: RGB, strength: float = 1.0) -> None:
    """Lay a flat colour on the sheet."""
    sheet.paste(paint, (patch.x, patch.y), fade(patch.mask, strength) if strength < 1 else patch.mask)


def wall_and_table(look: Look, rng: Random, horizon: float, *, bare: bool = False) -> Image.Image:
    """Wall above, table from *horizon* (pixels) down; only wall when that is below the picture."""
    w, h = SIZE
    sheet = vertical(SIZE, darker(look.wall, 0.05), lighter(look.wall, 0.22))
    uneven = clouded((w, h), (420, 300), rng, mix(WHITE, look.wall, 0.13), WHITE)
    sheet = ImageChops.multiply(sheet, uneven)
    if not bare:
        rng.choice((_arch, _disc, _window, _plain, _stripe_wall, _mural, _banner))(sheet, look, rng, horizon)
    if horizon < h:
        sheet.paste(_surface((w, h - round(horizon)), look, rng), (0, round(horizon)))
        paste(sheet, strokes([[(0, horizon), (w, horizon)]], 3), darker(look.table, 0.35), 0.4)
        haze = Image.linear_gradient("L").resize((w, 130))
        sheet.paste(darker(look.wall, 0.4), (0, round(horizon) - 130), fade(haze, 0.13))
    if rng.random() < 0.3:
        bough_shadow(sheet, rng, look)
    return sheet


def _plain(sheet: Image.Image, look: Look, rng: Random, horizon: float) -> None:
    spot = glow(SIZE, (rng.uniform(500, 1100), 420), 760)
    sheet.paste(lighter(look.wall, 0.5), (0, 0), fade(spot, 0.55))


def _arch(sheet: Image.Image, look: Look, rng: Random, horizon: float) -> None:
    x, r = 800 + rng.uniform(-140, 140), rng.uniform(390, 520)
    top = rng.uniform(470, 560)
    niche = poly(
        [*ring(x, top, r, r, start=math.pi, end=math.tau), (x + r, horizon + 4), (x - r, horizon + 4)]
    )
    tone = mix(look.wall, rng.choice((look.accent2, look.alt, look.light, look.accent3)), 0.26)
    paste(sheet, niche, tone)
    shade = Patch(niche.mask, niche.x + 26, niche.y + 20).blurred(30).within(niche)
    paste(
        sheet,
        Patch(shade.mask.point([255 - v for v in range(256)]), shade.x, shade.y).within(niche),
        darker(tone, 0.6),
        0.3,
    )


def _disc(sheet: Image.Image, look: Look, rng: Random, horizon: float) -> None:
    x, y, r = 800 + rng.uniform(-260, 260), rng.uniform(360, 500), rng.uniform(270, 390)
    tone = mix(look.wall, rng.choice((look.accent2, look.light, look.alt)), 0.32)
    patch = poly(ring(x, y, r, r))
    ramp = Image.linear_gradient("L").resize(patch.mask.size).point([255 - v // 2 for v in range(256)])
    paste(sheet, Patch(stipple(ramp, 2), patch.x, patch.y).within(patch), tone)


def _window(sheet: Image.Image, look: Look, rng: Random, horizon: float) -> None:
    """Panes of sunlight falling on the wall."""
    x, y, lean = rng.uniform(180, 760), rng.uniform(60, 170), rng.uniform(60, 200)
    pane_w, pane_h, gap = rng.uniform(190, 260), rng.uniform(220, 290), 26
    panes = []
    for col in range(rng.choice((2, 2, 3))):
        for row in range(2):
            px, py = x + col * (pane_w + gap), y + row * (pane_h + gap) + col * 34
            sx, sx2 = px + lean * row, px + lean * (row + 1)
            panes.append(
                [(sx, py), (sx + pane_w, py + 30), (sx2 + pane_w, py + pane_h + 30), (sx2, py + pane_h)]
            )
    light = polys(panes).blurred(rng.uniform(7, 16))
    paste(sheet, light, lighter(mix(look.wall, (255, 226, 168), 0.5), 0.55), 0.62)


def _stripe_wall(sheet: Image.Image, look: Look, rng: Random, horizon: float) -> None:
    """A painted dado."""
    top = horizon - rng.uniform(200, 420)
    tone = mix(look.wall, rng.choice((look.alt, look.accent3, look.accent2)), 0.24)
    patch = poly([(0, top), (SIZE[0], top), (SIZE[0], horizon + 2), (0, horizon + 2)])
    paste(sheet, patch, tone)
    paste(sheet, strokes([[(0, top - 10), (SIZE[0], top - 10)]], 3), tone)


def _mural(sheet: Image.Image, look: Look, rng: Random, horizon: float) -> None:
    """Soft hills painted on the wall."""
    for k in range(3):
        base, phase, long = horizon - 330 + k * 110, rng.uniform(0, 6), rng.uniform(210, 330)
        top = [
            (x, base - 80 * math.sin(x / long + phase) - 22 * math.sin(x / long * 2.7))
            for x in range(-20, SIZE[0] + 41, 20)
        ]
        tone = mix(look.wall, rng.choice((look.alt, look.accent2, look.accent3)), 0.1 + 0.08 * k)
        paste(sheet, poly([*top, (SIZE[0] + 20, horizon + 4), (-20, horizon + 4)]), tone)


def _banner(sheet: Image.Image, look: Look, rng: Random, horizon: float) -> None:
    """A length of plain cloth hanging behind."""
    x, w = rng.choice((rng.uniform(40, 420), rng.uniform(880, 1240))), rng.uniform(300, 460)
    tone = mix(look.wall, rng.choice((look.accent, look.alt, look.light, look.accent3)), 0.34)
    patch = poly([(x, -10), (x + w, -10), (x + w + 6, horizon - rng.uniform(20, 160)), (x - 4, horizon - 60)])
    paste(sheet, patch.moved(14, 10).blurred(16), darker(look.wall, 0.7), 0.28)
    paste(sheet, patch, tone)
    folds = [[(x + w * k, -10), (x + w * k + rng.uniform(-14, 14), horizon)] for k in (0.2, 0.42, 0.7, 0.9)]
    paste(sheet, strokes(folds, 34).blurred(22).within(patch), darker(tone, 0.6), 0.22)
    paste(
        sheet,
        strokes([[(f[0][0] - 26, -10), (f[1][0] - 26, horizon)] for f in folds], 26)
        .blurred(18)
        .within(patch),
        lighter(tone, 0.6),
        0.3,
    )


def bough_shadow(sheet: Image.Image, rng: Random, look: Look) -> None:
    """The blurred shadow of a branch from somewhere outside the picture."""
    side = rng.choice((-1, 1))
    x, y = (SIZE[0] + 30 if side == 1 else -30), rng.uniform(-40, 160)
    a, spine = (math.pi if side == 1 else 0) - side * rng.uniform(0.15, 0.5), [(x, y)]
    for _ in range(8):
        a += rng.uniform(-0.12, 0.18) * -side
        x, y = x + math.cos(a) * 85, y + math.sin(a) * 85
        spine.append((x, y))
    long, wide = rng.uniform(120, 190), rng.uniform(18, 44)
    shapes = []
    for px, py in spine[1:]:
        for way in (-1, 1):
            shapes.append(leaf(px, py, a + way * rng.uniform(0.6, 1.3), long * rng.uniform(0.7, 1.1), wide))
    shadow = polys(shapes).blurred(9)
    stem = strokes([smooth(spine)], 9).blurred(8)
    for patch in (shadow, stem):
        paste(sheet, patch, darker(mix(look.wall, look.ink, 0.5), 0.2), 0.3)


def _surface(size: tuple[int, int], look: Look, rng: Random) -> Image.Image:
    kind = rng.choice(("wood", "wood", "linen", "stone", "linen"))
    if kind == "wood":
        return planks(size, look.table, rng)
    tone = look.table if kind == "stone" else mix(look.table, look.light, 0.35)
    base = vertical(size, lighter(tone, 0.16), darker(tone, 0.1))
    if kind == "linen":
        return threads(base, 4, 0.12, 0.16)
    speck = grain(size, 1.2).point([205 + v // 5 for v in range(256)])
    return multiply(base, speck, darker(tone, 0.5), 0.6)


def planks(size: tuple[int, int], tone: RGB, rng: Random) -> Image.Image:
    """A wooden top: boards with grain, seen along their length."""
    w, h = size
    board = tones(cloud(size, (640, 13), rng), darker(tone, 0.11), lighter(tone, 0.1))
    draw, y = ImageDraw.Draw(board, "RGBA"), 0.0
    while y < h:
        shade = rng.randint(0, 26)
        step = rng.uniform(90, 170) * (0.5 + 0.9 * y / max(h, 1))
        draw.rectangle((0, y, w, y + step), fill=(*darker(tone, 0.6), shade))
        draw.line((0, y, w, y), fill=(*darker(tone, 0.7), 130), width=3)
        draw.line((0, y + 3, w, y + 3), fill=(*lighter(tone, 0.5), 80), width=2)
        y += step
    pores = cloud(size, (70, 2), rng).point([200 + v // 5 for v in range(256)])
    return multiply(board, pores, darker(tone, 0.4), 0.6)


def from_above(look: Look, rng: Random, kind: str | None = None) -> Image.Image:
    """A surface seen from straight above, with daylight across it."""
    kind = kind or rng.choice(("linen", "linen", "plaster", "plaster", "paper", "boards"))
    tone = rng.choice(
        (look.wall, look.wall, mix(look.wall, look.table, 0.5), mix(look.table, look.light, 0.4))
    )
    if kind == "boards":
        sheet = planks(SIZE, mix(look.table, look.light, 0.2), rng)
    else:
        sheet = clouded(SIZE, (380, 300), rng, darker(tone, 0.07), lighter(tone, 0.16))
        if kind == "linen":
            sheet = threads(sheet, 4, 0.13, 0.16)
        elif kind == "plaster":
            trowel = (
                cloud(SIZE, (260, 26), rng)
                .rotate(rng.choice((0, 180)))
                .point([210 + v // 6 for v in range(256)])
            )
            sheet = multiply(sheet, trowel, darker(tone, 0.4), 0.5)
    if kind == "paper":
        second = mix(tone, rng.choice((look.alt, look.accent2, look.light)), 0.35)
        lean = rng.uniform(-220, 220)
        x = rng.choice((rng.uniform(250, 520), rng.uniform(1080, 1350)))
        side = [
            (x + lean, -4),
            (x - lean, 1204),
            *([(-4, 1204), (-4, -4)] if x < 800 else [(1604, 1204), (1604, -4)]),
        ]
        patch = poly(side)
        paste(sheet, patch.blurred(8).moved(5, 7), darker(tone, 0.7), 0.25)
        sheet.paste(second, (patch.x, patch.y), patch.mask)
    sun = glow(SIZE, (rng.uniform(100, 500), rng.uniform(0, 250)), 1250)
    sheet.paste(lighter(tone, 0.6), (0, 0), fade(sun, 0.4))
    if rng.random() < 0.3:
        bough_shadow(sheet, rng, look)
    return sheet


def put(sheet: Image.Image, sprite: Sprite, x: float, y: float, *, ink: RGB = (40, 24, 22)) -> None:
    """Set a sprite with its foot at (x, y), shadows first."""
    left, top = round(x - sprite.foot[0]), round(y - sprite.foot[1])
    outline = Patch(sprite.layer.alpha, left, top)
    if sprite.stance == "stand":
        s = sprite.spread
        cast = poly(ring(x + s * 0.42, y + s * 0.03, s * 1.4, max(10, s * 0.2), turn=0.03))
        paste(sheet, cast.blurred(max(6, s * 0.1)), ink, 0.36)
        paste(
            sheet, poly(ring(x, y - s * 0.01, s * 1.02, max(5, s * 0.1))).blurred(max(3, s * 0.035)), ink, 0.6
        )
    else:
        high = sprite.height * (1.0 if sprite.stance == "lie" else 1.4)
        paste(sheet, outline.moved(high * 0.5, high * 0.6).blurred(max(3, high * 0.42)), ink, 0.4)
        paste(sheet, outline.moved(high * 0.12, high * 0.16).blurred(max(2, high * 0.12)), ink, 0.34)
    sheet.paste(sprite.layer.rgb, (left, top), sprite.layer.alpha)


def turned(sprite: Sprite, degrees: float) -> Sprite:
    """The sprite rotated clockwise around its middle; its foot becomes the middle."""
    layer = sprite.layer
    turned_layer = Layer(1, 1, (0, 0, 0))
    turned_layer.rgb = layer.rgb.rotate(
        -degrees, Image.Resampling.BILINEAR, expand=True, fillcolor=layer.rgb.getpixel((0, 0))
    )
    turned_layer.alpha = layer.alpha.rotate(-degrees, Image.Resampling.BILINEAR, expand=True)
    turned_layer.size = turned_layer.rgb.size
    middle = (turned_layer.size[0] / 2, turned_layer.size[1] / 2)
    return Sprite(turned_layer, middle, sprite.spread, sprite.stance, sprite.height)


def scaled(sprite: Sprite, factor: float) -> Sprite:
    """The sprite at another size."""
    layer = Layer(1, 1, (0, 0, 0))
    size = (max(1, round(sprite.layer.size[0] * factor)), max(1, round(sprite.layer.size[1] * factor)))
    layer.rgb = sprite.layer.rgb.resize(size, Image.Resampling.BILINEAR, reducing_gap=1.5)
    layer.alpha = sprite.layer.alpha.resize(size, Image.Resampling.BILINEAR, reducing_gap=1.5)
    layer.size = size
    return Sprite(
        layer,
        (sprite.foot[0] * factor, sprite.foot[1] * factor),
        sprite.spread * factor,
        sprite.stance,
        sprite.height * factor,
    )
