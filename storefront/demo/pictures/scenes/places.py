"""Indoors: the loom, the workshop, a pair of hands."""

from __future__ import annotations

import math
from random import Random

from PIL import Image

from ..colour import darker, lighter, luminance, mix
from ..paper import cloud, fade, glow, multiply, stipple, vertical
from ..shapes import Patch, poly, polys, ring, smooth, strokes, warp
from ..stage import paste, planks
from ..textures import CRAFTS, texture
from ..textures.paperlike import leaf
from .parts import H, Tones, W, land, ridge, trees
from .village import pots


def plain_room(t: Tones, rng: Random, floor: float) -> Image.Image:
    """Plastered wall, plank floor and a window with the hills outside."""
    wall = mix(t.look.wall, (226, 206, 176), 0.3)
    sheet = vertical((W, H), darker(wall, 0.12), lighter(wall, 0.18))
    sheet = multiply(
        sheet,
        cloud((W, H), (300, 220), rng).point([195 + v // 5 for v in range(256)]),
        darker(wall, 0.4),
        0.5,
    )
    sheet.paste(planks((W, H - round(floor)), mix(t.look.table, (150, 106, 70), 0.4), rng), (0, round(floor)))
    haze = Image.linear_gradient("L").resize((W, 120))
    sheet.paste(darker(wall, 0.6), (0, round(floor) - 120), fade(haze, 0.25))
    return sheet


def window(sheet: Image.Image, t: Tones, rng: Random, x: float, y: float, w: float, h: float) -> None:
    view = vertical((W, H), t.sky, t.low)
    paste(view, poly(ring(x + w * rng.uniform(0.3, 0.7), y + h * 0.3, h * 0.13, h * 0.13)), t.sun)
    for k in range(3):
        top = [
            (px, y + h * (0.5 + 0.15 * k) + (py - 600) * 0.35)
            for px, py in ridge(rng, 600, 120, 420 + 100 * k, sharp=0.3)
        ]
        land(view, top, t.far(0.2 + 0.2 * k), rng, haze=t.far(0.1), grain=0.3)
    trees(
        view,
        [(x + w * f, y + h * 1.02, h * rng.uniform(0.3, 0.5)) for f in (0.1, 0.3, 0.82)],
        t.far(0.7),
        rng,
        "round",
    )
    pane = poly([(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
    sheet.paste(
        view.crop((pane.x, pane.y, pane.x + pane.mask.width, pane.y + pane.mask.height)),
        (pane.x, pane.y),
        pane.mask,
    )
    frame = mix(t.deep, (130, 92, 62), 0.5)
    bars = [
        [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)],
        [(x + w / 2, y), (x + w / 2, y + h)],
        [(x, y + h * 0.5), (x + w, y + h * 0.5)],
    ]
    paste(sheet, strokes(bars, 14), frame)
    paste(sheet, strokes([[(x - 26, y + h + 10), (x + w + 26, y + h + 10)]], 26), lighter(frame, 0.15))
    beam = poly([(x + 40, y + h + 200), (x + w + 60, y + h + 200), (x + w + 420, H), (x + 300, H)]).blurred(
        30
    )
    paste(sheet, beam, (255, 238, 196), 0.26)


def cloth_on(sheet: Image.Image, craft: str, t: Tones, rng: Random, quad: list, scale: float) -> Patch:
    skin = texture(craft, (700, 700), t.look, scale)
    patch = poly(quad)
    size = (patch.x + patch.mask.width, patch.y + patch.mask.height)
    bent = warp(skin, quad, size)
    sheet.paste(bent.crop((patch.x, patch.y, *size)), (patch.x, patch.y), patch.mask)
    return patch


def yarn(sheet: Image.Image, t: Tones, rng: Random, x: float, y: float, r: float) -> None:
    tone = rng.choice(t.cloth)
    paste(sheet, poly(ring(x + r * 0.3, y + r * 0.92, r * 1.1, r * 0.22)).blurred(6), t.look.ink, 0.4)
    disc = poly(ring(x, y, r, r))
    paste(sheet, disc, tone)
    wraps = [
        ring(x, y, r, r * k / 5, turn=turn, start=0, end=math.pi, n=16)
        for turn in (0.4, 1.9)
        for k in range(-4, 5)
    ]
    paste(sheet, strokes(wraps, 2).within(disc), darker(tone, 0.5), 0.4)
    paste(
        sheet,
        Patch(disc.mask, disc.x + round(r * 0.5), disc.y + round(r * 0.5)).within(disc),
        t.look.ink,
        0.22,
    )


def shelf(sheet: Image.Image, t: Tones, rng: Random, x: float, y: float, w: float) -> None:
    timber = mix(t.deep, (132, 92, 60), 0.6)
    for row in range(3):
        sy = y + row * 190
        k = x + 40
        while k < x + w - 60:
            kind = rng.choice(("pot", "folded", "yarn", "folded", "box"))
            if kind == "pot":
                pots(sheet, t, rng, k + 30, sy - 6, rng.uniform(28, 38), 1)
                k += 90
            elif kind == "yarn":
                yarn(sheet, t, rng, k + 30, sy - 38, 32)
                k += 78
            else:
                wide = rng.uniform(80, 120)
                for layer in range(rng.randint(2, 4)):
                    tone = mix(rng.choice(t.cloth), t.look.wall, 0.1)
                    ly = sy - 8 - layer * 25
                    slab = poly([(k, ly), (k + wide, ly), (k + wide - 2, ly - 23), (k + 2, ly - 23)])
                    paste(sheet, slab, tone)
                    paste(sheet, strokes([[(k + 4, ly - 3), (k + wide - 4, ly - 3)]], 4), t.look.ink, 0.25)
                k += wide + 22
        paste(sheet, strokes([[(x, sy + 4), (x + w, sy + 4)]], 20), timber)
        paste(sheet, strokes([[(x + 6, sy + 22), (x + w, sy + 22)]], 12).blurred(6), t.look.ink, 0.3)


def workshop_room(t: Tones, rng: Random) -> Image.Image:
    """A long bench, shelves, a hanging lamp and two people at work."""
    sheet = plain_room(t, rng, 900)
    side = rng.choice((0, 1))
    window(sheet, t, rng, 690, 130, 540, 450)
    shelf(sheet, t, rng, 80, 300, 500)
    shelf(sheet, t, rng, 1340, 300, 500)
    lx = 960 + rng.uniform(-60, 60)
    paste(sheet, strokes([[(lx, 0), (lx, 150)]], 4), t.deep)
    sheet.paste((255, 226, 160), (0, 0), fade(glow((W, H), (lx, 220), 430), 0.5))
    shade = poly([(lx - 44, 150), (lx + 44, 150), (lx + 120, 240), (lx - 120, 240)])
    paste(sheet, shade, mix(t.look.accent, (230, 190, 130), 0.5))
    for k, x in enumerate((560, 1330)):
        _seated(sheet, t, rng, x + rng.uniform(-50, 50), 1040, 1 if k == 0 else -1)
    bench = planks((1660, 66), mix(t.look.table, (150, 104, 68), 0.5), rng)
    paste(sheet, poly(ring(960, 1240, 860, 40)).blurred(22), t.look.ink, 0.4)
    legs = strokes(
        [[(x, 1050), (x + s * 30, 1262)] for x, s in ((250, -1), (1670, 1), (420, -1), (1500, 1))], 34
    )
    paste(sheet, legs, mix(t.deep, (110, 76, 50), 0.5))
    sheet.paste(bench, (130, 1000))
    paste(sheet, poly([(130, 1066), (1790, 1066), (1790, 1092), (130, 1092)]), darker(t.look.table, 0.5))
    for x in (270, 900, 1010, 1590):
        pots(sheet, t, rng, x + rng.uniform(-20, 20), 1028, rng.uniform(34, 54), rng.choice((1, 2)))
    for x in (760, 1180) if side else (720, 1150):
        yarn(sheet, t, rng, x, 1000, 34)
    brushes = [[(1120 + k * 14, 1010), (1108 + k * 22, 880 + rng.uniform(0, 40))] for k in range(4)]
    paste(sheet, strokes(brushes, 7), mix(t.look.accent3, (150, 106, 70), 0.5))
    paste(
        sheet,
        poly([(1096, 1028), (1176, 1028), (1182, 950), (1090, 950)]),
        mix(t.look.body, t.look.table, 0.3),
    )
    return sheet


def _seated(sheet: Image.Image, t: Tones, rng: Random, x: float, y: float, face: int) -> None:
    """A person behind the bench, bent over a piece."""
    shirt, skin = (
        mix(rng.choice(t.cloth), t.deep, 0.12),
        rng.choice(((176, 120, 84), (146, 96, 66), (198, 146, 110), (120, 78, 56))),
    )
    hair = rng.choice(((44, 34, 36), (60, 52, 52), (150, 144, 140)))
    body = poly(
        smooth(
            [
                (x - 66, y - 330),
                (x + 66, y - 330),
                (x + 150, y - 240),
                (x + 160, y + 20),
                (x - 160, y + 20),
                (x - 150, y - 240),
            ],
            closed=True,
        )
    )
    paste(sheet, body, shirt)
    paste(
        sheet, Patch(body.mask, body.x + 110, body.y).within(body).blurred(18).within(body), t.look.ink, 0.22
    )
    apron = poly([(x - 76, y - 230), (x + 76, y - 230), (x + 100, y + 10), (x - 100, y + 10)])
    paste(sheet, apron.within(body), mix(t.look.light, t.look.table, 0.3))
    paste(sheet, poly(ring(x + face * 14, y - 330, 34, 50)), skin)
    head = poly(ring(x + face * 22, y - 410, 66, 80, turn=face * 0.12))
    paste(sheet, head, skin)
    if rng.random() < 0.5:
        paste(
            sheet,
            poly(
                [
                    *ring(x + face * 16, y - 422, 74, 82, start=math.pi * 0.98, end=math.pi * 2.02),
                    (x + face * 16, y - 446),
                ]
            ),
            rng.choice(t.cloth),
        )
        paste(
            sheet, poly(leaf(x - face * 50, y - 430, math.pi / 2 + face * 0.5, 90, 22)), rng.choice(t.cloth)
        )
    else:
        paste(
            sheet,
            poly(
                [
                    *ring(x + face * 16, y - 424, 74, 80, start=math.pi * 0.95, end=math.pi * 2.05),
                    (x + face * 30, y - 460),
                ]
            ),
            hair,
        )
        paste(sheet, poly(ring(x - face * 46, y - 470, 34, 32)), hair)
    for s in (-1, 1):
        arm = smooth([(x + s * 128, y - 230), (x + s * 172, y - 110), (x + s * 70 + face * 40, y - 60)])
        paste(sheet, strokes([arm], 56), darker(shirt, 0.12))
        paste(sheet, poly(ring(x + s * 58 + face * 42, y - 56, 30, 24)), skin)
    pots(sheet, t, rng, x + face * 42, y - 14, 52, 1)


def hands(t: Tones, rng: Random) -> Image.Image:
    """Two hands at work on a patterned surface, close."""
    craft = rng.choice(
        ("indigo-weaving", "highland-weaving", "basketry", "fibre-weaving", "looping", "shell-inlay")
    )
    base = mix(t.look.wall, t.look.table, 0.35)
    sheet = planks((W, H), base, rng)
    cloth = cloth_on(
        sheet,
        craft if craft in CRAFTS else "basketry",
        t,
        rng,
        [(330, 130), (1590, 130), (1780, 1050), (140, 1050)],
        74,
    )
    paste(
        sheet,
        Patch(Image.linear_gradient("L").resize(cloth.mask.size), cloth.x, cloth.y).within(cloth),
        t.look.ink,
        0.2,
    )
    skin = rng.choice(((178, 122, 86), (150, 100, 70), (200, 148, 112), (124, 82, 60)))
    sleeve = rng.sample(t.cloth, 2)
    for s in (-1, 1):
        _hand(sheet, t, rng, 960 + s * 330, 690 + rng.uniform(-30, 30), s, skin, sleeve)
    thread = smooth([(1130, 560), (1010, 500), (930, 560), (830, 520), (700, 420), (560, 300)])
    paste(
        sheet,
        strokes([thread], 6),
        lighter(t.look.accent, 0.3) if luminance(t.look.body) < 140 else t.look.accent3,
    )
    sheet.paste((255, 240, 206), (0, 0), fade(glow((W, H), (420, 120), 1000), 0.3))
    return sheet


def _hand(
    sheet: Image.Image, t: Tones, rng: Random, x: float, y: float, s: int, skin: tuple, sleeve: list
) -> None:
    """One hand from the lower corner; *s* is -1 for the left hand and 1 for the right."""

    def at(points: list) -> list:
        return [(x + s * px, y + py) for px, py in points]

    forearm = poly(
        smooth(at([(60, 120), (190, 60), (470, 420), (640, 640), (300, 700), (180, 420)]), closed=True)
    )
    palm = poly(
        smooth(
            at([(-60, -10), (30, -70), (150, -20), (200, 80), (150, 180), (40, 160), (-40, 90)]), closed=True
        )
    )
    fingers = [
        smooth(at(p))
        for p in (
            [(0, -40), (-90, -90), (-160, -80), (-200, -40)],
            [(-20, 0), (-120, -30), (-190, -10), (-216, 30)],
            [(-20, 50), (-110, 36), (-170, 56), (-190, 90)],
            [(10, 100), (-70, 104), (-120, 124), (-136, 150)],
        )
    ]
    thumb = smooth(at([(90, -40), (40, -130), (-40, -150), (-110, -130)]))
    whole = [palm, *(strokes([f], 50 - 3 * i) for i, f in enumerate(fingers)), strokes([thumb], 54)]
    for part in (forearm, *whole):
        paste(sheet, part.moved(16, 24).blurred(16), t.look.ink, 0.3)
    paste(sheet, forearm, skin)
    for part in whole[:-1]:
        paste(sheet, part.moved(3, 6).blurred(5), darker(skin, 0.5), 0.6)
        paste(sheet, part, skin)
        paste(sheet, Patch(part.mask, part.x - 6, part.y - 14).within(part), lighter(skin, 0.3), 0.35)
    paste(sheet, whole[-1].moved(4, 7).blurred(6), darker(skin, 0.5), 0.6)
    paste(sheet, whole[-1], lighter(skin, 0.06))
    nails = [ring(*f[-1], 12, 9, turn=s * 0.6) for f in (*fingers, thumb)]
    paste(sheet, polys(nails), lighter(skin, 0.42), 0.8)
    cuff = poly(
        smooth(
            at([(240, 130), (330, 240), (420, 330), (720, 640), (520, 760), (230, 700), (150, 330)]),
            closed=True,
        )
    )
    paste(sheet, cuff.moved(8, 12).blurred(10), t.look.ink, 0.35)
    paste(sheet, cuff, mix(sleeve[0], t.deep, 0.2))
    band = strokes([smooth(at([(178, 330), (260, 250), (330, 180)]))], 40)
    paste(sheet, band.within(cuff), sleeve[1])
    rough = cloud(cuff.mask.size, (90, 90), rng).point([max(0, v - 110) for v in range(256)])
    paste(sheet, Patch(stipple(rough, 2), cuff.x, cuff.y).within(cuff), t.look.ink, 0.3)
