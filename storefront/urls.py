"""Addresses. The language is the first part of every page that a reader meets."""

from django.apps import apps
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from storefront import account, account_change_views, editors, signing_in, sitemaps
from storefront.agency import public as agency_pages
from storefront.agency import signing_up as agency_signing_up
from storefront.checkout import basket_views, cancelling, conversation, order_views
from storefront.checkout import views as checkout
from storefront.dashboard import catalogue_names, customer_names, offer_names, staff_only
from storefront.desk import told
from storefront.listing import product
from storefront.listing import views as listing
from storefront.market import picker
from storefront.market.choice import start
from storefront.media import media
from storefront.middleware import preferred_language
from storefront.push import views as push
from storefront.search import views as search
from storefront.serving import serve_page
from storefront.staff_doors import throttled
from storefront.voice_pages import voice


@require_safe
def to_language(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The one place where a reader's browser decides: "/" and "/desk/" lead to the language it asks for."""
    response = redirect(f"{start()}{preferred_language(request)}/{rest}")
    response["Cache-Control"] = "public, max-age=300"
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For programs that ask without reading a page first."""
    response = redirect(static("storefront/img/favicon.ico"))
    response["Cache-Control"] = "public, max-age=86400"
    return response


account_urls = [
    path("login/", signing_in.SignInView.as_view(), name="login"),
    path("code/", signing_in.code, name="code"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("register/", signing_in.register, name="register"),
    path("forgotten/", account.forgotten, name="forgotten"),
    path(
        "forgotten/sent/",
        TemplateView.as_view(template_name="storefront/account/forgotten_sent.html"),
        name="forgotten-sent",
    ),
    path("new-password/<uidb64>/<token>/", account.NewPasswordView.as_view(), name="new-password"),
    path("orders/", account.orders, name="orders"),
    *account_change_views.patterns,
    path("told/", told.told, name="told"),
    path("push/subscribe/", push.subscribe, name="push-subscribe"),
    path("push/unsubscribe/", push.unsubscribe, name="push-unsubscribe"),
]
# Under Oscar's own names, so that its dashboard and models find them.
catalogue_urls = [
    path("", listing.listing, name="index"),
    path("<str:product_slug>-<int:pk>/", product.detail, name="detail"),
    *catalogue_names,
]

handler500 = "storefront.faults.server_error"
urlpatterns = [
    path("", to_language),
    path("desk/", to_language, {"rest": "desk/"}),
    path("officer/", to_language, {"rest": "officer/"}),
    path("agency/", to_language, {"rest": "agency/"}),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:kind>-<int:number>.xml", sitemaps.file, name="sitemap-file"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("favicon.ico", favicon, name="favicon"),
    path("push-worker.js", push.service_worker, name="push-worker"),
    path("", include("marketplace.payments.urls")),
    path("", include("storefront.embeds.urls")),
    path("api/v1/", include(("storefront.api.urls", "api"))),
    path("admin/reports/page-types-usage/", editors.page_types),
    path("admin/reports/page-types-usage/results/", editors.page_types_results),
    path("admin/", include(throttled(wagtailadmin_urls))),
    path("documents/", include(wagtaildocs_urls)),
    path("django-admin/", throttled(admin.site.urls)),
    path("dashboard/", throttled(staff_only(apps.get_app_config("dashboard").urls))),
    path("media/<path:path>", media, name="media"),
    path("voices/<int:pk>/<slug:fingerprint>/", voice, name="voice"),
    *i18n_patterns(
        path("products/", include((catalogue_urls, "catalogue"))),
        path("search/", search.search, name="search"),
        path("search/suggest/", search.suggest, name="search-suggest"),
        path("feeds/", include(("storefront.feeds.urls", "feeds"))),
        path("market/", picker.choose, name="market"),
        path("basket/", basket_views.basket, name="basket"),
        path("basket/add/", basket_views.add, name="basket-add"),
        path("basket/summary.json", basket_views.summary, name="basket-summary"),
        path("checkout/", checkout.address, name="checkout"),
        path("checkout/review/", checkout.review, name="checkout-review"),
        path("checkout/pay/", checkout.pay, name="checkout-pay"),
        path("orders/<str:number>/", order_views.order, name="order"),
        path("orders/<str:number>/cancel/", cancelling.whole_order, name="order-cancel"),
        path(
            "orders/<str:number>/cancel/<slug:consignment>/", cancelling.one_consignment, name="order-cancel-part"
        ),
        path("orders/<str:number>/messages/<slug:consignment>/", conversation.conversation, name="order-messages"),
        path(
            "orders/<str:number>/messages/<slug:consignment>/<slug:kind>/<int:pk>/",
            conversation.photo,
            name="order-messages-photo",
        ),
        path("orders/<str:number>/pay/", order_views.pay_again, name="order-pay"),
        path("account/", include((account_urls, "account"))),
        path("account/", include((customer_names, "customer"))),
        path("offers/", include((offer_names, "offer"))),
        path("desk/", include(("storefront.desk.urls", "desk"))),
        path("officer/", include(("storefront.officer.urls", "officer"))),
        path("agency/", include(("storefront.agency.urls", "agency"))),
        path("for-agencies/", agency_pages.for_agencies, name="for-agencies"),
        path("for-agencies/apply/", agency_signing_up.apply, name="agency-apply"),
        path("for-developers/", agency_pages.for_developers, name="for-developers"),
        path("", serve_page, name="home"),
        path("<path:path>", serve_page),
        path("", include(wagtail_urls)),
    ),
]
