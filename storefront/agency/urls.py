from django.urls import path

from storefront.agency import (
    builder,
    closing,
    details,
    home,
    joining,
    keys,
    payee,
    people,
    signing_up,
    sites,
    statements,
    statistics,
    wishes,
)

# "join" is a code that no agency gets (marketplace/partnerships/codes.py).
urlpatterns = [
    path("", home.home, name="home"),
    path("join/<slug:token>/", joining.join, name="join"),
    path("<slug:agency>/", home.page, name="agency"),
    path("<slug:agency>/again/", signing_up.again, name="apply-again"),
    path("<slug:agency>/leave/", people.leave, name="leave"),
    path("<slug:agency>/cards/", builder.cards, name="cards"),
    path("<slug:agency>/cards/<slug:kind>/<int:pk>/", builder.card, name="card"),
    path("<slug:agency>/cards/<slug:kind>/<int:pk>/ask/", wishes.ask, name="ask"),
    path("<slug:agency>/wishes/<int:pk>/", builder.take_back, name="wish-back"),
    path("<slug:agency>/sites/", sites.listing, name="sites"),
    path("<slug:agency>/sites/only/", sites.partners_only, name="partners-only"),
    path("<slug:agency>/sites/<int:pk>/", sites.site, name="site"),
    path("<slug:agency>/sites/<int:pk>/remove/", sites.remove, name="site-remove"),
    path("<slug:agency>/statistics/", statistics.page, name="statistics"),
    path("<slug:agency>/statistics.csv", statistics.file, name="statistics-file"),
    path("<slug:agency>/money/", statements.listing, name="statements"),
    path("<slug:agency>/money/payee/", payee.payee, name="payee"),
    path("<slug:agency>/money/<str:currency>/<int:year>-<int:month>/", statements.page, name="statement"),
    path(
        "<slug:agency>/money/<str:currency>/<int:year>-<int:month>.<slug:kind>", statements.file, name="statement-file"
    ),
    path("<slug:agency>/people/", people.listing, name="people"),
    path("<slug:agency>/people/invite/", people.invite, name="person-invite"),
    path("<slug:agency>/people/invitations/<int:pk>/", people.invitation, name="invitation"),
    path("<slug:agency>/people/<int:pk>/", people.person, name="person"),
    path("<slug:agency>/people/<int:pk>/remove/", people.remove, name="person-remove"),
    path("<slug:agency>/keys/", keys.listing, name="keys"),
    path("<slug:agency>/keys/<int:pk>/withdraw/", keys.withdraw, name="key-withdraw"),
    path("<slug:agency>/settings/", details.page, name="details"),
    path("<slug:agency>/settings/close/", closing.page, name="close"),
]
