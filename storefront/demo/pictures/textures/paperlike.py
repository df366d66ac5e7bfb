"""Washi and turned wood."""

from __future__ import annotations

import math
from random import Random

from PIL import Image, ImageChops

from ..colour import darker, lighter, luminance, mix
from ..palettes import Look
from ..paper import cloud, fade, grain, multiply, stipple, tones
from ..shapes import poly, ring, smooth, strokes

Size = tuple[int, int]


def washi(size: Size, look: Look, rng: Random, scale: float) -> Image.Image:
    """Long fibres and flecks in the sheet; sometimes dip-dyed, sometimes block-printed."""
    kind = rng.choice(("plain", "dip", "print", "print", "leaves"))
    sheet = lighter(look.body, 0.12)
    paper = tones(cloud(size, (scale * 1.2, scale * 1.2), rng), darker(sheet, 0.07), lighter(sheet, 0.3))
    if kind == "dip":
        edge = Image.linear_gradient("L").resize(size)
        wave = ImageChops.add(edge, cloud(size, (scale * 3, scale), rng), 1.4, -50)
        paper.paste(look.accent, (0, 0), fade(stipple(wave, 1.6), 0.85))
    elif kind == "print":
        _block_print(paper, look, rng, scale)
    elif kind == "leaves":
        _leaves(paper, look, rng, scale)
    _fibres(paper, look, rng, scale)
    tooth = grain(size, 1.6).point([190 + v // 4 for v in range(256)])
    return multiply(paper, tooth, (176, 160, 146), 0.5)


def _fibres(paper: Image.Image, look: Look, rng: Random, scale: float) -> None:
    pale = luminance(look.body) > 150
    for colour, count, strength in (
        (darker(look.body, 0.35) if pale else look.light, 46, 0.3),
        (look.light if pale else lighter(look.body, 0.5), 60, 0.6),
        (look.accent2, 14, 0.55),
    ):
        lines = []
        for _ in range(round(count * paper.width * paper.height / (scale * scale * 260)) + 5):
            x, y, a = rng.uniform(0, paper.width), rng.uniform(0, paper.height), rng.uniform(0, math.tau)
            bend, line = rng.uniform(-0.5, 0.5), [(x, y)]
            for _ in range(4):
                x, y, a = x + math.cos(a) * scale * 0.28, y + math.sin(a) * scale * 0.28, a + bend
                line.append((x, y))
            lines.append(smooth(line, n=4))
        patch = strokes(lines, max(1.2, scale * 0.018)).faded(strength)
        paper.paste(colour, (patch.x, patch.y), patch.mask)


def _block_print(paper: Image.Image, look: Look, rng: Random, scale: float) -> None:
    kind, step, lines = rng.choice(("waves", "hemp", "drops", "mountains")), scale * rng.uniform(0.9, 1.4), []
    for row in range(-1, math.ceil(paper.height / (step * 0.5)) + 1):
        for col in range(-1, math.ceil(paper.width / step) + 1):
            x, y = col * step + (step / 2 if row % 2 else 0), row * step * 0.5
            if kind == "waves":
                lines += [
                    ring(
                        x, y + step * 0.5, step * k, step * k, start=math.pi * 1.17, end=math.pi * 1.83, n=14
                    )
                    for k in (0.56, 0.4, 0.24)
                ]
            elif kind == "hemp":
                lines += [
                    [(x, y), (x + math.cos(a) * step * 0.5, y + math.sin(a) * step * 0.5)]
                    for a in (math.pi / 6 + k * math.pi / 3 for k in range(6))
                ]
            elif kind == "drops" and row % 2 == 0:
                lines.append(ring(x, y, step * 0.12, step * 0.2, turn=0.5, n=14))
            elif kind == "mountains" and row % 2 == 0:
                lines.append(
                    [(x - step * 0.5, y + step * 0.3), (x, y - step * 0.2), (x + step * 0.5, y + step * 0.3)]
                )
    patch = strokes(lines, max(1.6, step * 0.05))
    paper.paste(look.accent, (patch.x, patch.y), fade(stipple(patch.mask, 2.2), 0.85))


def _leaves(paper: Image.Image, look: Look, rng: Random, scale: float) -> None:
    for _ in range(max(4, round(paper.width * paper.height / (scale * scale * 22)))):
        x, y, a = rng.uniform(0, paper.width), rng.uniform(0, paper.height), rng.uniform(0, math.tau)
        length = scale * rng.uniform(0.5, 1.0)
        patch = poly(leaf(x, y, a, length, length * 0.22)).faded(rng.uniform(0.45, 0.8))
        colour = mix(rng.choice((look.accent, look.accent2, look.accent3)), look.body, rng.uniform(0.1, 0.4))
        paper.paste(colour, (patch.x, patch.y), patch.mask)
        vein = strokes([[(x, y), (x + math.cos(a) * length, y + math.sin(a) * length)]], max(1, scale * 0.02))
        paper.paste(lighter(look.body, 0.3), (vein.x, vein.y), fade(vein.mask, 0.5))


def leaf(x: float, y: float, angle: float, length: float, width: float) -> list[tuple[float, float]]:
    """The outline of a leaf from its stalk at (x, y)."""
    cos, sin = math.cos(angle), math.sin(angle)
    outline = []
    for side in (1, -1):
        for i in range(11):
            t = i / 10 if side == 1 else 1 - i / 10
            w = side * width * math.sin(math.pi * t**0.8)
            outline.append((x + cos * t * length - sin * w, y + sin * t * length + cos * w))
    return outline


def wood(size: Size, look: Look, rng: Random, scale: float) -> Image.Image:
    """Turned wood: long grain broken by darker rings and the fine lines of the gouge."""
    light, dark = lighter(look.body, 0.2), darker(look.body, 0.28)
    board = tones(cloud(size, (scale * 9, scale * 0.7), rng), mix(look.body, dark, 0.5), light)
    lines = []
    y = -scale
    while y < size[1] + scale:
        swing, phase = rng.uniform(0.1, 0.5) * scale, rng.uniform(0, 6)
        lines.append(
            [
                (x, y + swing * math.sin(x / (scale * 5) + phase) + swing * 0.4 * math.sin(x / (scale * 2.1)))
                for x in range(0, size[0] + 20, 20)
            ]
        )
        y += scale * rng.choice((0.12, 0.18, 0.3, 0.45))
    patch = strokes(lines, max(1.4, scale * 0.035)).faded(0.42)
    board.paste(dark, (patch.x, patch.y), patch.mask)
    pores = cloud(size, (scale * 0.8, max(2, scale * 0.035)), rng)
    board = multiply(board, pores.point([190 + v // 4 for v in range(256)]), dark, 0.7)
    turned = [
        [(0, t), (size[0], t)]
        for t in (size[1] * rng.choice((0.12, 0.2, 0.3)), size[1] * rng.uniform(0.6, 0.9))
    ]
    groove = strokes(turned, max(2, scale * 0.07)).faded(0.75)
    board.paste(darker(look.body, 0.6), (groove.x, groove.y), groove.mask)
    return board
