"""Links that editors set to pages lead to the same page in the reader's language, or to what stands in for it there."""

from django.utils.html import escape
from django.utils.translation import get_language
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler

from storefront.listing.directory import get_directory
from storefront.serving import best_of, twins_of


class ReadersPageLink(PageLinkHandler):
    """In the place of Wagtail's own, which leads to another language where a page is not translated."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict]) -> list[str]:
        """A link without an address for a page that these readers cannot meet. At most one statement."""
        addresses = addresses_of(
            {attrs["id"] for attrs in attrs_list if str(attrs.get("id", "")).isdecimal()}
        )
        found = (addresses.get(attrs.get("id"), "") for attrs in attrs_list)
        return [f'<a href="{escape(url)}">' if url else "<a>" for url in found]


def addresses_of(ids: set[str]) -> dict[str, str]:
    """Page id (as text) → where readers of the active language meet it; kept until a page changes."""
    directory = get_directory(get_language())

    def read() -> dict[str, str]:
        twins = twins_of(Page.objects.filter(pk__in=ids))
        keys = {str(twin.pk): twin.key for twin in twins}
        families = {key: [twin for twin in twins if twin.key == key and twin.live] for key in keys.values()}
        best = {pk: best_of(families[key], directory.language) for pk, key in keys.items() if pk in ids}
        return {
            pk: directory.address_of(twin.url_path, twin.language)
            for pk, twin in best.items()
            if twin and (twin.language == directory.language or not twin.restricted)
        }

    return directory.keep(("links", *sorted(ids)), read) if ids else {}
