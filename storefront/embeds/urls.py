from django.urls import path, re_path

from storefront.embeds.card import absent, card
from storefront.embeds.oembed import oembed

urlpatterns = [
    path("oembed/", oembed, name="oembed"),
    path("oembed.json", oembed, {"format": "json"}, name="oembed-json"),
    path("oembed.xml", oembed, {"format": "xml"}, name="oembed-xml"),
    re_path(
        r"^embed/v1/(?P<language>[a-z-]{2,12})/(?P<kind>[a-z]{2,12})/(?P<slug>[^/]+)-(?P<pk>[0-9]{1,9})/$",
        card,
        name="embed-card",
    ),
    # Whatever else is asked for below v1 stands in a frame, too: a card says so, never the shop's error page.
    re_path(r"^embed/v1/.*/$", absent, name="embed-absent"),
]
