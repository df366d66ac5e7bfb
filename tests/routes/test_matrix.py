"""Every route of the site, by every method, as everybody, with somebody else's ids: refused, silent, and nothing written."""

import logging
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest
from django.urls import Resolver404, resolve

from tests.routes import watch
from tests.routes.ids import absent, ids_of, plausible
from tests.routes.matrix import DESKS, METHODS, PEOPLE, PUBLIC, RULES, WAGTAIL, Rule, rule_of
from tests.routes.routes import Route, all_routes
from tests.routes.visits import Answer, Visits
from tests.routes.world import SECRET, World

pytestmark = pytest.mark.django_db
COLLEAGUES = ("packer", "bookkeeper")
AT_DESKS = ("maker", *COLLEAGUES)
ELSEWHERE = tuple(who for who in PEOPLE if who not in AT_DESKS)
SAFE = ("GET", "HEAD", "OPTIONS")
# What a look may leave behind: a smaller copy of a picture, one's own empty basket, one's own settings in Wagtail.
OF_LOOKS = {"INSERT wagtailimages_rendition", "INSERT basket_basket", "INSERT wagtailusers_userprofile"}
# Where a refusal leads to: some log-in, or Wagtail's first page, which says that it was refused.
LOGINS = tuple(f"/{area}/login/" for area in ("en/account", "en/_util", "admin", "django-admin", "dashboard"))
DOORS = (*LOGINS, "/en/desk/open/contact/")
# Holes that name no object of anybody.
WORDS = {"language", "currency", "year", "month", "kind", "paper", "step"}
# Raises on purpose, to try out error pages; and a form of Wagtail's that cannot read an empty request.
WAGTAILS_OWN_ERRORS = {"wagtailadmin_error_test", "wagtailadmin_choose_page_external_link"}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals are logged otherwise."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def visits(world) -> Iterator[Visits]:
    with watch.watched() as writes:
        yield Visits(world, writes)
# An earlier pattern takes every address of these; they are visited all the same.
SHADOWED = ["wagtailcore_authenticate_with_password", "wagtailcore_login", "wagtail_serve"]


def none_of(found: list[str]) -> None:
    """Each on a line of its own."""
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def ruled(*, ours: bool) -> list[tuple[Route, Rule]]:
    pairs = ((route, rule_of(route)) for route in all_routes())
    return [(route, rule) for route, rule in pairs if rule is not None and rule.ours == ours]


def test_somebody_classified_every_route():
    none_of([str(route) for route in all_routes() if rule_of(route) is None])


def test_no_line_of_the_table_is_left_without_a_route():
    used = {rule_of(route) for route in all_routes()}
    none_of([rule.routes for rule in RULES if rule not in used])


def test_every_filled_address_leads_to_its_route(world):
    """Else all refusals below would be those of an address that does not exist."""
    lost = []
    for route in all_routes():
        rule = rule_of(route)
        try:
            found = resolve(route.path(ids_of(route, world, ours=rule is not None and rule.ours))).func
        except Resolver404:
            found = None
        if found is None or (rule is not None and rule.ours and found is not route.view):
            lost.append(str(route))
    assert lost == SHADOWED


def is_refusal(answer: Answer, method: str, rule: Rule) -> bool:
    if answer.status in (403, 404, 405):
        return True
    if answer.status == 302:
        return answer.location.startswith(DOORS) or answer.location == "/admin/"
    if method == "OPTIONS":
        return answer.status == 200 and not answer.body
    return rule.access.rightful == "nobody" and answer.status == 400


def look_at(answer: Answer, who: str, method: str, rule: Rule, route: Route) -> Iterator[str]:
    """What is wrong with it."""
    guest = who in rule.access.guests
    colleague = guest and rule.access in DESKS.values()
    if answer.status >= 500 and route.key not in WAGTAILS_OWN_ERRORS:
        yield f"status {answer.status}"
    if answer.reads(SECRET) and not colleague:
        yield "tells what is secret"
    if not guest and not is_refusal(answer, method, rule):
        yield f"no refusal: {answer.status} {answer.location}"
    wrote = [one for one in answer.wrote if not may_write(one, method, rule, guest)]
    if wrote and not (colleague and method not in SAFE):
        yield f"wrote {wrote}"
    if answer.mails and not (guest and method not in SAFE):
        yield "sent a mail"


def may_write(statement: str, method: str, rule: Rule, guest: bool) -> bool:
    if not guest:
        return False
    table = statement.split()[1]
    return statement in OF_LOOKS or (method not in SAFE and any(fnmatchcase(table, one) for one in rule.writes))


def wrongs(
    visits: Visits, world: World, route: Route, rule: Rule, who: str, methods, *, every: bool = False
) -> Iterator[str]:
    """What is wrong with what ``who`` is told. Absent ids are tried beside theirs, by looks and by filled-in forms;
    ``every``: with empty forms as well.
    """
    forms = (None, plausible(world)) if every else (plausible(world),)
    ids = ids_of(route, world, ours=rule.ours)
    # A colleague is told the same of everything in her workshop that is not her task.
    path, missing = route.path(ids), route.path(absent(ids, keep=("workshop",) if who in COLLEAGUES else ()))
    for method in methods:
        for data in forms if method == "POST" and rule.ours else (None,):
            answer = visits.ask(who, method, path, data)
            said = f"{who} {method} {path}{' with ids' if data else ''} ({route}):"
            yield from (f"{said} {wrong}" for wrong in look_at(answer, who, method, rule, route))
            compared = rule.ours and route.holes and who not in rule.access.guests and (method == "GET" or data)
            if compared and answer.without(path) != visits.ask(who, method, missing, data).without(missing):
                yield f"{said} differs from what is said of a missing one"


def in_turn(number: int, rule: Rule) -> set[str]:
    """The maker of another workshop, a colleague, and one of the others, whom one gate stops; of a public page one of all."""
    if rule.access is PUBLIC:
        return {PEOPLE[number % len(PEOPLE)]}
    return {"maker", COLLEAGUES[number % len(COLLEAGUES)], ELSEWHERE[number % len(ELSEWHERE)]}


def test_own_routes_refuse_and_stay_silent(visits, world):
    """`make drill` lets everybody try everything; here people take turns."""
    before, found = watch.files(), []
    for number, (route, rule) in enumerate(ruled(ours=True)):
        for who in sorted(in_turn(number, rule)):
            found += wrongs(visits, world, route, rule, who, ("GET", "POST"))
        for more, method in enumerate(("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")):
            found += wrongs(visits, world, route, rule, PEOPLE[(number + more) % len(PEOPLE)], (method,))
    none_of(found)
    assert watch.files() == before


def test_anothers_ids_at_ones_own_desk_are_missing(visits, world):
    """The maker of Sao Mai, at her own desk, with the numbers of Ban Fai's things."""
    found, tried = [], []
    for route, rule in ruled(ours=True):
        ids = ids_of(route, world, ours=True)
        if rule.access not in DESKS.values() or not set(ids) - WORDS - {"workshop"}:
            continue
        tried.append(route.key)
        ids["workshop"] = world.cast.maker.workshop.slug
        path, missing = route.path(ids), route.path(absent(ids, keep=("workshop", *WORDS)))
        for method, data in (("GET", None), ("POST", None), ("POST", plausible(world)), ("PUT", None), ("DELETE", None)):
            answer = visits.ask("maker", method, path, data)
            said = f"{method} {path} ({route}):"
            if answer.status not in (404, 405) or answer.reads(SECRET) or answer.wrote:
                found.append(f"{said} {answer.status} {answer.wrote}")
            elif answer.without(path) != visits.ask("maker", method, missing, data).without(missing):
                found.append(f"{said} differs from what is said of a missing one")
    none_of(found)
    assert {"desk:piece", "desk:consignment", "desk:paper"} <= set(tried)


def test_those_whose_it_is_come_in(visits, world):
    """The same addresses, so that the refusals are those of the people and not of the address."""
    shut = []
    for route, rule in ruled(ours=True):
        if rule.access.rightful == "nobody" or rule.access.name == "public":
            continue
        path = route.path(ids_of(route, world, ours=True))
        answer = visits.ask(rule.access.rightful, "GET", path)
        opened = answer.status in (200, 405, 409) or (answer.status == 302 and not answer.location.startswith(DOORS))
        if not opened:
            shut.append(f"{rule.access.rightful} {path} ({route}): {answer.status} {answer.location}")
        if wrote := set(answer.wrote) - OF_LOOKS:
            shut.append(f"{rule.access.rightful} {path} ({route}): a look wrote {wrote}")
    none_of(shut)


@pytest.mark.drill_only
def test_staff_screens_of_others_refuse_and_stay_silent(visits, world):
    """Wagtail, Django's admin and Oscar's dashboard: people and methods take turns, and the editor looks at every address
    that names something where she writes.
    """
    before, found = watch.files(), []
    for number, (route, rule) in enumerate(ruled(ours=False)):
        who, method = PEOPLE[number % len(PEOPLE)], ("GET", "POST")[number // len(PEOPLE) % 2]
        found += wrongs(visits, world, route, rule, who, (method,))
        names_something = route.holes or fnmatchcase(route.key, "*_api:*") or fnmatchcase(route.key, "*choose*")
        if rule.access is WAGTAIL and names_something:
            found += wrongs(visits, world, route, rule, "editor", ("GET", "POST"))
    none_of(found)
    assert watch.files() == before


@pytest.mark.drill_only
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_tries_everything_everywhere(visits, world, who):
    """Each route by each method, with their ids and with ids that nobody has."""
    before, found = watch.files(), []
    for route, rule in ruled(ours=True) + ruled(ours=False):
        found += wrongs(visits, world, route, rule, who, METHODS, every=True)
    none_of(found)
    assert watch.files() == before
