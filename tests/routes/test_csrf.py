"""Forms of other sites: a POST of ours without the token, or from another origin, is refused and does nothing."""

from fnmatch import fnmatchcase

import pytest
from django.test import Client

from tests.routes import watch
from tests.routes.ids import ids_of, plausible
from tests.routes.matrix import rule_of
from tests.routes.routes import Route, all_routes
from tests.routes.test_matrix import none_of, quiet  # noqa: F401 (a fixture)
from tests.routes.visits import Visits

pytestmark = pytest.mark.django_db
# Answers everybody the same and has nothing to do with who asks: cards and their description, feeds, the API, and whoever
# signs (Stripe).
OF_ANY_ORIGIN = ("oembed", "oembed-json", "oembed-xml", "embed-*", "feeds:*", "api:*", "stripe-webhook")
TOKEN = "t" * 32
FOREIGN = ("https://shop-of-another.example", "null", "http://testserver.another.example", "http://testserver:81")


def own_routes() -> list[Route]:
    """Those of Wagtail, Django and Oscar stand behind the same middleware."""
    ours = [route for route in all_routes() if (rule := rule_of(route)) and rule.ours]
    return [route for route in ours if not any(fnmatchcase(route.key, pattern) for pattern in OF_ANY_ORIGIN)]


def rightful_client(visits: Visits, who: str) -> Client:
    """Her browser, which looks at tokens as those outside of tests do."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    if visits.people[who].user is not None:
        client.force_login(visits.people[who].user)
    return client


def test_a_form_without_token_or_of_another_origin_is_refused(world):
    with watch.watched() as writes:
        visits, found, clients = Visits(world, writes), [], {}
        for number, route in enumerate(own_routes()):
            who = rule_of(route).access.rightful
            client = clients.setdefault(who, rightful_client(visits, who))
            path, data = route.path(ids_of(route, world, ours=True)), plausible(world)
            client.cookies.pop("csrftoken", None)
            writes.take()
            tries = {"no token": client.post(path, data)}
            client.cookies["csrftoken"] = TOKEN
            tries["wrong token"] = client.post(path, data | {"csrfmiddlewaretoken": "u" * 32})
            foreign = FOREIGN[number % len(FOREIGN)]
            tries[foreign] = client.post(path, data | {"csrfmiddlewaretoken": TOKEN}, headers={"Origin": foreign})
            found += [f"{route} {how}: {one.status_code}" for how, one in tries.items() if one.status_code != 403]
            if wrote := writes.take():
                found.append(f"{route}: wrote {wrote}")
    none_of(found)


def test_the_same_form_of_our_own_origin_comes_through(world):
    """So that the refusals above are those of the token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.cast.other_maker.user)
    client.cookies["csrftoken"] = TOKEN
    path = f"/en/desk/{world.workshop.slug}/pieces/"
    data = {"action": "stock", "piece": world["piece"].pk, "stock": 3, "csrfmiddlewaretoken": TOKEN}
    assert client.post(path, data, headers={"Origin": "http://testserver"}).status_code == 302
    assert world["piece"].stockrecords.get().num_in_stock == 3
