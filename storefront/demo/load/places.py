"""Crafts, materials, villages, workshops and their people."""

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.utils.text import slugify
from oscar.core.loading import get_model
from wagtail.models import Locale

from catalogue.models import Craft, CraftText, Material, MaterialText
from marketplace.workshops.models import Member, Village, VillageText, Workshop, WorkshopText
from storefront.demo import content

Partner = get_model("partner", "Partner")
User = get_user_model()
PASSWORDS = {
    "staff": "demo-admin-1",
    "maker": "demo-maker-1",
    "buyer": "demo-buyer-1",
    "officer": "demo-officer-1",
    "agency": "demo-agency-1",
}


def load_places() -> None:
    for row in content.crafts():
        craft, _new = Craft.objects.update_or_create(slug=row["slug"])
        write_texts(
            CraftText, craft, {code: _pick(text, "name", "summary") for code, text in row["text"].items()}
        )
    for row in content.materials():
        material, _new = Material.objects.update_or_create(slug=row["slug"])
        write_texts(MaterialText, material, {code: {"name": name} for code, name in row["text"].items()})
    for row in content.villages():
        village, _new = Village.objects.update_or_create(
            slug=row["slug"],
            defaults={
                "economy_id": row["economy"],
                "latitude": row["lat"],
                "longitude": row["lon"],
                "is_sample": True,
            },
        )
        write_texts(
            VillageText,
            village,
            {code: _pick(text, "name", "region", "summary") for code, text in row["text"].items()},
        )
    for row in content.workshops():
        _load_workshop(row)


def _load_workshop(row: dict) -> None:
    name = row["text"]["en"]["name"]
    partner, _new = Partner.objects.update_or_create(code=row["slug"], defaults={"name": name})
    workshop, _new = Workshop.objects.update_or_create(
        slug=row["slug"],
        defaults={
            "partner": partner,
            "village": Village.objects.get(slug=row["village"]),
            "kind": row["kind"],
            "contact": row["contact"],
            "since": row["since"],
            "makers": row["members"],
            "code_prefix": row["code"],
            # What the maker writes in, also where the demo's texts of the workshop itself begin in English.
            "source_language": row["language"],
            "is_sample": True,
        },
    )
    write_texts(
        WorkshopText, workshop, {code: _pick(text, "name", "summary") for code, text in row["text"].items()}
    )
    user = person(row["login"], row["contact"], "maker")
    Member.objects.get_or_create(workshop=workshop, user=user, defaults={"is_owner": True})
    if row["slug"] == "sao-mai-lacquer":
        helper = person("man@example.com", "Mận", "maker")
        Member.objects.get_or_create(workshop=workshop, user=helper, defaults={"lists": True, "packs": True})


def load_people() -> None:
    """The editor of the site and a buyer; makers come with their workshops."""
    person("admin@example.com", "Demo editor", "staff", is_staff=True, is_superuser=True)
    person("kenji@example.com", "Kenji", "buyer")


_hashes: dict[str, str] = {}


def person(email: str, name: str, kind: str, **flags):
    """A sample user; an existing one is left alone, password included."""
    if kind not in _hashes:
        _hashes[kind] = make_password(PASSWORDS[kind])
    user, _new = User.objects.get_or_create(
        username=email,
        defaults={"email": email, "first_name": name[:150], "password": _hashes[kind], **flags},
    )
    return user


def write_texts(model, owner, texts: dict[str, dict]) -> None:
    """One row per language, all with the same translation key, so that wagtail-localize knows them as one thing.

    Whoever calls it has saved ``owner`` before and refreshes what shows it, so new rows are written at once.
    """
    known = {
        row.locale.language_code: row for row in model.objects.filter(owner=owner).select_related("locale")
    }
    key = next((row.translation_key for row in known.values()), None)
    new = []
    for code, values in texts.items():
        row = known.get(code) or model(owner=owner, locale=locale(code))
        key = row.translation_key = key or row.translation_key
        for name, value in values.items():
            setattr(row, name, value)
        new.append(row) if code not in known else row.save()
    model.objects.bulk_create(new)


_locales: dict[str, Locale] = {}


def locale(code: str) -> Locale:
    """The Wagtail locale of a language code."""
    if code not in _locales or not Locale.objects.filter(pk=_locales[code].pk).exists():
        _locales[code] = Locale.objects.get(language_code=code)
    return _locales[code]


def ascii_slug(text: str, fallback: str) -> str:
    """A slug of Latin letters; ``fallback`` for titles in scripts without them."""
    return slugify(text)[:80] or slugify(fallback)


def _pick(text: dict, *names: str) -> dict:
    return {name: text[name] for name in names}
