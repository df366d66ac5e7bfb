"""Who may frame a card: everybody, or the proven sites of one agency. E20, E21 and the partner-only mode of a whole shop."""

import pytest

from marketplace.partnerships.models import AgencyHost
from storefront.embeds import quick
from tests.factories import make_agency
from tests.factories.agencies import make_host


def ancestors(response) -> str:
    """What the policy says of them; empty where it says nothing."""
    assert "X-Frame-Options" not in response
    rules = dict(rule.partition(" ")[::2] for rule in response["Content-Security-Policy"].split("; "))
    return rules.get("frame-ancestors", "")


@pytest.fixture
def choosy(db):
    """An agency that shows its cards on its own sites alone."""
    agency = make_agency("choosy", partners_only=True)
    make_host(agency, "www.choosy.example")
    make_host(agency, "blog.choosy.example:8443")
    make_host(agency, "not-proven.example", proven=False)
    return agency


HOSTS = "blog.choosy.example:8443 www.choosy.example"


def test_a_card_without_a_code_may_be_framed_by_everybody(client, world, choosy):
    assert ancestors(client.get(world.card)) == ""
    assert ancestors(client.get(f"{world.card}?via=nobody")) == ""


def test_a_card_of_an_agency_that_asks_for_nothing_may_be_framed_by_everybody(client, world):
    make_host(make_agency("open-hands"), "www.open-hands.example")
    assert ancestors(client.get(f"{world.card}?via=open-hands")) == ""


def test_e20_a_card_of_a_choosy_agency_names_exactly_its_proven_sites(client, world, choosy):
    make_host(make_agency("other", partners_only=True), "www.other.example")
    address = f"{world.card}?via=choosy"
    for _kept in (False, True):
        assert ancestors(client.get(address)) == HOSTS
    etag = client.get(address)["ETag"]
    assert ancestors(client.get(address, headers={"If-None-Match": etag})) == HOSTS
    assert ancestors(client.get(f"/embed/v1/card?url={world.url}&via=choosy")) == HOSTS
    # So do the small cards that stand for others, and redirects.
    assert ancestors(client.get("/embed/v1/en/story/x-999999/?via=choosy")) == HOSTS
    assert ancestors(client.get("/embed/v1/nothing/?via=choosy")) == HOSTS
    assert ancestors(client.get(f"/embed/v1/en/story/old-{world.story.pk}/?via=choosy")) == HOSTS


def test_without_a_proven_site_nobody_may(client, world):
    make_host(make_agency("hasty", partners_only=True), "www.hasty.example", proven=False)
    assert ancestors(client.get(f"{world.card}?via=hasty")) == "'none'"


def test_a_change_counts_at_once(client, world, choosy, commit):
    address = f"{world.card}?via=choosy"
    assert ancestors(client.get(address)) == HOSTS
    AgencyHost.objects.get(host="www.choosy.example").delete()
    commit()
    assert ancestors(client.get(address)) == "blog.choosy.example:8443"
    choosy.partners_only = False
    choosy.save()
    commit()
    assert ancestors(client.get(address)) == ""
    choosy.stage = "closed"
    choosy.reason = "asked"
    choosy.save()
    commit()
    answer = client.get(address)
    assert ancestors(answer) == "" and "via=" not in answer.text


def test_a_shop_may_want_agencies_alone(client, world, choosy, settings):
    make_host(make_agency("open-hands"), "www.open-hands.example")
    client.get(world.card)
    settings.MARKETPLACE_EMBEDS_PARTNERS_ONLY = True
    quick.answers.clear()
    # The shop's own pages show cards without a code: examples, and the preview at an agency's desk.
    assert ancestors(client.get(world.card)) == "'self'"
    assert ancestors(client.get(f"{world.card}?via=nobody")) == "'self'"
    assert ancestors(client.get("/embed/v1/nothing/")) == "'self'"
    assert ancestors(client.get(f"{world.card}?via=choosy")) == HOSTS
    assert ancestors(client.get(f"{world.card}?via=open-hands")) == "www.open-hands.example"


def test_no_code_gets_into_the_policy(client, world, choosy):
    for via in ("choosy;script-src *", "choosy%0d%0aX-A: b", "*", "'self'", "choosy *"):
        assert ancestors(client.get(world.card, {"via": via})) == ""


def test_files_of_the_embeds_are_no_frames(client, db):
    for address in ("/embed/v1/loader.js", "/embed/v1/accent-0b6e4f.css"):
        answer = client.get(address)
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
        assert answer["Content-Security-Policy"] == "frame-ancestors 'self'"


def test_the_shops_own_pages_stay_their_own(client, world, choosy):
    for path in (world.story.public_url, f"{world.story.public_url}?via=choosy", "/en/products/", "/en/basket/"):
        answer = client.get(path, follow=True)
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
        assert "choosy.example" not in str(answer.headers)
