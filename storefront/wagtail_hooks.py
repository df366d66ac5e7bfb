"""The editor's screens: choosing a piece, the way to the shop's dashboard, and a word about pieces that are gone."""

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import register_admin_url_finder
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from catalogue.models import Product
from storefront import editors
from storefront.missing_pieces import missing_pieces
from storefront.page_links import ReadersPageLink
from storefront.product_chooser import ProductChooserViewSet, ProductURLFinder, product_chooser_viewset
from storefront.search.staff import SynonymViewSet
from storefront.translations import hooks as translation_hooks

__all__ = ["translation_hooks"]

register_admin_url_finder(Product, ProductURLFinder)
register_snippet(SynonymViewSet)
hooks.register("construct_admin_api", editors.narrow_api, order=1)
hooks.register("before_move_page", editors.check_move)


@hooks.register("register_admin_viewset")
def product_chooser() -> ProductChooserViewSet:
    return product_chooser_viewset


@hooks.register("register_rich_text_features", order=100)
def links_to_pages(features) -> None:
    features.register_link_type(ReadersPageLink)


class DashboardMenuItem(MenuItem):
    """Oscar's dashboard: offers, vouchers, ranges, reports. Shown to those whom it lets in."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.is_staff


@hooks.register("register_admin_menu_item")
def dashboard_menu_item() -> MenuItem:
    return DashboardMenuItem(
        gettext_lazy("Shop dashboard"),
        reverse_lazy("dashboard:index"),
        name="shop-dashboard",
        icon_name="table",
        order=420,
    )


# Before wagtail-localize, which answers for translated pages itself.
@hooks.register("before_edit_page", order=-1)
def warn_of_missing_pieces(request: HttpRequest, page: Page) -> None:
    """Say which blocks readers do not see, and why. The page itself is served without them."""
    if request.method != "GET" or "_w_hydrate_create_view" in request.GET:
        return
    missing = missing_pieces(page)
    if missing:
        rows = format_html_join("", "<li>{}</li>", ((str(piece),) for piece in missing))
        lead = _("Readers do not see these pieces. Choose others or remove the blocks:")
        messages.warning(request, format_html("{}<ul>{}</ul>", lead, rows))
