from django.urls import path, re_path

from storefront.embeds.card import absent, card
from storefront.embeds.files import accent, loader, pinned_loader
from storefront.embeds.oembed import oembed

urlpatterns = [
    path("oembed/", oembed, name="oembed"),
    path("oembed.json", oembed, {"format": "json"}, name="oembed-json"),
    path("oembed.xml", oembed, {"format": "xml"}, name="oembed-xml"),
    path("embed/v1/loader.js", loader, name="embed-loader"),
    re_path(r"^embed/v1/loader\.(?P<digest>[0-9a-f]{16})\.js$", pinned_loader, name="embed-loader-pinned"),
    re_path(r"^embed/v1/accent-(?P<colour>[0-9a-f]{6})\.css$", accent, name="embed-accent"),
    re_path(r"^embed/v1/card/?$", card, name="embed-card-of-page"),
    re_path(
        r"^embed/v1/(?P<language>[a-z-]{2,12})/(?P<kind>[a-z]{2,12})/(?P<slug>[^/]+)-(?P<pk>[0-9]{1,9})/$",
        card,
        name="embed-card",
    ),
    # Whatever else is asked for, of a later version, too, stands in a frame: a card says so, never the shop's error page.
    re_path(r"^embed/v(?P<version>[0-9]{1,3})/(?:.*/)?$", absent, name="embed-absent"),
]
