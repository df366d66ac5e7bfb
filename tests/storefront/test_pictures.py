"""The demo's picture generator: sizes, repeatability, variety, and loud refusal of unknown names.

What draws all there is runs in drills; the demo's own load draws most of it in every `make run`.
"""

import io

import pytest
from PIL import Image, ImageChops

from storefront.demo.pictures import SCENES, draw_piece, draw_portrait, draw_scene, save
from storefront.demo.pictures.motifs import MOTIFS
from storefront.demo.pictures.palettes import PALETTES
from storefront.demo.pictures.textures import CRAFTS

BOWL = {"motif": "bowl", "craft": "lacquer", "palette": "vermilion", "seed": 1, "view": 0}


def _differ(a: Image.Image, b: Image.Image) -> bool:
    return ImageChops.difference(a, b).getbbox() is not None


def _average(image: Image.Image) -> tuple[int, int, int]:
    return image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))


@pytest.mark.parametrize("view", range(4))
def test_a_piece_has_the_size_of_a_photograph(view):
    image = draw_piece(**BOWL | {"view": view})
    assert (image.size, image.mode) == ((1600, 1200), "RGB")


@pytest.mark.drill_only
@pytest.mark.parametrize("motif", MOTIFS)
def test_every_motif_draws_in_some_craft(motif):
    crafts = sorted(CRAFTS)
    at = sorted(MOTIFS).index(motif)
    image = draw_piece(
        motif=motif, craft=crafts[at % len(crafts)], palette=sorted(PALETTES)[at % 12], seed=at, view=0
    )
    assert image.size == (1600, 1200)
    assert len(image.resize((80, 60)).getcolors(4800)) > 500, "a picture, not a flat box"


@pytest.mark.drill_only
@pytest.mark.parametrize("craft", CRAFTS)
def test_every_craft_lies_on_its_makers_table(craft):
    assert draw_piece(motif="box", craft=craft, palette="earth", seed=5, view=3).size == (1600, 1200)


@pytest.mark.drill_only
@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_is_a_wide_picture(scene):
    image = draw_scene(scene=scene, palette="indigo", seed=4)
    assert (image.size, image.mode) == ((1920, 1280), "RGB")


@pytest.mark.drill_only
@pytest.mark.parametrize("palette", PALETTES)
def test_every_palette_makes_a_square_portrait(palette):
    image = draw_portrait(palette=palette, seed=2)
    assert (image.size, image.mode) == ((1200, 1200), "RGB")


def test_the_same_arguments_give_the_same_bytes():
    for view in range(4):
        args = BOWL | {"view": view}
        assert draw_piece(**args).tobytes() == draw_piece(**args).tobytes()
    assert (
        draw_scene(scene="kiln", palette="earth", seed=3).tobytes()
        == draw_scene(scene="kiln", palette="earth", seed=3).tobytes()
    )
    assert draw_portrait(palette="moss", seed=3).tobytes() == draw_portrait(palette="moss", seed=3).tobytes()


def test_another_seed_or_view_gives_another_picture():
    first = draw_piece(**BOWL)
    assert _differ(first, draw_piece(**BOWL | {"seed": 2}))
    assert _differ(first, draw_piece(**BOWL | {"view": 2}))
    assert _differ(draw_portrait(palette="moss", seed=1), draw_portrait(palette="moss", seed=2))
    assert _differ(
        draw_scene(scene="river", palette="moss", seed=1), draw_scene(scene="river", palette="moss", seed=2)
    )


@pytest.mark.drill_only
def test_no_two_of_24_heroes_in_a_listing_have_the_same_average_colour():
    averages = [
        _average(
            draw_piece(
                motif=("bowl", "plate", "tray")[i % 3], craft="lacquer", palette="vermilion", seed=i, view=0
            )
        )
        for i in range(24)
    ]
    assert len(set(averages)) == 24


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"motif": "anvil"}, "anvil"),
        ({"craft": "welding"}, "welding"),
        ({"palette": "neon"}, "neon"),
        ({"view": 9}, "9"),
    ],
)
def test_an_unknown_name_is_refused_by_name(change, named):
    with pytest.raises(ValueError, match=named):
        draw_piece(**BOWL | change)


def test_an_unknown_scene_or_palette_is_refused_by_name():
    with pytest.raises(ValueError, match="moon"):
        draw_scene(scene="moon", palette="earth", seed=1)
    with pytest.raises(ValueError, match="neon"):
        draw_scene(scene="river", palette="neon", seed=1)
    with pytest.raises(ValueError, match="neon"):
        draw_portrait(palette="neon", seed=1)


def test_saved_files_are_jpegs(tmp_path):
    path = tmp_path / "bowl.jpg"
    save(draw_piece(**BOWL), path)
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        assert image.format == "JPEG"
