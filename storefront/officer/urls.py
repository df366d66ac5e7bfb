from django.urls import path

from storefront.officer import home, piece, starting, workshop

urlpatterns = [
    path("", home.applications, name="home"),
    path("workshops/", home.workshops, name="workshops"),
    path("workshops/<slug:slug>/", workshop.page, name="workshop"),
    path("start/", starting.page, name="start"),
    path("consents/<int:pk>/", workshop.consent_file, name="consent"),
    path("pieces/<int:pk>/", piece.page, name="piece"),
    path("pieces/<int:pk>.csv", piece.file, name="piece-file"),
]
