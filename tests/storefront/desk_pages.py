"""Every page of the desk that its owner can open, found in the URLconf: a page that is added is looked at, too."""

from django.http import HttpResponse

from storefront.desk.steps.pages import READY, STEPS
from tests.routes.ids import ids_of
from tests.routes.routes import all_routes
from tests.routes.world import World


def desk_pages(world: World, *, language: str = "en") -> dict[str, HttpResponse]:
    """Name of the page → the page, of all that answer the owner of the world's workshop with HTML."""
    answers = {name: _get(world, path.replace("/en/", f"/{language}/", 1)) for name, path in _addresses(world).items()}
    return {name: answer for name, answer in answers.items() if _is_page(answer)}


def _addresses(world: World) -> dict[str, str]:
    found = {}
    for route in all_routes():
        if not route.key.startswith("desk:"):
            continue
        ids = ids_of(route, world, ours=True)
        if route.key == "desk:piece-step":
            ids["pk"] = world["draft"].pk
            found |= {f"{route.key} {step}": route.path(ids | {"step": step}) for step in (*STEPS, READY)}
        else:
            found[route.key] = route.path(ids)
    return found


def _get(world: World, path: str) -> HttpResponse:
    answer = world.cast.other_maker.client.get(path)
    if answer.streaming:
        # To the end: closing it half-way would close the test's connection, too.
        list(answer.streaming_content)
    return answer


def _is_page(answer: HttpResponse) -> bool:
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
