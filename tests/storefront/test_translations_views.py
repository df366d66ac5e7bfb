"""Views are counted at the request that every page's script makes: for real pages only, and nothing about the reader."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from storefront.models import ViewCount
from tests.factories import make_piece, make_place_page, make_story, make_village
from tests.people import Visitor

pytestmark = pytest.mark.django_db


def look(client, referer: str, language: str = "en"):
    """What the script on the page ``referer`` does."""
    headers = {"Referer": referer} if referer else {}
    response = client.get(f"/{language}/basket/summary.json", headers=headers)
    assert response.status_code == 200
    assert response.json()["count"] == 0
    return response


def counted() -> list[tuple]:
    return sorted(ViewCount.objects.values_list("kind", "object_id", "number"))


def test_pieces_and_pages_are_counted_each_month(client):
    bowl, story = make_piece(), make_story()["en"]
    village = make_place_page(make_village())["ja"]
    for _time in range(2):
        look(client, f"http://testserver{bowl.get_absolute_url()}")
    look(client, f"http://testserver/en/stories/{story.slug}/?from=mail")
    look(Visitor(), f"http://testserver/ja/villages/{village.slug}/", "ja")
    assert counted() == [
        ("page", village.pk, 1),
        ("page", story.pk, 1),
        ("product", bowl.pk, 2),
    ] or counted() == [
        ("page", story.pk, 1),
        ("page", village.pk, 1),
        ("product", bowl.pk, 2),
    ]
    assert {row.month for row in ViewCount.objects.all()} == {timezone.now().date().replace(day=1)}


def test_no_cookie_is_set_and_nothing_about_the_reader_is_kept(client):
    bowl = make_piece()
    response = look(client, f"http://testserver{bowl.get_absolute_url()}")
    assert not response.cookies
    assert [field.name for field in ViewCount._meta.fields] == ["id", "kind", "object_id", "month", "number"]


def test_a_page_that_was_counted_before_costs_one_statement(client):
    bowl = make_piece()
    referer = f"http://testserver{bowl.get_absolute_url()}"
    look(client, "")
    look(client, referer)
    with CaptureQueriesContext(connection) as without:
        look(client, "")
    with CaptureQueriesContext(connection) as with_view:
        look(client, referer)
    assert len(with_view) - len(without) == 1
    assert with_view.captured_queries[-1]["sql"].startswith("UPDATE")
    assert counted() == [("product", bowl.pk, 2)]


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "http://testserver/",
        "http://testserver/en/basket/",
        "http://testserver/en/products/",
        "http://testserver/en/stories/nothing-here/",
        "http://testserver/en/products/nothing-12345/",
        "http://testserver/en/products/nothing-99999999999999999999/",
        "http://testserver/xx/stories/",
        "http://testserver/admin/",
        "http://evil.example/en/",
        "http://testserver.evil.example/en/",
        "http://[broken",
        "http://testserver/en/%00/",
        "http://testserver/en/" + "x" * 5000,
        "nonsense",
    ],
)
def test_other_addresses_write_nothing(client, referer):
    look(client, referer)
    assert not ViewCount.objects.exists()


def test_hidden_pieces_are_not_counted(client):
    bowl = make_piece()
    type(bowl).objects.get(pk=bowl.pk)
    bowl.is_public = False
    bowl.save()
    look(client, f"http://testserver{bowl.get_absolute_url()}")
    assert not ViewCount.objects.exists()


def test_a_reader_has_her_basket_even_when_counting_fails(client, monkeypatch):
    from django.db import DatabaseError

    def broken(*args, **kwargs):
        raise DatabaseError("no room")

    bowl = make_piece()
    monkeypatch.setattr(ViewCount.objects, "filter", broken)
    look(client, f"http://testserver{bowl.get_absolute_url()}")


def test_an_older_month_is_left_as_it_is(client):
    bowl = make_piece()
    ViewCount.objects.create(kind="product", object_id=bowl.pk, month=date(2020, 1, 1), number=7)
    look(client, f"http://testserver{bowl.get_absolute_url()}")
    assert counted() == [("product", bowl.pk, 1), ("product", bowl.pk, 7)]


def test_an_address_with_a_nul_is_a_page_that_is_not_there(client):
    assert client.get("/en/%00/").status_code == 404
