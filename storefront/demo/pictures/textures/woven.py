"""Loom cloth: indigo and resist, highland bands, and the tooth of threads."""

from __future__ import annotations

import math
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from ..colour import RGB, WHITE, darker, lighter
from ..palettes import Look
from ..paper import cloud, clouded, multiply, tiled
from ..shapes import ring, strokes

Size = tuple[int, int]
NEAREST = Image.Resampling.NEAREST


def threads(image: Image.Image, pitch: float, depth: float = 0.22, slub: float = 0.5) -> Image.Image:
    """Lay the tooth of a plain weave over *image*: *pitch* the thread in pixels, *slub* its unevenness."""
    p = max(3, round(pitch))
    cell = Image.new("L", (p * 2, p * 2), 255)
    d = ImageDraw.Draw(cell)
    for x, y in ((0, 0), (p, p)):
        d.rectangle((x, y, x + p - 1, y + p - 1), fill=205)
    d.line((0, p - 1, p * 2, p - 1), fill=170)
    d.line((p - 1, 0, p - 1, p * 2), fill=185)
    shade = tiled(cell, image.size)
    worn = multiply(image, shade, darker(WHITE, 0.75), depth * 2)
    uneven = cloud(image.size, (p * 60, p * 1.4), Random(p))
    return multiply(worn, uneven.point([205 + v // 5 for v in range(256)]), (120, 105, 110), slub)


def pixel_rows(pattern: Image.Image, size: Size, cell: float) -> Image.Image:
    """Blow a small woven draft up to *size*, one pixel to one *cell*, repeating it if needed."""
    cols, rows = math.ceil(size[0] / cell), math.ceil(size[1] / cell)
    draft = tiled(pattern, (cols, rows))
    return draft.resize((round(cols * cell), round(rows * cell)), NEAREST).crop((0, 0, *size))


def indigo(size: Size, look: Look, rng: Random, scale: float) -> Image.Image:
    """Indigo and resist: ikat diamonds, stripes, kasuri crosses or tied rings."""
    kind = rng.choice(("ikat", "ikat", "stripes", "kasuri", "tied"))
    ground = clouded(size, (scale * 4, scale * 4), rng, darker(look.body, 0.12), lighter(look.body, 0.08))
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    if kind == "ikat":
        _ikat(draw, size, rng, scale * rng.uniform(1.6, 2.3))
        mask = _feather(mask, rng, scale)
    elif kind == "kasuri":
        _kasuri(draw, size, rng, scale * 0.9)
        mask = _feather(mask, rng, scale * 0.5)
    elif kind == "tied":
        mask = _tied(size, rng, scale * 1.5)
    else:
        _resist_stripes(draw, size, rng, scale)
        mask = _feather(mask, rng, scale * 0.3)
    ground.paste(look.accent, (0, 0), mask)
    _selvedge(ground, look, rng, scale)
    return threads(ground, scale / 14)


def _ikat(draw: ImageDraw.ImageDraw, size: Size, rng: Random, step: float) -> None:
    wide, high = step, step * rng.uniform(1.2, 1.7)
    rings = rng.choice((2, 3))
    for col in range(-1, math.ceil(size[0] / wide) + 1):
        for row in range(-1, math.ceil(size[1] / high) + 1):
            cx, cy = col * wide + wide / 2, row * high + (high / 2 if col % 2 else 0)
            for k in range(rings * 2, 0, -1):
                f = k / (rings * 2) * 0.47
                fill = 235 if k % 2 == 0 else 0
                draw.polygon(
                    [(cx - wide * f, cy), (cx, cy - high * f), (cx + wide * f, cy), (cx, cy + high * f)],
                    fill=fill,
                )


def _kasuri(draw: ImageDraw.ImageDraw, size: Size, rng: Random, step: float) -> None:
    arm, thick = step * 0.26, step * 0.07
    for row in range(math.ceil(size[1] / step) + 1):
        for col in range(math.ceil(size[0] / step) + 1):
            cx, cy = col * step + (step / 2 if row % 2 else 0), row * step + step / 2
            draw.rectangle((cx - arm, cy - thick, cx + arm, cy + thick), fill=230)
            draw.rectangle((cx - thick, cy - arm, cx + thick, cy + arm), fill=230)
            if row % 2 == 0:
                draw.rectangle(
                    (cx + step / 2 - thick, cy - thick, cx + step / 2 + thick, cy + thick), fill=200
                )


def _tied(size: Size, rng: Random, step: float) -> Image.Image:
    mask, hand = Image.new("L", size), step / 36
    for k, strength in ((0.42, 0.8), (0.27, 0.6), (0.1, 1.0)):
        rings = []
        for row in range(math.ceil(size[1] / step) + 1):
            for col in range(math.ceil(size[0] / step) + 1):
                cx, cy = col * step + (step / 2 if row % 2 else 0), row * step
                rings.append(
                    [
                        (x + rng.uniform(-hand, hand), y + rng.uniform(-hand, hand))
                        for x, y in ring(cx, cy, step * k, step * k, n=22)
                    ]
                )
        patch = strokes(rings, max(2, step * 0.045)).faded(strength)
        mask.paste(255, (patch.x, patch.y), patch.mask)
    return mask.filter(ImageFilter.GaussianBlur(max(1, step * 0.012)))


def _resist_stripes(draw: ImageDraw.ImageDraw, size: Size, rng: Random, scale: float) -> None:
    x, unit = 0.0, scale / 9
    group = [rng.choice((1, 1, 2, 3, 5, 8)) * unit for _ in range(rng.randint(6, 10))]
    index = 0
    while x < size[0]:
        width = group[index % len(group)]
        if index % 2:
            draw.rectangle((x, 0, x + width, size[1]), fill=235)
            if width > unit * 4:
                for y in range(0, size[1], round(unit * 5)):
                    draw.rectangle((x + width * 0.3, y, x + width * 0.7, y + unit * 2.4), fill=0)
        x += width + unit * 0.6
        index += 1


def _feather(mask: Image.Image, rng: Random, scale: float) -> Image.Image:
    """Shift the warp threads against each other: the soft edge of ikat."""
    width = max(2, round(scale / 22))
    reach = scale * 0.16
    soft = Image.new("L", mask.size)
    drift = 0.0
    for x in range(0, mask.width, width):
        drift = drift * 0.6 + rng.uniform(-reach, reach) * 0.55
        soft.paste(mask.crop((x, 0, x + width, mask.height)), (x, round(drift)))
    return soft.filter(ImageFilter.BoxBlur(max(0.6, scale / 90)))


def _selvedge(cloth: Image.Image, look: Look, rng: Random, scale: float) -> None:
    if rng.random() < 0.45:
        draw = ImageDraw.Draw(cloth)
        x = rng.uniform(0.1, 0.3) * cloth.width
        for offset, colour in ((0, look.accent2), (scale * 0.5, look.alt), (scale * 0.62, look.accent3)):
            draw.rectangle(
                (x + offset, 0, x + offset + scale * rng.uniform(0.06, 0.3), cloth.height), fill=colour
            )


def highland(size: Size, look: Look, rng: Random, scale: float) -> Image.Image:
    """Bands of stepped diamonds, zigzags and stripes, thread by thread."""
    cell = max(2.0, scale / 11)
    cols, rows = math.ceil(size[0] / cell), math.ceil(size[1] / cell)
    draft = Image.new("RGB", (cols, rows), look.body)
    draw = ImageDraw.Draw(draft)
    hues = [look.accent, look.accent2, look.accent3, look.alt, look.light]
    y = rng.randint(-6, 0)
    while y < rows:
        kind = rng.choice(("plain", "diamonds", "zigzag", "stripes", "hooks", "diamonds", "stripes"))
        high = {
            "plain": rng.randint(5, 14),
            "stripes": rng.randint(5, 10),
            "zigzag": 9,
            "hooks": 11,
            "diamonds": rng.choice((13, 17)),
        }[kind]
        _band(draw, kind, y, high, cols, hues, look, rng)
        y += high
    wide = draft.resize((round(cols * cell), round(rows * cell)), NEAREST).crop((0, 0, *size))
    return threads(wide, cell, 0.2)


def _band(
    draw: ImageDraw.ImageDraw,
    kind: str,
    y: int,
    high: int,
    cols: int,
    hues: list[RGB],
    look: Look,
    rng: Random,
) -> None:
    ground = rng.choice((look.body, look.body, look.alt, look.ink))
    a, b = rng.sample(hues, 2)
    draw.rectangle((0, y, cols, y + high - 1), fill=ground)
    if kind == "stripes":
        for row in range(y, y + high):
            if rng.random() < 0.65:
                draw.line((0, row, cols, row), fill=rng.choice(hues))
    elif kind == "zigzag":
        for x in range(cols):
            top = y + 1 + abs((x % 12) - 6) // 1
            draw.line((x, top, x, top + 1), fill=a)
            draw.point((x, top + 3 if top + 3 < y + high else top), fill=b)
    elif kind in ("diamonds", "hooks"):
        half = high // 2
        step = half * 2 + (2 if kind == "diamonds" else 4)
        for start in range(-step, cols + step, step):
            for dx in range(-half, half + 1):
                for dy in range(-half, half + 1):
                    reach = abs(dx) + abs(dy)
                    if kind == "diamonds":
                        colour = (a, None, b, b)[min(3, (half - reach) // 2)] if reach <= half else None
                    else:
                        on = (
                            reach == half - 1
                            or (dy == 0 and abs(dx) < 3)
                            or (dx == abs(dy) - 2 and reach < half - 2)
                        )
                        colour = a if on else None
                    if colour:
                        draw.point((start + dx, y + half + dy), fill=colour)
    if kind != "plain":
        draw.line((0, y, cols, y), fill=b)
