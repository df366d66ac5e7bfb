"""Draws the demo's pictures to files, in as many processes as there are cores. What is drawn is not drawn again.

Cards ask for a main picture in two sizes. These are cut here, while the picture is in memory: to read it again and
let the site do it takes as long as drawing it.

``python -m storefront.demo.drawing DIRECTORY`` needs no database, so it can run beside the migrations.
"""

import os
import sys
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, ImageOps

from storefront.demo import content
from storefront.demo.pictures import draw_piece, draw_portrait, draw_scene, save

SIZES = {"piece": (1600, 1200), "scene": (1920, 1280), "portrait": (1200, 1200)}
# As storefront.pictures.CARD and WIDE, in pixels.
CARD, WIDE = ((360, 450), (720, 900)), ((480, 320), (960, 640))


@dataclass(frozen=True)
class Picture:
    """One picture to draw: ``kind`` is piece, scene or portrait; ``args`` go to the function that draws it."""

    name: str
    kind: str
    args: tuple[tuple[str, object], ...]
    cuts: tuple[tuple[int, int], ...] = ()

    @property
    def filename(self) -> str:
        return f"{self.name}.jpg"

    def cut_filename(self, width: int, height: int) -> str:
        return f"{self.name}.{width}x{height}.webp"


def seed_of(name: str) -> int:
    """The same number for the same name, on every machine."""
    return zlib.crc32(name.encode()) % 100_000


def piece(name: str, *, motif: str, craft: str, palette: str, view: int, seed: int | None = None) -> Picture:
    number = seed_of(name) if seed is None else seed
    args = {"motif": motif, "craft": craft, "palette": palette, "seed": number, "view": view}
    return Picture(name, "piece", tuple(args.items()))


def scene(name: str, *, scene: str, palette: str) -> Picture:
    return Picture(name, "scene", (("scene", scene), ("palette", palette), ("seed", seed_of(name))), WIDE)


def portrait(name: str, *, palette: str) -> Picture:
    return Picture(name, "portrait", (("palette", palette), ("seed", seed_of(name))))


def of_piece(row: dict) -> list[Picture]:
    """The pictures of one piece: whole, detail, in use, on the maker's table."""
    same = {
        "motif": row["motif"],
        "craft": row["craft"],
        "palette": row["palette"],
        "seed": seed_of(row["code"]),
    }
    main, *others = [piece(f"{row['code'].lower()}-{view}", view=view, **same) for view in range(row["pictures"])]
    return [replace(main, cuts=CARD), *others]


def of_block(slug: str, number: int, block: dict) -> list[Picture]:
    """The pictures of one story block."""
    rows = (
        block.get("pictures", [])
        if block["type"] == "gallery"
        else [block]
        if block["type"] == "picture"
        else []
    )
    drawn = []
    for index, row in enumerate(rows):
        name = f"story-{slug}-{number}-{index}"
        if "motif" in row:
            drawn.append(
                piece(
                    name,
                    motif=row["motif"],
                    craft=row["craft"],
                    palette=row["palette"],
                    view=row.get("view", 0),
                )
            )
        else:
            drawn.append(scene(name, scene=row["scene"], palette=row["palette"]))
    return drawn


def all_pictures() -> Iterator[Picture]:
    """Everything that the demo shows."""
    yield scene("home", scene="terrace", palette="sunset")
    for section, view in (
        ("stories", "river"),
        ("villages", "mountain"),
        ("crafts", "loom"),
        ("workshops", "workshop-room"),
    ):
        yield scene(f"section-{section}", scene=view, palette="earth")
    for row in content.villages():
        yield scene(f"village-{row['slug']}", scene=row["scene"], palette=row["palette"])
    for row in content.crafts():
        yield scene(f"craft-{row['slug']}", scene=row["motif_scene"], palette=row["palette"])
    for row in content.workshops():
        yield scene(f"workshop-{row['slug']}", scene="workshop-room", palette=row["palette"])
        yield portrait(f"portrait-{row['slug']}", palette=row["palette"])
    for _workshop, row in content.pieces():
        yield from of_piece(row)
    for story in content.stories():
        yield scene(f"story-{story['slug']}", scene=story["scene"], palette=story["palette"])
        for number, block in enumerate(story["block"]):
            yield from of_block(story["slug"], number, block)


def draw(picture: Picture, directory: str) -> None:
    """Draw one picture and its cuts; a half-written file never takes the final name."""
    target = Path(directory) / picture.filename
    if target.exists():
        return
    function = {"piece": draw_piece, "scene": draw_scene, "portrait": draw_portrait}[picture.kind]
    image = function(**dict(picture.args))
    for size in picture.cuts:
        cut = ImageOps.fit(image, size, Image.Resampling.LANCZOS)
        # A quick method: the file is a little larger.
        cut.save(target.with_name(picture.cut_filename(*size)), "WEBP", quality=78, method=2)
    unfinished = target.with_suffix(f".{os.getpid()}.part")
    save(image, unfinished)
    unfinished.replace(target)


def draw_all(directory: Path) -> int:
    """Draw what is missing in ``directory``; answers how many pictures the demo has."""
    directory.mkdir(parents=True, exist_ok=True)
    wanted = list(all_pictures())
    missing = [one for one in wanted if not (directory / one.filename).exists()]
    if missing:
        with ProcessPoolExecutor() as pool:
            for _done in pool.map(draw, missing, [str(directory)] * len(missing), chunksize=4):
                pass
    return len(wanted)


if __name__ == "__main__":
    print(draw_all(Path(sys.argv[1])))
