"""Markup in everything that people write, then every page that may show it: never more than text."""

import json
import re
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from marketplace.workshops.models import Application, WorkshopText
from storefront.checkout.reasons import keep_reason
from tests.factories.texts import index_places
from tests.people import run_commit_hooks
from tests.routes import watch
from tests.routes.ids import ids_of
from tests.routes.matrix import STAFF, rule_of
from tests.routes.routes import Route, all_routes
from tests.routes.test_matrix import none_of, quiet  # noqa: F401 (a fixture)
from tests.routes.visits import Visits
from tests.routes.world import World, make_world

pytestmark = pytest.mark.django_db
# Ends an attribute, a string, a script and a comment; "zq7" stands nowhere else.
CANARY = """zq7"'`--></script></title><svg/onload=zq7()>{{7*7}}\\u003c"""
# Short fields: names of 100 letters and codes of less.
SHORT = 'zq7"><svg/onload=zq7()>'
ALIVE = re.compile(r"<svg/onload=zq7|zq7\"'`--></script>")
AS_TEXT = re.compile(r"&lt;svg/onload=zq7|\\u003Csvg/onload=zq7|\\u003csvg/onload=zq7")
# Staff screens with something in them that people outside wrote.
WITH_PEOPLES_WORDS = {"applications", "attention", "certificates", "consignments", "hs-questions", "officers", "orders"}
WITH_PEOPLES_WORDS |= {"parcels", "payees", "payouts", "readiness", "share-rules", "workshops"}
WITH_PEOPLES_WORDS |= {"agencies", "agency-hosts", "agency-wishes", "api-keys"}
HTML = ("text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml")


def make_marked_world(cast) -> World:
    """The world of the matrix in which everybody writes markup."""
    world = make_world(cast, secret=SHORT, mark=CANARY)
    WorkshopText.objects.filter(owner=world.workshop).update(name=CANARY, summary=CANARY)
    world.workshop.contact = SHORT
    world.workshop.save(update_fields=["contact"])
    owner = cast.other_maker.user
    type(owner).objects.filter(pk__in=(owner.pk, world["packer"].user.pk)).update(first_name=SHORT, last_name=SHORT)
    consignment = world["consignment"]
    consignment.parcels.update(carrier=SHORT, tracking=SHORT)
    type(consignment).objects.filter(pk=consignment.pk).update(carrier=SHORT)
    keep_reason(consignment=consignment, words=CANARY, by=owner)
    Application.objects.create(
        user=cast.buyer.user,
        language="th",
        name=CANARY,
        kind="group",
        person=SHORT,
        village_asked=SHORT,
        economy_id="TH",
        sent_at=world.workshop.members.first().since,
    )
    world["import"].report.create(number=1, code=SHORT, outcome="refused", notes=[[SHORT, CANARY]])
    index_places()
    run_commit_hooks()
    return world


@pytest.fixture
def marked(cast, recorded, translations) -> World:
    return recorded(make_marked_world, cast)


def pages(world: World) -> list[tuple[str, str, str]]:
    """(who, address, route): our own as whoever they belong to, and the lists and looks of our staff screens."""
    found = []
    for route in all_routes():
        rule = rule_of(route)
        if rule is None:
            continue  # test_matrix.py says so
        if rule.ours and rule.access.rightful != "nobody":
            found.append((rule.access.rightful, route.path(ids_of(route, world, ours=True)), str(route)))
        elif rule.access is STAFF and _is_screen(route):
            found.append(("staff", route.path(ids_of(route, world, ours=False)), str(route)))
    piece = world["piece"]
    card = f"/oembed/?url=http://testserver/en/products/{piece.slug}-{piece.pk}/"
    for path in ("/en/search/?q=zq7", "/en/search/suggest/?q=zq7", card):
        found.append(("stranger", path, path.partition("?")[0]))
    found.append(("other_maker", f"/en/desk/{world.workshop.slug}/pieces/?q={SHORT}", "desk:pieces with words"))
    return found


def _is_screen(route: Route) -> bool:
    space, _colon, name = route.key.partition(":")
    return (space in WITH_PEOPLES_WORDS and name in ("index", "inspect")) or route.key in (
        "dashboard:order-list",
        "dashboard:order-detail",
        "dashboard:catalogue-product-list",
        "dashboard:catalogue-product",
        "dashboard:partner-list",
        "dashboard:users-index",
        "dashboard:user-detail",
    )


def test_what_people_write_stays_text_on_every_page(marked):
    alive, seen = [], set()
    with watch.watched() as writes:
        visits = Visits(marked, writes)
        for who, path, route in pages(marked):
            answer = visits.ask(who, "GET", path)
            if answer.status in (301, 302) and answer.location.startswith("/"):
                answer = visits.ask(who, "GET", answer.location)
            text = answer.body.decode(errors="replace")
            if answer.kind.startswith(HTML) and (hit := ALIVE.search(text)):
                alive.append(f"{route} as {who}: …{text[max(0, hit.start() - 80) : hit.end() + 20]!r}")
            if AS_TEXT.search(text):
                seen.add(route)
            for script in re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL):
                json.loads(script)
    none_of(alive)
    expected = {
        "catalogue:index", "catalogue:detail", "embed-card", "/en/search/", "order", "desk:pieces", "desk:piece",
        "desk:consignment", "desk:conversation", "desk:members", "desk:bulk-run", "desk:earnings", "officer:workshop",
        "officer:piece", "consignments:inspect", "applications:index", "payees:inspect", "desk:pieces with words",
        "agencies:index", "agencies:inspect", "agency-wishes:index", "agency-wishes:inspect", "api-keys:index",
    }  # fmt: skip
    assert expected - seen == set(), "it was not shown there at all"


def test_what_people_write_stays_text_in_letters(marked):
    """A buyer is told what was sent, and what the maker wrote to her."""
    client, consignment = marked.cast.other_maker.client, marked["consignment"]
    url = reverse("desk:consignment", kwargs={"workshop": marked.workshop.slug, "pk": consignment.pk})
    assert client.post(url, {"action": "pack", "weight": "2 kg", "weight_2": ""}).status_code == 302
    assert client.post(url, {"action": "send", "carrier": "post", "tracking": ""}).status_code == 302
    talk = {"action": "send", "text": CANARY, "language": "en", "key": str(uuid4())}
    assert client.post(f"{url}messages/", talk).status_code == 302
    call_command("deliver_outbox", verbosity=0)
    parts = [(letter.body, letter.content_subtype) for letter in mail.outbox]
    parts += [tuple(one) for letter in mail.outbox for one in getattr(letter, "alternatives", [])]
    assert any("zq7" in body for body, _kind in parts), "it is in no letter"
    assert not [body for body, kind in parts if kind in ("html", "text/html") and ALIVE.search(body)]
    # No letter has a subject of two lines, whatever somebody is called.
    assert not [letter.subject for letter in mail.outbox if "\n" in letter.subject or "\r" in letter.subject]


def test_a_message_box_says_what_was_typed_as_text(marked):
    """Toasts repeat the title of a piece."""
    client, slug = marked.cast.other_maker.client, marked.workshop.slug
    path = reverse("desk:pieces", kwargs={"workshop": slug})
    for action in ("hide", "show"):
        page = client.post(path, {"action": action, "piece": marked["piece"].pk}, follow=True)
        assert page.status_code == 200 and not ALIVE.search(page.text) and AS_TEXT.search(page.text)
