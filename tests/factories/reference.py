"""The rows every test may rely on: economies, languages, product classes, rates, and the page tree's upper part."""

from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Collection, Locale, Page, Site

from marketplace.economies.services import load_sample_rates
from storefront import models as pages

# Index pages below each home page, with their slugs (the same in all languages).
INDEXES = {
    "stories": pages.StoryIndexPage,
    "villages": pages.VillageIndexPage,
    "crafts": pages.CraftIndexPage,
    "workshops": pages.WorkshopIndexPage,
}


@dataclass(frozen=True)
class Reference:
    """Language code → home page, and the site they belong to."""

    homes: dict[str, pages.HomePage]
    site: Site


def make_reference() -> None:
    """Fill an empty database."""
    call_command("seed_reference", verbosity=0)
    load_sample_rates(on=timezone.localdate())
    if not Collection.objects.exists():
        Collection.add_root(instance=Collection(name="Root"))
    top = _root()
    homes: dict[str, pages.HomePage] = {}
    for code in settings.MARKETPLACE_STOREFRONT_LANGUAGES:
        homes[code] = _make_home(top, code, homes.get(settings.LANGUAGE_CODE))
    site = {
        "hostname": "testserver",
        "root_page": homes[settings.LANGUAGE_CODE],
        "site_name": settings.WAGTAIL_SITE_NAME,
    }
    Site.objects.update_or_create(is_default_site=True, defaults=site)


def find_reference() -> Reference:
    """What make_reference made."""
    homes = {home.locale.language_code: home for home in pages.HomePage.objects.select_related("locale")}
    return Reference(homes, Site.objects.get(is_default_site=True))


def _root() -> Page:
    known = Page.get_first_root_node()
    locale = Locale.objects.get(language_code=settings.LANGUAGE_CODE)
    return known or Page.add_root(instance=Page(title="Root", slug="root", locale=locale))


def _make_home(top: Page, code: str, original: pages.HomePage | None) -> pages.HomePage:
    locale = Locale.objects.get(language_code=code)
    home = pages.HomePage(title=f"Home {code}", slug=f"home-{code}", locale=locale, **_same(original))
    top.add_child(instance=home)
    for slug, model in INDEXES.items():
        twin = model.objects.first()
        home.add_child(
            instance=model(title=f"{slug.title()} {code}", slug=slug, locale=locale, **_same(twin))
        )
    return home


def _same(original: Page | None) -> dict:
    return {"translation_key": original.translation_key} if original else {}
