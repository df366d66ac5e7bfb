"""What the API's answers look like, as JSON Schema 2020-12: the one place that views, OpenAPI and tests take it from."""

from collections.abc import Mapping

from storefront.listing.models import ProductCard


def text(description: str) -> dict:
    return {"type": "string", "description": description}


def url(description: str) -> dict:
    return {"type": "string", "format": "uri", "description": description}


def moment(description: str) -> dict:
    return {"type": "string", "format": "date-time", "description": description}


def whole(description: str) -> dict:
    return {"type": "integer", "description": description}


def yes_or_no(description: str) -> dict:
    return {"type": "boolean", "description": description}


def maybe(schema: Mapping) -> dict:
    """The same, or null where it is not known."""
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


def rows(of: Mapping) -> dict:
    return {"type": "array", "items": of}


def shaped(description: str = "", /, **fields: Mapping) -> dict:
    """An object with exactly these fields."""
    told = {"description": description} if description else {}
    return {"type": "object", **told, "properties": fields, "required": list(fields), "additionalProperties": False}


def ref(name: str) -> dict:
    return {"$ref": f"#/components/schemas/{name}"}


LANG = text("Language of these words, such as ja. It differs from what was asked for where a fallback stands in.")
# Where a currency was asked for and its market's destination does not get the piece.
NOT_SENT = "not_sent"
AVAILABILITY = {
    "type": "string",
    "enum": [*(str(state) for state in ProductCard.State), NOT_SENT],
    "description": "Whether it can be had now. not_sent: it is not sent to where the currency that was asked for is at home.",
}
# Things that stand within others.
PARTS = {
    "Place": shaped(
        "A village, craft or workshop by its name.",
        slug=text("What filters call it."),
        name=text("Its name."),
        lang=LANG,
        url=url("Its page, or its pieces where it has no page."),
    ),
    "Economy": shaped("An economy under APEC’s name.", code=text("Two letters (ISO 3166-1)."), name=text("Its name.")),
    "Picture": shaped(
        url=url("The picture."), width=whole("Pixels."), height=whole("Pixels."), alt=text("What it shows.")
    ),
    "Price": shaped(
        "What it costs, without postage, taxes and duties.",
        amount=text("A decimal number, such as 48.00."),
        currency=text("ISO 4217."),
        text=text("As readers of the language write it."),
        is_from=yes_or_no("It is the lowest of several."),
    ),
    "Variant": shaped(
        id=whole("Its number."),
        label=text("What it is called."),
        lang=LANG,
        price=maybe(ref("Price")),
        availability=AVAILABILITY,
    ),
    "Visit": shaped(
        "A day on which visitors are received.",
        id={"type": "string", "format": "uuid"},
        name=text("What it is called."),
        lang=LANG,
        summary=text("What visitors do."),
        meeting_point=text("Where to meet."),
        starts_at=moment("In the village’s own time."),
        ends_at=moment("In the village’s own time."),
        time_zone=text("IANA name."),
        workshop=maybe(ref("Place")),
        seats=maybe(whole("How many visitors.")),
        price=maybe(ref("Price")),
        called_off=yes_or_no("It does not take place."),
        why=text("Why it was called off."),
    ),
}
