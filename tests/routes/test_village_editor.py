"""An editor of one village against another's pages and files, in each of Wagtail's screens that names one by its number."""

import pytest
from django.urls import reverse

from tests.routes import watch
from tests.routes.visits import Answer, Visits
from tests.routes.world import SECRET

pytestmark = pytest.mark.django_db
# What somebody with all rights is answered: the refusals below are not those of an address that is wrong.
OPEN = (200, 302)


def doors(world) -> dict[str, str]:
    page, picture, document = world["village_page"], world["picture"], world["document"]
    latest = page.revisions.order_by("-pk").first()
    of_page = {
        "view": ("wagtailadmin_pages:view_draft", [page.pk]),
        "edit": ("wagtailadmin_pages:edit", [page.pk]),
        "compare": ("wagtailadmin_pages:revisions_compare", [page.pk, "live", latest.pk]),
        "old revision": ("wagtailadmin_pages:revisions_view", [page.pk, latest.pk]),
        "history": ("wagtailadmin_pages:history", [page.pk]),
        "copy": ("wagtailadmin_pages:copy", [page.pk]),
        "translate": ("wagtail_localize:submit_page_translation", [page.pk]),
        "preview": ("wagtailadmin_pages:preview_on_edit", [page.pk]),
        "usage": ("wagtailadmin_pages:usage", [page.pk]),
        "privacy": ("wagtailadmin_pages:set_privacy", [page.pk]),
        "unpublish": ("wagtailadmin_pages:unpublish", [page.pk]),
        "delete": ("wagtailadmin_pages:delete", [page.pk]),
        "API of the page": ("wagtailadmin_api:pages:detail", [page.pk]),
        "picture": ("wagtailimages:edit", [picture.pk]),
        "choose picture": ("wagtailimages_chooser:chosen", [picture.pk]),
        "API of the picture": ("wagtailadmin_api:images:detail", [picture.pk]),
        "document": ("wagtaildocs:edit", [document.pk]),
        "choose document": ("wagtaildocs_chooser:chosen", [document.pk]),
        "API of the document": ("wagtailadmin_api:documents:detail", [document.pk]),
        "document itself": ("wagtaildocs_serve", [document.pk, document.filename]),
    }
    return {what: reverse(name, args=args) for what, (name, args) in of_page.items()}


def is_refused(answer: Answer) -> bool:
    return answer.status in (403, 404, 405) or answer.location.startswith(("/admin/", "/en/_util/login/"))


def test_another_villages_pages_and_files_are_shut(world):
    with watch.watched() as writes:
        visits, shut, open_ = Visits(world, writes), {}, {}
        for what, path in doors(world).items():
            answer, post = visits.ask("editor", "GET", path), visits.ask("editor", "POST", path, {"title": "Mine now"})
            told = any(not is_refused(one) or one.reads(SECRET) or one.wrote for one in (answer, post))
            if told:
                open_[what] = (answer.status, post.status, answer.wrote, post.wrote)
            if (status := visits.ask("staff", "GET", path).status) not in OPEN:
                shut[what] = status
    assert open_ == {}
    assert shut == {}


def test_lists_name_nothing_of_another_village(world):
    lists = ("wagtailimages_chooser:choose", "wagtaildocs_chooser:choose", "wagtailimages:index", "wagtaildocs:index")
    lists += ("wagtailadmin_api:images:listing", "wagtailadmin_api:documents:listing", "wagtailadmin_api:pages:listing")
    paths = [reverse(name) for name in lists]
    paths += [f"{reverse('wagtailadmin_pages:search')}?q=unfinished", reverse("wagtailadmin_explore_root")]
    for path in paths:
        page = world["editor"].client.get(path, follow=True)
        assert page.status_code == 200, path
        assert SECRET not in page.text, path
    assert SECRET in world.cast.staff.client.get(reverse("wagtailadmin_api:images:listing")).text


def test_a_document_of_a_private_collection_has_no_second_address(world):
    for path in ("/media/{}", "/media/x/../{}", "/media//{}", "/media/./{}"):
        assert world.cast.stranger.client.get(path.format(world["document"].file.name)).status_code == 404


def test_moving_another_villages_page_is_refused_before_it_is_asked(world):
    path = reverse("wagtailadmin_pages:move_confirm", args=[world["story"].pk, world["village_page"].pk])
    before = world["story"].path
    for answer in (world["editor"].client.get(path), world["editor"].client.post(path)):
        assert answer.status_code in (302, 403) and SECRET not in answer.text
    world["story"].refresh_from_db()
    assert world["story"].path == before
