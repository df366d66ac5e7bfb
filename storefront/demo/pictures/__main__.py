"""Draw a contact sheet of everything: ``python -m storefront.demo.pictures OUTDIR``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from PIL import Image

from . import SCENES, draw_piece, draw_portrait, draw_scene, save
from .motifs import MOTIFS
from .palettes import PALETTES
from .textures import CRAFTS

CARD = 320  # pixels, the width of a listing card


def _sheet(pictures: Iterator[Image.Image], columns: int, height: int, path: Path) -> None:
    cards = [picture.resize((CARD, height), Image.Resampling.LANCZOS) for picture in pictures]
    rows = -(-len(cards) // columns)
    sheet = Image.new("RGB", (columns * (CARD + 8) + 8, rows * (height + 8) + 8), (250, 248, 244))
    for i, card in enumerate(cards):
        sheet.paste(card, (8 + i % columns * (CARD + 8), 8 + i // columns * (height + 8)))
    save(sheet, path, quality=90)
    print(path)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m storefront.demo.pictures", description=__doc__)
    parser.add_argument("outdir", type=Path)
    outdir = parser.parse_args().outdir
    outdir.mkdir(parents=True, exist_ok=True)
    pairs = list(zip(MOTIFS, cycle(CRAFTS), cycle(reversed(PALETTES)), strict=False))
    pieces = (
        draw_piece(motif=m, craft=c, palette=p, seed=i, view=v)
        for i, (m, c, p) in enumerate(pairs)
        for v in range(4)
    )
    _sheet(pieces, 4, CARD * 3 // 4, outdir / "pieces.jpg")
    scenes = (draw_scene(scene=s, palette=p, seed=1) for s, p in zip(SCENES, PALETTES, strict=True))
    _sheet(scenes, 4, CARD * 2 // 3, outdir / "scenes.jpg")
    portraits = (draw_portrait(palette=p, seed=i) for i, p in enumerate([*PALETTES] * 2))
    _sheet(portraits, 6, CARD, outdir / "portraits.jpg")


if __name__ == "__main__":
    main()
