"""A weaver at her loom."""

from __future__ import annotations

from random import Random

from PIL import Image

from ..colour import darker, lighter, mix
from ..shapes import Patch, poly, ring, smooth, strokes
from ..stage import paste
from .parts import Tones
from .places import cloth_on, plain_room, shelf, window, yarn


def loom(t: Tones, rng: Random) -> Image.Image:
    """A weaver at a floor loom beside the window."""
    sheet = plain_room(t, rng, 960)
    side = rng.choice((0, 1))
    window(sheet, t, rng, 130 if not side else 1330, 150, 440, 470)
    shelf(sheet, t, rng, 1400 if not side else 90, 330, 420)
    cx, timber = 960 + (60 if side else -20), mix(t.deep, (132, 92, 60), 0.65)
    back = [
        [(cx - 430, 300), (cx - 430, 1090)],
        [(cx + 430, 300), (cx + 430, 1090)],
        [(cx - 470, 320), (cx + 470, 320)],
        [(cx - 430, 560), (cx + 430, 560)],
    ]
    paste(sheet, poly(ring(cx + 30, 1105, 560, 46)).blurred(22), t.look.ink, 0.35)
    paste(sheet, strokes(back, 30), timber)
    warp_lines = [[(cx - 300 + k * 10, 330), (cx - 350 + k * 11.7, 770)] for k in range(61)]
    paste(sheet, strokes(warp_lines, 2.4), lighter(t.look.light, 0.2))
    craft = rng.choice(("indigo-weaving", "highland-weaving", "highland-weaving"))
    woven = cloth_on(
        sheet, craft, t, rng, [(cx - 336, 690), (cx + 336, 690), (cx + 366, 880), (cx - 366, 880)], 62
    )
    paste(
        sheet,
        Patch(Image.linear_gradient("L").resize(woven.mask.size), woven.x, woven.y).within(woven),
        t.look.ink,
        0.25,
    )
    for y, half in ((470, 330), (530, 332)):
        paste(sheet, strokes([[(cx - half, y), (cx + half, y)]], 16), lighter(timber, 0.12))
    paste(sheet, strokes([[(cx - 345, 668), (cx + 345, 668)]], 34), lighter(timber, 0.2))
    roll = strokes([[(cx - 380, 892), (cx + 380, 892)]], 54)
    paste(sheet, roll, t.look.body)
    paste(sheet, Patch(roll.mask, roll.x, roll.y + 24).within(roll), t.look.ink, 0.35)
    front = [
        [(cx - 470, 560), (cx - 470, 1130)],
        [(cx + 470, 560), (cx + 470, 1130)],
        [(cx - 500, 930), (cx + 500, 930)],
    ]
    paste(sheet, strokes(front, 34), darker(timber, 0.12))
    paste(
        sheet,
        strokes([[(a[0] - 9, a[1]), (b[0] - 9, b[1])] for a, b in front[:2]], 6),
        lighter(timber, 0.35),
        0.6,
    )
    _weaver(sheet, t, rng, cx + rng.uniform(-60, 60), 1250)
    for k in range(5):
        x, y = (cx - 800 + k * 62) if side else (cx + 590 + k * 62), 1130 + (k % 2) * 46
        yarn(sheet, t, rng, x, y, rng.uniform(40, 54))
    return sheet


def _weaver(sheet: Image.Image, t: Tones, rng: Random, x: float, y: float) -> None:
    """Seen from behind: back, head and both arms reaching to the cloth."""
    shirt, hair = (
        mix(rng.choice(t.cloth), t.deep, 0.15),
        rng.choice(((44, 34, 36), (60, 52, 52), (130, 124, 120))),
    )
    skin = rng.choice(((176, 120, 84), (146, 96, 66), (198, 146, 110)))
    bench = strokes([[(x - 330, y - 20), (x + 330, y - 20)]], 40)
    body = poly(
        smooth(
            [
                (x - 60, y - 420),
                (x + 60, y - 420),
                (x + 168, y - 350),
                (x + 176, y - 120),
                (x + 190, y + 40),
                (x - 190, y + 40),
                (x - 176, y - 120),
                (x - 168, y - 350),
            ],
            closed=True,
        )
    )
    for s in (-1, 1):
        arm = smooth(
            [(x + s * 150, y - 340), (x + s * 262, y - 290), (x + s * 230, y - 410), (x + s * 190, y - 470)]
        )
        paste(sheet, strokes([arm], 62), darker(shirt, 0.1))
        paste(sheet, poly(ring(x + s * 186, y - 486, 32, 36)), skin)
    paste(sheet, body, shirt)
    paste(
        sheet,
        Patch(body.mask, body.x + 120, body.y + 10).within(body).blurred(20).within(body),
        t.look.ink,
        0.25,
    )
    sash = poly([(x - 200, y - 150), (x + 200, y - 150), (x + 200, y - 92), (x - 200, y - 92)])
    paste(sheet, sash.within(body), t.look.accent)
    zig = [
        [(x - 190 + k * 32, y - 108), (x - 174 + k * 32, y - 136), (x - 158 + k * 32, y - 108)]
        for k in range(12)
    ]
    paste(sheet, strokes(zig, 6).within(body), t.look.accent3)
    paste(sheet, poly(ring(x, y - 430, 40, 60)), skin)
    paste(sheet, poly(ring(x, y - 505, 88, 96)), hair)
    paste(sheet, poly(ring(x, y - 600, 44, 38)), hair)
    paste(sheet, strokes([ring(x, y - 566, 40, 12)], 9), t.look.accent)
    paste(sheet, bench, mix(t.deep, (132, 92, 60), 0.5))
    paste(sheet, strokes([[(x - 326, y - 34), (x + 326, y - 34)]], 6), lighter(t.look.table, 0.3), 0.5)
