"""Basket, leaf-fibre cloth and looped net: what is plaited, stitched and knotted."""

from __future__ import annotations

import math
from random import Random

from PIL import Image, ImageDraw

from ..colour import RGB, darker, jitter, lighter, mix
from ..palettes import Look
from ..paper import clouded, grain, multiply, tiled
from ..shapes import ring, strokes

Size = tuple[int, int]
NEAREST = Image.Resampling.NEAREST


def basket(size: Size, look: Look, rng: Random, scale: float) -> Image.Image:
    """Split cane over and under, plain or twilled, with dyed bands."""
    cell = max(5, round(scale * rng.uniform(0.24, 0.36)))
    cols, rows = size[0] // cell + 2, size[1] // cell + 2
    twill = rng.choice((2, 2, 3, 4))
    natural = mix(look.body, (226, 188, 126), 0.62 if look.dark_body else 0.4)
    weft = [jitter(natural, rng, light=0.05) for _ in range(rows)]
    warp = [jitter(darker(natural, 0.16), rng, light=0.04) for _ in range(cols)]
    for _ in range(rng.randint(1, 3)):
        start, colour = rng.randrange(rows), rng.choice((look.accent, look.ink, look.alt, look.accent2))
        for row in range(start, min(rows, start + rng.choice((1, 2, 3)))):
            weft[row] = jitter(colour, rng)
    if rng.random() < 0.4:
        gap = rng.randint(3, 7)
        warp = [jitter(look.accent2, rng) if i % gap == 0 else c for i, c in enumerate(warp)]
    over = [(i + j) % twill < max(1, twill // 2) for j in range(twill) for i in range(twill)]
    pixels = [
        weft[j] if over[(j % twill) * twill + i % twill] else warp[i]
        for j in range(rows)
        for i in range(cols)
    ]
    draft = Image.new("RGB", (cols, rows))
    draft.putdata(pixels)
    cloth = draft.resize((cols * cell, rows * cell), NEAREST).crop((0, 0, *size))
    return _cane(cloth, cell, over, twill)


def _cane(cloth: Image.Image, cell: int, over: list[bool], twill: int) -> Image.Image:
    """Round every strand and darken where it dives under its neighbour."""
    tile = Image.new("L", (cell * twill, cell * twill))
    for j in range(twill):
        for i in range(twill):
            flat = over[j * twill + i]
            piece = bytearray()
            before, after = over[j * twill + (i - 1) % twill], over[j * twill + (i + 1) % twill]
            above, below = over[((j - 1) % twill) * twill + i], over[((j + 1) % twill) * twill + i]
            for y in range(cell):
                for x in range(cell):
                    along, across = (x, y) if flat else (y, x)
                    first, last = (not before, not after) if flat else (above, below)
                    value = 1 - 0.5 * abs((across + 0.5) / cell * 2 - 0.86) ** 3
                    edge = min((along + 0.5) / cell if first else 1, 1 - (along + 0.5) / cell if last else 1)
                    value *= 0.55 + 0.45 * min(1, edge * 2.6)
                    piece.append(max(0, min(255, round(255 * value))))
            tile.paste(Image.frombytes("L", (cell, cell), bytes(piece)), (i * cell, j * cell))
    shaded = multiply(cloth, tiled(tile, cloth.size), (52, 28, 20))
    fibre = grain(cloth.size, 0.8).point([215 + v // 6 for v in range(256)])
    return multiply(shaded, fibre, (150, 110, 80), 0.5)


def pina(size: Size, look: Look, rng: Random, scale: float) -> Image.Image:
    """A pale, open cloth of leaf fibre with small embroidered sprigs."""
    pale = lighter(look.body, 0.45 if not look.dark_body else 0.2)
    cloth = clouded(size, (scale * 3, scale * 5), rng, darker(pale, 0.1), lighter(pale, 0.3))
    pitch = max(4, round(scale / 8))
    hole = Image.new("L", (pitch, pitch), 255)
    d = ImageDraw.Draw(hole)
    d.rectangle((1, 1, pitch - 2, pitch - 2), fill=188)
    cloth = multiply(cloth, tiled(hole, size), darker(pale, 0.5))
    for _ in range(rng.randint(2, 5)):
        _open_band(cloth, look, rng, scale)
    stitch = mix(look.accent, look.body, 0.25)
    step = scale * rng.uniform(1.9, 2.6)
    for row in range(math.ceil(size[1] / step) + 1):
        for col in range(math.ceil(size[0] / step) + 1):
            cx = col * step + (step / 2 if row % 2 else 0)
            _sprig(cloth, cx, row * step, step * 0.26, rng.choice((stitch, stitch, look.light)), rng)
    return cloth


def _open_band(cloth: Image.Image, look: Look, rng: Random, scale: float) -> None:
    draw = ImageDraw.Draw(cloth, "RGBA")
    x = rng.uniform(0, cloth.width)
    for k in range(rng.randint(2, 4)):
        colour = (*rng.choice((look.accent, look.accent2, look.light)), 110)
        draw.rectangle(
            (x + k * scale * 0.3, 0, x + k * scale * 0.3 + scale * 0.13, cloth.height), fill=colour
        )


def _sprig(cloth: Image.Image, cx: float, cy: float, r: float, colour: RGB, rng: Random) -> None:
    turn = rng.uniform(-0.4, 0.4)
    lines = []
    for k in range(5):
        a = turn + k * math.tau / 5
        lines.append(
            ring(cx + math.cos(a) * r * 0.55, cy + math.sin(a) * r * 0.55, r * 0.42, r * 0.2, turn=a, n=14)
        )
    lines.append([(cx, cy), (cx - r * 0.2, cy + r * 1.1), (cx + r * 0.1, cy + r * 1.7)])
    patch = strokes(lines, max(1.6, r * 0.13))
    cloth.paste(colour, (patch.x, patch.y), patch.mask)


def looped(size: Size, look: Look, rng: Random, scale: float) -> Image.Image:
    """Looped twine: interlocking loops in dyed bands and diamonds."""
    cell = max(8, round(scale * rng.uniform(0.3, 0.4)))
    cols, rows = size[0] // cell + 2, size[1] // cell + 2
    hues = [look.body, look.alt, look.accent, look.accent2, look.body, look.accent3]
    draft = Image.new("RGB", (cols, rows))
    period, kind = rng.randint(10, 18), rng.choice(("bands", "diamonds", "steps"))
    wave = [rng.choice(hues) for _ in range(period)]
    for j in range(rows):
        for i in range(cols):
            k = {
                "bands": j,
                "diamonds": j + abs(i % (period * 2) - period),
                "steps": j + abs(i % 12 - 6) // 2,
            }[kind]
            draft.putpixel((i, j), jitter(wave[k // 2 % period], rng, light=0.03))
    twine = draft.resize((cols * cell, rows * cell), NEAREST).crop((0, 0, *size))
    tile = _loop_tile(cell)
    deep = Image.new("RGB", size, darker(look.body, 0.72))
    cloth = Image.composite(twine, deep, tiled(tile.point([min(255, v * 3) for v in range(256)]), size))
    return multiply(cloth, tiled(tile, size), (60, 36, 36))


def _loop_tile(cell: int) -> Image.Image:
    """One loop that hooks into its neighbours on all sides, rounded by its grey value."""
    tile = Image.new("L", (cell, cell), 0)
    for width, grey in ((0.3, 120), (0.2, 200), (0.1, 255)):
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                x, y = cell * (dx + 0.5), cell * (dy + 0.5)
                legs = [
                    ring(x, y - cell * 0.1, cell * 0.36, cell * 0.42, start=math.pi, end=math.tau, n=14),
                    [(x - cell * 0.36, y - cell * 0.1), (x - cell * 0.14, y + cell * 0.62)],
                    [(x + cell * 0.36, y - cell * 0.1), (x + cell * 0.14, y + cell * 0.62)],
                ]
                patch = strokes(legs, cell * width)
                tile.paste(grey, (patch.x, patch.y), patch.mask)
    return tile
