"""The API's rules: what it refuses and how, who may ask how often, and that its description is true."""

import json
from itertools import chain, product

import pytest
from django.core.cache import cache
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource

from marketplace.partnerships import api_keys
from tests.factories import make_piece, make_user
from tests.storefront.outage import database_away

API = "/api/v1"


def refused(answer, status: int, code: str) -> dict:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json"), answer.content
    assert (answer["Cache-Control"], answer["Access-Control-Allow-Origin"]) == ("no-store", "*")
    found = json.loads(answer.content)["error"]
    assert (found["status"], found["code"]) == (status, code)
    assert found["message"].endswith((".", "!"))
    return found


# Parameters


REFUSED = [
    ("stories/?colour=red", "colour", "unknown_parameter"),
    ("stories/?lang=tlh", "lang", "bad_parameter"),
    ("stories/?lang=en&lang=ja", "lang", "bad_parameter"),
    ("stories/?limit=0", "limit", "bad_parameter"),
    ("stories/?limit=101", "limit", "bad_parameter"),
    ("stories/?limit=%EF%BC%91%EF%BC%92", "limit", "bad_parameter"),
    ("stories/?offset=-1", "offset", "bad_parameter"),
    ("stories/?offset=999999999999999999999", "offset", "bad_parameter"),
    ("stories/?fields=title,secret", "fields", "bad_parameter"),
    ("stories/?fields=", "fields", "bad_parameter"),
    ("stories/?fields=html", "fields", "bad_parameter"),
    ("stories/?economy=viet", "economy", "bad_parameter"),
    ("pieces/?sort=weight", "sort", "bad_parameter"),
    ("pieces/?available=maybe", "available", "bad_parameter"),
    ("pieces/?currency=usd", "currency", "bad_parameter"),
    ("pieces/?currency=XXX", "currency", "currency_not_on_offer"),
    ("villages/?currency=JPY", "currency", "unknown_parameter"),
    ("pieces/1/?limit=3", "limit", "unknown_parameter"),
    ("?x=1", None, "unknown_parameter"),
    ("openapi.json?x=1", None, "unknown_parameter"),
    ("stories/?" + "&".join(f"p{number}=1" for number in range(1100)), None, "unknown_parameter"),
]


def test_what_is_not_known_is_refused_with_its_name(client, db):
    for path, parameter, code in REFUSED:
        found = refused(client.get(f"{API}/{path}", headers={"Accept-Language": "ja"}), 400, code)
        assert found.get("parameter") == parameter, path
        # English for everybody, whatever the browser speaks: answers do not vary by it.
        assert found["message"].replace("“", "").replace("”", "").isascii(), path
    assert json.loads(client.get(f"{API}/pieces/?village=%00").content)["items"] == []


MISSING = ["nothing/", "stories/x/", "stories/9999999999/", "stories/999999999/", "pieces/-1/", "villages/%00/", "a//b"]


def test_what_is_not_there_is_404_in_json(client, db):
    for path in MISSING:
        refused(client.get(f"{API}/{path}"), 404, "not_found")


def test_it_can_only_be_read(client, db):
    for path, method in product(["", "stories/", "pieces/1/", "openapi.json", "nothing/"], ["post", "put", "patch", "delete"]):
        answer = getattr(client, method)(f"{API}/{path}")
        refused(answer, 405, "method")
        assert answer["Allow"] == "GET, HEAD, OPTIONS"
    # Twenty requests, and each of them counted.
    assert (answer["RateLimit-Limit"], answer["RateLimit-Remaining"], answer["RateLimit-Reset"]) == ("60", "40", "30")
    asked = client.options(f"{API}/stories/")
    assert not [name for name in asked.headers if name.startswith("RateLimit-")]
    assert client.get(f"{API}/")["RateLimit-Remaining"] == "39"


def test_scripts_of_other_pages_may_ask(client, world):
    asks = {"Origin": "https://agency.example", "Access-Control-Request-Method": "GET"}
    before = client.options(f"{API}/stories/", headers=asks)
    assert (before.status_code, before.content, before["Access-Control-Allow-Origin"]) == (204, b"", "*")
    assert "Authorization" in before["Access-Control-Allow-Headers"]
    answer = client.get(f"{API}/stories/", headers={"Origin": "https://agency.example"})
    assert answer["Access-Control-Allow-Origin"] == "*" and "Access-Control-Allow-Credentials" not in answer
    assert "ETag" in answer["Access-Control-Expose-Headers"]


def test_a_program_that_has_it_gets_304_until_something_changes(client, world, commit):
    path = f"{API}/pieces/"
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (again["Access-Control-Allow-Origin"], again["RateLimit-Remaining"]) == ("*", "58")
    # Proxies that compress make ETags weak; "*" is whatever there is.
    for known in (f"W/{first['ETag']}", f'"other", W/{first["ETag"]}', "*"):
        assert client.get(path, headers={"If-None-Match": known}).status_code == 304, known
    head = client.head(path)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", first["ETag"])
    make_piece(world.workshop, title="New")
    commit()
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


# Keys and limits


@pytest.fixture
def key(db) -> str:
    row, whole = api_keys.make(agency=None, name="A developer", by=make_user(), by_staff=True)
    row.per_minute = 200
    row.save()
    return whole


def test_a_wrong_key_is_refused_and_counted(client, world, key):
    for wrong in (f"Bearer {key[:-1]}x", "Bearer", "Bearer ", f"Basic {key}", key, "Bearer \u00e9", "Bearer " + "x" * 5000):
        answer = client.get(f"{API}/stories/", headers={"Authorization": wrong})
        refused(answer, 401, "key")
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["RateLimit-Remaining"] == str(60 - 7)


def test_without_a_key_few_requests_a_minute_with_one_more(client, world, key, clock, settings):
    settings.MARKETPLACE_API = settings.MARKETPLACE_API | {"PER_MINUTE": 3}
    path, header = f"{API}/villages/", {"Authorization": f"Bearer {key}"}
    for left in (2, 1, 0):
        answer = client.get(path)
        assert (answer.status_code, answer["RateLimit-Limit"], answer["RateLimit-Remaining"]) == (200, "3", str(left))
    over = client.get(path)
    assert "30 seconds" in refused(over, 429, "too_many")["message"]
    assert (over["Retry-After"], over["RateLimit-Reset"], over["RateLimit-Remaining"]) == ("30", "30", "0")
    # The key's own number counts, whatever came from the address; another address has its own, too.
    keyed = client.get(path, headers=header)
    assert (keyed.status_code, keyed["RateLimit-Limit"], keyed["RateLimit-Remaining"]) == (200, "200", "199")
    assert client.get(path, REMOTE_ADDR="203.0.113.9")["RateLimit-Remaining"] == "2"
    # What somebody claims to be counts for nothing.
    assert client.get(path, headers={"X-Forwarded-For": "203.0.113.10"}).status_code == 429
    clock.now += 30
    assert client.get(path)["RateLimit-Remaining"] == "2"
    # The same bytes for everybody.
    assert client.get(path, headers=header).content == client.get(path).content


def test_a_household_of_ipv6_is_one_address(client, db, settings):
    settings.MARKETPLACE_API = settings.MARKETPLACE_API | {"PER_MINUTE": 2}
    answers = [client.get(f"{API}/", REMOTE_ADDR=f"2001:db8:0:1::{number}") for number in (1, 2, 3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert client.get(f"{API}/", REMOTE_ADDR="2001:db8:0:2::1").status_code == 200


def test_a_withdrawn_key_opens_nothing(client, world, key, commit):
    header = {"Authorization": f"Bearer {key}"}
    assert client.get(f"{API}/", headers=header).status_code == 200
    [row] = api_keys.ApiKey.objects.all()
    api_keys.withdraw(key=row, by=None, by_staff=True)
    commit()
    refused(client.get(f"{API}/", headers=header), 401, "key")


def test_while_the_cache_is_away_nobody_is_refused(client, world, monkeypatch):
    monkeypatch.setattr(cache, "add", lambda *args, **kwargs: False)
    monkeypatch.setattr(cache, "incr", lambda *args, **kwargs: None)
    assert client.get(f"{API}/villages/").status_code == 200


def test_while_the_database_is_away_the_answer_says_when_to_come_again(client, world, fresh, monkeypatch):
    client.get(f"{API}/stories/")
    fresh()
    with database_away():
        answer = client.get(f"{API}/stories/")
    refused(answer, 503, "away")
    assert answer["Retry-After"] == "15"


# The description


@pytest.fixture
def description(client, db) -> dict:
    return json.loads(client.get(f"{API}/openapi.json").content)


def test_the_description_is_openapi(description):
    OpenAPIV31SpecValidator(description).validate()
    assert description["openapi"] == "3.1.0"
    assert set(description["paths"]) == {
        *("/stories/", "/stories/{id}/", "/villages/", "/villages/{slug}/", "/pieces/", "/pieces/{id}/")
    }


def errors(description: dict, name: str, found: dict) -> list[str]:
    whole = Resource.from_contents({"$schema": "https://json-schema.org/draft/2020-12/schema", **description})
    registry = Registry().with_resource("urn:api", whole)
    schema = {"$ref": f"urn:api#/components/schemas/{name}"}
    validator = Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(found)]


def test_answers_are_as_described(client, world, description):
    make_piece(world.workshop, title="Set", variants={"Small": ("12.00", 2), "Odd": ("0.00", 0)})
    make_piece(world.workshop, title="Gift", price="0.00", net_weight_g=None, origin="")
    for name, ids in (("stories", "id"), ("villages", "slug"), ("pieces", "id")):
        for query in ({}, {"lang": "th"}, {"lang": "ja", "limit": "1"}):
            found = json.loads(client.get(f"{API}/{name}/", query).content)
            assert found["items"] and errors(description, f"{name}List", found) == []
            for item in found["items"]:
                one = json.loads(client.get(f"{API}/{name}/{item[ids]}/", {"lang": query.get("lang", "en")}).content)
                assert errors(description, f"{name}One", one) == []
                schema = description["components"]["schemas"][f"{name}One"]["properties"]["item"]
                assert set(one["item"]) == set(schema["properties"])
    assert errors(description, "Error", json.loads(client.get(f"{API}/stories/?x=1").content)) == []
    # The validator itself refuses what is wrong.
    assert errors(description, "storiesList", {"meta": {}, "items": [{"id": "seven"}]})


def test_every_parameter_that_is_described_is_taken_and_no_other(client, world, description):
    for path, methods in description["paths"].items():
        listed = "{" not in path
        address = path.format(id=world.piece.pk if "pieces" in path else world.story["en"].pk, slug="sao-mai")
        for parameter in methods["get"]["parameters"]:
            if parameter["in"] == "path":
                continue
            schema = parameter["schema"]
            others = {"economy": "VN", "fields": "url", "offset": "0"}
            value = schema.get("default") or next(iter(schema.get("enum", ())), "") or others.get(parameter["name"], "sao-mai")
            answer = client.get(f"{API}{address}", {parameter["name"]: value})
            assert answer.status_code == 200, (path, parameter["name"], answer.content)
        names = {parameter["name"] for parameter in methods["get"]["parameters"]}
        assert {"lang", "fields"} <= names and ("limit" in names) == listed


def test_the_index_leads_to_everything(client, world):
    found = json.loads(client.get(f"{API}/").content)
    for address in chain(found["resources"].values(), [found["openapi"]]):
        assert client.get(address.removeprefix("http://testserver")).status_code == 200




def test_a_part_beyond_the_end_leads_back_to_the_last_one_with_something_in_it(client, world):
    def before(query: str) -> str | None:
        link = json.loads(client.get(f"{API}/pieces/?{query}").content)["links"]["previous"]
        return link and link.partition("?")[2]

    assert before("limit=1&offset=90000") == "limit=1&offset=1"
    assert before("limit=20&offset=500") == "limit=20"
    assert before("limit=1&offset=2") == "limit=1&offset=1"
    assert before("limit=1&offset=1") == "limit=1"
    assert before("limit=1") is None
    assert before("limit=5&offset=40&village=nowhere") == "limit=5&village=nowhere"


def test_the_description_leads_to_a_page_that_everybody_can_read(client, description):
    found = description["info"]["description"].rpartition(" ")[2]
    assert found == "http://testserver/en/for-developers/"
    assert client.get(found.removeprefix("http://testserver")).status_code == 200
