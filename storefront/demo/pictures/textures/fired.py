"""Clay and glaze."""

from __future__ import annotations

import math
from random import Random

from PIL import Image, ImageChops

from ..colour import darker, lighter, mix
from ..palettes import Look
from ..paper import cloud, fade, grain, multiply, stipple, tones
from ..shapes import poly, polys, ring, smooth, strokes
from .paperlike import leaf

Size = tuple[int, int]


def clay(size: Size, look: Look, rng: Random, scale: float) -> Image.Image:
    """Burnished or painted earthenware: horizontal polish, a smoke cloud, a band of ornament."""
    body = mix(look.body, look.ink, rng.choice((0, 0, 0.12, 0.6)))
    pot = tones(cloud(size, (scale * 6, scale * 0.5), rng), darker(body, 0.2), lighter(body, 0.1))
    smoke = cloud(size, (scale * 6, scale * 4), rng).point([max(0, v - 150) for v in range(256)])
    pot.paste(darker(body, 0.6), (0, 0), stipple(smoke, 1.4))
    polish = cloud(size, (scale * 4, max(2, scale * 0.05)), rng).point([195 + v // 4 for v in range(256)])
    pot = multiply(pot, polish, darker(body, 0.3), 0.7)
    kind = rng.choice(("incised", "painted", "painted", "slip", "bare"))
    paint = rng.choice((look.accent, look.light, mix(look.accent, look.light, 0.5)))
    if kind == "incised":
        _incised(pot, darker(body, 0.62), lighter(body, 0.25), rng, scale)
    elif kind == "painted":
        _painted(pot, paint, look, rng, scale)
    elif kind == "slip":
        _slip(pot, paint, rng, scale)
    speck = grain(size, 0.7).point([255 if v < 22 else 0 for v in range(256)])
    pot.paste(darker(body, 0.5), (0, 0), fade(speck, 0.5))
    return pot


def _incised(pot: Image.Image, dark: tuple, light: tuple, rng: Random, scale: float) -> None:
    w, top = pot.width, pot.height * rng.uniform(0.15, 0.3)
    high, lines = scale * rng.uniform(1.2, 1.9), []
    step = scale * rng.uniform(0.5, 0.8)
    lines += [[(0, top + d), (w, top + d)] for d in (-scale * 0.18, 0, high, high + scale * 0.18)]
    for i in range(math.ceil(w / step) + 1):
        x = i * step
        lines.append([(x, top), (x + step / 2, top + high), (x + step, top)])
        for k in range(1, 4):
            lines.append(
                [
                    (x + step * 0.5 * k / 4, top + high * k / 4),
                    (x + step * (1 - 0.5 * k / 4), top + high * k / 4),
                ]
            )
    cut = strokes(lines, max(2, scale * 0.045))
    pot.paste(light, (cut.x + 2, cut.y + 2), cut.mask)
    pot.paste(dark, (cut.x, cut.y), cut.mask)


def _painted(pot: Image.Image, paint: tuple, look: Look, rng: Random, scale: float) -> None:
    w, middle = pot.width, pot.height * rng.uniform(0.35, 0.55)
    step, shapes, dots = scale * rng.uniform(1.4, 2.0), [], []
    flower = rng.random() < 0.55
    for i in range(math.ceil(w / step) + 1):
        x = i * step + step * 0.3
        if flower:
            r = scale * 0.55
            for k in range(7):
                a = k * math.tau / 7
                shapes.append(
                    leaf(x + math.cos(a) * r * 0.3, middle + math.sin(a) * r * 0.3, a, r * 0.75, r * 0.2)
                )
            dots.append(ring(x, middle, r * 0.2, r * 0.2, n=16))
            for side in (-1, 1):
                shapes.append(leaf(x + step / 2, middle, math.pi / 2 * side + 0.5, scale * 0.7, scale * 0.16))
        else:
            for side in (-1, 1):
                for k in range(4):
                    shapes.append(
                        leaf(x + step * 0.2 * k, middle, side * (0.9 + k * 0.06), scale * 0.62, scale * 0.1)
                    )
        dots += [
            ring(x + step * f, middle + s * scale * 1.25, scale * 0.08, scale * 0.08, n=10)
            for f in (0, 0.25, 0.5, 0.75)
            for s in (-1, 1)
        ]
    brush = polys(shapes)
    pot.paste(paint, (brush.x, brush.y), fade(brush.mask, 0.92))
    spots = polys(dots)
    pot.paste(mix(look.accent2, paint, 0.35), (spots.x, spots.y), spots.mask)
    lines = strokes(
        [[(0, middle + s * scale * d), (w, middle + s * scale * d)] for s in (-1, 1) for d in (1.0, 1.5)],
        max(2, scale * 0.07),
    )
    pot.paste(paint, (lines.x, lines.y), fade(lines.mask, 0.85))


def _slip(pot: Image.Image, paint: tuple, rng: Random, scale: float) -> None:
    """Dipped in pale slip down to a wavering line."""
    w, level, phase = pot.width, pot.height * rng.uniform(0.3, 0.6), rng.uniform(0, 6)
    edge = [
        (x, level + scale * (0.3 * math.sin(x / scale * 0.7 + phase) + 0.16 * math.sin(x / scale * 2.3)))
        for x in range(0, w + 16, 16)
    ]
    dip = poly([(0, -4), (w, -4), *reversed(edge)])
    pot.paste(paint, (dip.x, dip.y), fade(dip.mask, 0.93))


def celadon(size: Size, look: Look, rng: Random, scale: float) -> Image.Image:
    """Glaze that pools and crackles; carved petals, a brushed spray or nothing."""
    glaze = look.body if not look.dark_body else lighter(look.body, 0.15)
    depth = ImageChops.add(
        Image.linear_gradient("L").resize(size), cloud(size, (scale * 4, scale * 3), rng), 2
    )
    pot = tones(depth, lighter(glaze, 0.28), darker(glaze, 0.16))
    kind = rng.choice(("carved", "brushed", "brushed", "plain", "dripped"))
    if kind == "carved":
        _carved(pot, darker(glaze, 0.3), lighter(glaze, 0.35), rng, scale)
    elif kind == "brushed":
        _brushed(pot, mix(look.accent, look.ink, 0.25) if not look.dark_body else look.light, rng, scale)
    elif kind == "dripped":
        _dripped(pot, look.alt, rng, scale)
    _crackle(pot, darker(glaze, 0.5), rng, scale * rng.uniform(0.6, 0.9))
    return pot


def _carved(pot: Image.Image, dark: tuple, light: tuple, rng: Random, scale: float) -> None:
    step, high = scale * rng.uniform(1.0, 1.4), pot.height * rng.uniform(0.5, 0.75)
    lines = []
    for i in range(-1, math.ceil(pot.width / step) + 1):
        x = i * step
        for inset in (0, 0.16):
            petal = [
                (x + step * inset, pot.height),
                (x + step * (0.04 + inset), pot.height - high * 0.7),
                (x + step / 2, pot.height - high * (1 - inset)),
                (x + step * (0.96 - inset), pot.height - high * 0.7),
                (x + step * (1 - inset), pot.height),
            ]
            lines.append(smooth(petal, n=6))
    cut = strokes(lines, max(2, scale * 0.06))
    pot.paste(light, (cut.x + 3, cut.y + 2), fade(cut.mask, 0.6))
    pot.paste(dark, (cut.x, cut.y), fade(cut.mask, 0.8))


def _brushed(pot: Image.Image, paint: tuple, rng: Random, scale: float) -> None:
    """A few strokes: grass, bamboo or an orchid."""
    for _ in range(max(2, round(pot.width / (scale * 4.2)))):
        x, base = rng.uniform(0, pot.width), pot.height * rng.uniform(0.78, 0.95)
        blades, stems = [], []
        for _ in range(rng.randint(4, 7)):
            a, length = -math.pi / 2 + rng.uniform(-0.8, 0.8), pot.height * rng.uniform(0.3, 0.6)
            blades.append(leaf(x + rng.uniform(-6, 6), base, a, length, length * 0.05))
            tip = (x + math.cos(a) * length * 0.9, base + math.sin(a) * length * 0.9)
            stems.append(ring(*tip, scale * 0.09, scale * 0.09, n=10))
        brush = polys(blades + stems[:3])
        pot.paste(paint, (brush.x, brush.y), fade(brush.mask, 0.72))


def _dripped(pot: Image.Image, paint: tuple, rng: Random, scale: float) -> None:
    level, edge = pot.height * rng.uniform(0.25, 0.4), []
    x = 0.0
    while x < pot.width + scale * 2:
        edge.append((x, level + rng.uniform(-0.15, 0.15) * scale))
        if rng.random() < 0.45:
            long = scale * rng.uniform(0.5, 1.6)
            edge += [
                (x + scale * 0.16, level + long * 0.7),
                (x + scale * 0.3, level + long),
                (x + scale * 0.44, level + long * 0.7),
            ]
            x += scale * 0.6
        x += scale * rng.uniform(0.4, 1.0)
    drip = poly([(-2, -4), *smooth(edge, n=6), (pot.width + 4, -4)])
    soft = drip.blurred(max(1.5, scale * 0.03))
    pot.paste(paint, (soft.x, soft.y), fade(soft.mask, 0.8))


def _crackle(pot: Image.Image, colour: tuple, rng: Random, step: float) -> None:
    cols, rows = math.ceil(pot.width / step) + 2, math.ceil(pot.height / step) + 2
    nodes = [
        [
            ((c - 0.5 + rng.uniform(-0.42, 0.42)) * step, (r - 0.5 + rng.uniform(-0.42, 0.42)) * step)
            for c in range(cols)
        ]
        for r in range(rows)
    ]
    lines = []
    for r in range(rows - 1):
        for c in range(cols - 1):
            if rng.random() < 0.72:
                lines.append([nodes[r][c], nodes[r][c + 1]])
            if rng.random() < 0.72:
                lines.append([nodes[r][c], nodes[r + 1][c]])
            if rng.random() < 0.22:
                lines.append([nodes[r][c], nodes[r + 1][c + 1]])
    net = strokes(lines, max(1.0, step * 0.022)).faded(0.46)
    pot.paste(colour, (net.x, net.y), net.mask)
