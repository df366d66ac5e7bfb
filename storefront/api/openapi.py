"""The description of the API (OpenAPI 3.1), made of what the views themselves go by."""

from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from storefront.api.answers import resource
from storefront.api.asking import MOST_OFFSET, Resource
from storefront.api.pieces import PIECES
from storefront.api.problems import bad
from storefront.api.schemas import PARTS, maybe, ref, rows, shaped, text, url, whole
from storefront.api.stories import STORIES
from storefront.api.villages import VILLAGES
from storefront.linked_data.nodes import absolute

BASE = "/api/v1"
NUMBER = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
# Resource → the parameter in the address of one thing: its name, schema and what it is.
ONE = {
    STORIES.name: (STORIES, "id", NUMBER, "Number of the story, or of any of its translations."),
    VILLAGES.name: (VILLAGES, "slug", {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}, "Its slug."),
    PIECES.name: (PIECES, "id", NUMBER, "Number of the piece."),
}
SAYS = {
    STORIES.name: ("Stories, newest first", "A story with its text and its pieces"),
    VILLAGES.name: ("Villages that have a page", "A village with its visit days"),
    PIECES.name: ("Pieces", "A piece with all that its page says"),
}
REFUSALS = {
    "400": "A parameter is not known, or its value is not one.",
    "401": "The key is not known or was withdrawn.",
    "429": "Too many requests; Retry-After says when to come again.",
    "503": "The shop cannot answer at the moment; Retry-After says when to come again.",
}
LIMITS = {
    "RateLimit-Limit": "Requests a minute.",
    "RateLimit-Remaining": "How many are left of them.",
    "RateLimit-Reset": "Seconds until there are new ones.",
}


@resource
def index(request: HttpRequest) -> dict:
    """What there is."""
    _no_parameters(request)
    return {"resources": {name: absolute(f"{BASE}/{name}/") for name in ONE}, "openapi": absolute(f"{BASE}/openapi.json")}


@resource
def document(request: HttpRequest) -> dict:
    _no_parameters(request)
    return describe(settings.SITE_URL, tuple(settings.MARKETPLACE_STOREFRONT_LANGUAGES))


def _no_parameters(request: HttpRequest) -> None:
    if request.META.get("QUERY_STRING"):
        raise bad(_("There are no parameters here."), code="unknown_parameter")


@cache
def describe(site: str, languages: tuple[str, ...]) -> dict:
    """The whole document. Words are English, as in all descriptions of APIs."""
    paths = {}
    for name, (of, parameter, schema, says) in ONE.items():
        paths[f"/{name}/"] = {"get": _operation(f"list_{name}", SAYS[name][0], _list_parameters(of, languages), f"{name}List")}
        address = {"name": parameter, "in": "path", "required": True, "schema": schema, "description": says}
        asked = [address, *_shared_parameters(of, languages)]
        found = _operation(f"get_{name}", SAYS[name][1], asked, f"{name}One")
        found["responses"]["404"] = _refusal("There is nothing here, or it is not for everybody.")
        paths[f"/{name}/{{{parameter}}}/"] = {"get": found}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{settings.MARKETPLACE_SHOP_NAME}: stories, villages, pieces",
            "version": "1",
            "description": "Read-only. Without a key a few requests a minute; a key raises the limit. "
            f"How it works: {site}/{settings.LANGUAGE_CODE}/for-developers/",
        },
        "servers": [{"url": f"{site}{BASE}"}],
        "security": [{}, {"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": PARTS | _wholes() | {"Error": _error()},
        },
    }


def _operation(name: str, summary: str, parameters: list[dict], answer: str) -> dict:
    headers = {
        header: {"description": says, "schema": {"type": "integer"}, "required": True} for header, says in LIMITS.items()
    }
    ok = {
        "description": "It is.",
        "headers": headers | {"ETag": {"description": "For If-None-Match.", "schema": {"type": "string"}, "required": True}},
        "content": {"application/json": {"schema": ref(answer)}},
    }
    responses = {"200": ok, "304": {"description": "It is as you have it."}}
    responses |= {status: _refusal(says) for status, says in REFUSALS.items()}
    return {"operationId": name, "summary": summary, "parameters": parameters, "responses": responses}


def _refusal(says: str) -> dict:
    return {"description": says, "content": {"application/json": {"schema": ref("Error")}}}


def _error() -> dict:
    fields = {"status": whole("As in HTTP."), "code": text("For programs."), "message": text("For people.")}
    told = shaped("Why not.", **fields)
    told["properties"]["parameter"] = text("Which parameter it is about.")
    return shaped(error=told)


def _shared_parameters(of: Resource, languages: tuple[str, ...]) -> list[dict]:
    asked = [("lang", {"type": "string", "enum": list(languages), "default": settings.LANGUAGE_CODE}, "Language of the words.")]
    if of.priced:
        schema = {"type": "string", "pattern": "^[A-Z]{3}$", "default": settings.MARKETPLACE_CURRENCY}
        asked.append(("currency", schema, "Prices in this currency (ISO 4217), and addresses of the market that sells in it."))
    asked.append(("fields", {"type": "string"}, "Only these fields, with commas between them."))
    return [_query(*row) for row in asked]


def _list_parameters(of: Resource, languages: tuple[str, ...]) -> list[dict]:
    most, usual = settings.MARKETPLACE_API["MOST"], settings.MARKETPLACE_API["USUAL"]
    limit = {"type": "integer", "minimum": 1, "maximum": most, "default": usual}
    offset = {"type": "integer", "minimum": 0, "maximum": MOST_OFFSET, "default": 0}
    filters = [_query(name, schema, schema.get("description", "")) for name, (schema, _fits) in of.filters.items()]
    pages = [_query("limit", limit, "How many at most."), _query("offset", offset, "How many to leave out first.")]
    return [*_shared_parameters(of, languages), *pages, *filters]


def _query(name: str, schema: Mapping, description: str) -> dict:
    schema = {key: value for key, value in schema.items() if key != "description"}
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _wholes() -> dict[str, dict]:
    """Answers of lists and of single things. With ``fields`` some are left out, so none is required."""
    found = {}
    for name, (of, *_rest) in ONE.items():
        meta = {"total_count": whole("How many there are."), "limit": whole("As asked."), "offset": whole("As asked.")}
        meta["lang"] = text("As asked.")
        head = shaped(**meta)
        if of.priced:
            head["properties"]["currency"] = text("As asked.")
        links = shaped(self=url("This part."), next=maybe(url("The next.")), previous=maybe(url("The one before.")))
        found[f"{name}List"] = shaped(meta=head, links=links, items=rows(_loosely(of.fields)))
        found[f"{name}One"] = shaped(meta=shaped(lang=text("As asked.")), item=_loosely({**of.fields, **of.more}))
    return found


def _loosely(fields: Mapping) -> dict:
    return {key: value for key, value in shaped(**fields).items() if key != "required"}
