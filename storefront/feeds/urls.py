from django.urls import path, re_path

from storefront.feeds import places, stories, visits
from storefront.feeds.merchant.views import merchant

urlpatterns = [
    path("stories.atom", stories.stories, {"kind": "atom"}, name="stories-atom"),
    path("stories.rss", stories.stories, {"kind": "rss"}, name="stories-rss"),
    path("villages/<slug:slug>.atom", stories.of_village, {"kind": "atom"}, name="village-atom"),
    path("crafts/<slug:slug>.atom", stories.of_craft, {"kind": "atom"}, name="craft-atom"),
    path("villages.geojson", places.villages, name="villages-geojson"),
    path("visits.ics", visits.all_villages, name="visits-ics"),
    path("villages/<slug:slug>.ics", visits.of_village, name="village-ics"),
    re_path(r"^merchant-(?P<currency>[a-z]{3})\.xml$", merchant, name="merchant"),
    re_path(r"^merchant-(?P<destination>[a-z]{2})-(?P<currency>[a-z]{3})\.xml$", merchant, name="merchant-market"),
]
