"""The cards' maps: coasts without a seam, spots where they are, numbers that hide nothing, few bytes."""

import re
from math import hypot

import pytest
from bs4 import BeautifulSoup
from django.conf import settings

from storefront.embeds import coasts
from storefront.embeds.kinds.maps import number_of_economy
from tests.factories import make_place_page, make_village

# Longitude and latitude, well inland or on islands that every level shows.
ON_LAND = {
    "Bangkok": (100.5, 13.75), "Khon Kaen": (102.8, 16.4), "Can Tho": (105.78, 10.03), "Lima, inland": (-76.3, -12.0),
    "Nagano": (138.2, 36.6), "Anchorage, inland": (-149.0, 62.0), "Yakutsk": (129.7, 62.0), "Norilsk": (88.2, 69.3),
    "Anadyr, inland": (174.0, 66.5), "Chukotka, beyond the date line": (-174.0, 66.6), "Nunavut": (-100.0, 65.0),
    "Tiksi, inland": (127.0, 70.5), "Nairobi": (36.8, -1.3), "Paris": (2.35, 48.85), "Alice Springs": (133.9, -23.7),
}  # fmt: skip
AT_SEA = {
    "Gulf of Thailand": (101.0, 10.5), "Bering Sea": (-178.0, 58.0), "Laptev Sea": (125.0, 76.0), "Pacific": (-150.0, 30.0),
    "Bay of Bengal": (88.0, 15.0), "Hudson Bay": (-86.0, 60.0), "Sea of Okhotsk": (150.0, 55.0),
}  # fmt: skip
# The shop's villages, from Thailand to Peru, once around the Pacific.
SPOTS = [
    (-71.56, -38.94), (144.71, -6.18), (-71.62, -13.38), (105.93, 20.58), (-98.24, 18.71), (109.86, -7.63),
    (127.87, 35.24), (103.41, 17.62), (100.23, 15.47), (122.18, 11.47), (121.02, 23.97), (136.63, 35.91),
]  # fmt: skip


def rings_of(path: str) -> list[list[tuple[int, int]]]:
    """What a browser makes of the path: only "M", "l" and "z" occur."""
    assert set(re.sub(r"[-\d ]", "", path)) == {"M", "l", "z"}
    rings = []
    for part in path.split("z")[:-1]:
        start, _l, steps = part.removeprefix("M").partition("l")
        x, y = map(int, start.split())
        ring = [(x, y)]
        numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
        for across, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + across, y + down
            ring.append((x, y))
        rings.append(ring)
    return rings


def is_land(rings, x: float, y: float) -> bool:
    """An odd number of coasts to the right of the point, in the ring that holds it."""
    inside = False
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
                inside = not inside
    return inside


@pytest.mark.parametrize("spots", [SPOTS, [(-70.0, -33.0), (20.0, 60.0)], [(170.0, 64.0), (-150.0, 61.0)]])
def test_land_and_sea_lie_where_they_are(spots):
    window, rings = coasts.window_for(spots), rings_of(coasts.draw(spots)["land"])
    seen = 0
    for places, land in ((ON_LAND, True), (AT_SEA, False)):
        for name, place in places.items():
            x, y = window.pixel(*place)
            if 0 < x < coasts.WIDTH and 0 < y < coasts.HEIGHT:
                seen += 1
                assert is_land(rings, x, y) is land, name
    assert seen >= 4


@pytest.mark.parametrize("place", ["Bangkok", "Nagano", "Norilsk", "Anadyr, inland", "Chukotka, beyond the date line"])
def test_land_around_a_single_village(place):
    window, rings = coasts.window_for([ON_LAND[place]]), rings_of(coasts.draw([ON_LAND[place]])["land"])
    assert is_land(rings, *window.pixel(*ON_LAND[place]))


def test_no_coast_of_the_world_runs_straight_from_east_to_west():
    """As it did where a ring jumped over the date line: from one end of the map to the other."""
    for ring in rings_of(coasts.draw(SPOTS)["land"]):
        for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
            # 30 pixels are some 17 degrees; the map's own outer edge is cut straight, upright.
            assert abs(bx - ax) <= 30 or abs(by - ay) > abs(bx - ax) / 3, ((ax, ay), (bx, by))


@pytest.mark.parametrize("level", coasts.LEVELS, ids=lambda level: level.file)
def test_no_ring_jumps(level):
    text = (coasts.DATA / level.file).read_text("ascii")
    assert "Natural Earth" in text.splitlines()[0] and "public domain" in text.splitlines()[0]
    for ring in coasts.read_rings(level):
        assert len(ring) >= 3
        assert all(abs(x - u) < 25 for (x, _y), (u, _v) in zip(ring, ring[1:] + ring[:1], strict=True))


def test_the_coarser_coasts_are_those_that_the_tool_makes():
    from tools.coasts import simplify, written

    for level in coasts.LEVELS[1:]:
        simple = (simplify(ring, level.tolerance) for ring in coasts.read_rings(coasts.FINEST))
        made = written([ring for ring in simple if len(ring) > 2], level.tolerance)
        assert made == (coasts.DATA / level.file).read_text("ascii")


def test_spots_stand_exactly_where_they_are_however_crowded():
    drawn, window = coasts.draw(SPOTS), coasts.window_for(SPOTS)
    for spot, (x, y) in zip(SPOTS, drawn["spots"], strict=True):
        true_x, true_y = window.pixel(*spot)
        assert abs(x - true_x) <= 0.05 and abs(y - true_y) <= 0.05
    viet_nam, isan, plain = (drawn["spots"][at] for at in (3, 7, 8))
    assert plain[0] < isan[0] < viet_nam[0], "from west to east"
    assert plain[1] > isan[1] > viet_nam[1], "from south to north"


@pytest.mark.parametrize("spots", [SPOTS, [(102.8, 16.8)] * 4, [(136.6, 35.9)]])
def test_numbers_stand_beside_their_spots_and_hide_nothing(spots):
    drawn = coasts.draw(spots)
    signs = drawn["signs"]
    for at, (x, y) in enumerate(signs):
        assert 10 <= x <= drawn["width"] - 10 and 10 <= y <= drawn["height"] - 10
        assert hypot(x - drawn["spots"][at][0], y - drawn["spots"][at][1]) <= 60
        assert all(hypot(x - u, y - v) >= 2 * 9.5 + 1 for u, v in signs[at + 1 :])
        assert all(hypot(x - u, y - v) > 9.5 + 3.2 for u, v in drawn["spots"])


@pytest.mark.parametrize(
    "spots",
    [SPOTS, [(-150.0, 61.0), (-75.0, 40.0)], [(-123.0, 49.0), (-60.0, 47.0)], [(95.5, 5.5), (140.0, -4.0)], [(10.0, 50.0)]],
    ids=["world", "us", "canada", "indonesia", "germany"],
)  # fmt: skip
def test_a_map_is_light(spots):
    assert len(coasts.draw(spots)["land"]) < 20_000


def test_the_map_of_all_villages_tells_their_economies_and_that_of_one_does_not(client, db, recorded):
    def make():
        for name, economy, place in (("Kaunara", "PG", ("-6.18", "144.71")), ("Ban Fai", "TH", ("16.8", "102.8"))):
            village = make_village(name=name, economy=economy)
            village.texts.update(region="Central highlands")
            village.latitude, village.longitude = place
            village.save()
            make_place_page(village, title=name)

    recorded(make)
    answer = client.get("/embed/v1/en/map/villages-0/")
    assert len(answer.content) < 25_000
    html = BeautifulSoup(answer.content, "html.parser")
    states = [state.text for state in html.select(".villages .state")]
    assert states == ["Thailand · Central highlands", "Papua New Guinea · Central highlands"]
    assert len(html.select("svg .place")) == len(html.select("svg .way")) == len(html.select("svg .spot")) == 2
    html = BeautifulSoup(client.get(f"/embed/v1/en/map/x-{number_of_economy('TH')}/", follow=True).content, "html.parser")
    assert "Thailand" not in html.select_one(".villages").text


def test_japanese_counts_villages_without_the_particle_of_owners():
    """「12の村」 is read as "the village of 12" by some, and 「1の村」 by everybody."""
    words = (settings.BASE_DIR / "locale/ja/LC_MESSAGES/django.po").read_text("utf-8")
    assert '"物語を読んで訪ねられる%(number)s村"' in words
    assert "%(number)sの村" not in words
