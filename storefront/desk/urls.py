from django.urls import path

from storefront.desk import (
    cannot_make,
    consignments,
    earnings,
    home,
    how_paid,
    languages,
    papers,
    piece_pages,
    pieces,
    readiness,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("how-paid/", how_paid.how_paid, name="how-paid"),
    path("<slug:workshop>/", home.workshop, name="workshop"),
    path("<slug:workshop>/earnings/", earnings.page, name="earnings"),
    path("<slug:workshop>/earnings/payee/", earnings.payee, name="payee"),
    path("<slug:workshop>/earnings/<str:currency>/<int:year>-<int:month>/", earnings.statement, name="statement"),
    path(
        "<slug:workshop>/earnings/<str:currency>/<int:year>-<int:month>.<slug:kind>",
        earnings.statement_file,
        name="statement-file",
    ),
    path("<slug:workshop>/consignments/", consignments.listing, name="consignments"),
    path("<slug:workshop>/consignments/<int:pk>/", consignments.detail, name="consignment"),
    path("<slug:workshop>/consignments/<int:pk>/cannot-make/", cannot_make.page, name="consignment-cannot-make"),
    path("<slug:workshop>/consignments/<int:pk>/papers/<slug:paper>/", papers.paper, name="paper"),
    path("<slug:workshop>/sender/", papers.sender, name="sender"),
    path("<slug:workshop>/pieces/", pieces.listing, name="pieces"),
    path("<slug:workshop>/pieces/add/", piece_pages.add, name="piece-add"),
    path("<slug:workshop>/pieces/<int:pk>/", piece_pages.edit, name="piece"),
    path("<slug:workshop>/pieces/<int:pk>/readiness/", readiness.page, name="piece-readiness"),
    path("<slug:workshop>/pieces/<int:pk>/languages/", languages.listing, name="piece-languages"),
    path("<slug:workshop>/pieces/<int:pk>/languages/<slug:language>/", languages.edit, name="piece-words"),
]
