"""Staff screens for markets and the operator's tax registrations."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
)
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.viewsets.model import ModelViewSet

from catalogue.staff import DeleteView, IndexView, column
from marketplace.economies.models import Market, Registration, RegistrationScheme
from marketplace.economies.staff import KeptEditView, review_column
from marketplace.economies.staff_forms import MarketForm


class MarketViewSet(ModelViewSet):
    model = Market
    name = "markets"
    menu_label = _("Markets")
    icon = "globe"
    index_view_class = IndexView
    edit_view_class = KeptEditView
    delete_view_class = DeleteView
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["destination", "bloc", "currencies__currency", "source"]
    list_filter = ["enabled", "terms", "bloc"]
    list_per_page = 100
    list_display = [
        "__str__",
        column("destination", _("Code"), lambda row: row.destination, sort_key="destination"),
        BooleanColumn("enabled", label=_("Open"), sort_key="enabled"),
        column(
            "currencies", _("Currencies"), lambda row: ", ".join(one.currency for one in row.currencies.all())
        ),
        column("terms", _("Duty and tax"), lambda row: row.terms, sort_key="terms"),
        review_column("review_on", _("Look at again")),
    ]
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("destination"), FieldPanel("bloc")]), FieldPanel("enabled")],
                heading=_("Destination"),
            ),
            InlinePanel(
                "currencies",
                [
                    FieldPanel("currency"),
                    FieldRowPanel([FieldPanel("price_point_step"), FieldPanel("price_point_ending")]),
                ],
                heading=_("Currencies to pay in"),
                label=_("Currency"),
                help_text=_(
                    "The first one is proposed. A currency without a recent exchange rate is left out by itself; the "
                    "screen “Rates today” says which."
                ),
            ),
            FieldPanel("other_currencies"),
            FieldPanel("languages"),
            MultiFieldPanel([FieldPanel("terms"), FieldPanel("declarant")], heading=_("At the border")),
            InlinePanel(
                "channels",
                [
                    FieldPanel("channel"),
                    FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
                    FieldPanel("source"),
                ],
                heading=_("Ways of parcels"),
                label=_("Way"),
                help_text=_("Only where a rule or a decision closes the post or the courier. Otherwise leave it empty."),
            ),
            FieldRowPanel([FieldPanel("review_on"), FieldPanel("source")], heading=_("Decision")),
        ],
        base_form_class=MarketForm,
    )

    def get_index_view_kwargs(self, **kwargs) -> dict:
        rows: QuerySet = Market.objects.prefetch_related("currencies")
        return super().get_index_view_kwargs(queryset=rows, **kwargs)


class RegistrationViewSet(ModelViewSet):
    model = Registration
    name = "registrations"
    menu_label = _("Tax registrations")
    icon = "key"
    index_view_class = IndexView
    edit_view_class = KeptEditView
    delete_view_class = DeleteView
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["scheme__code", "scheme__name", "number", "source"]
    list_filter = ["scheme"]
    list_per_page = 50
    list_display = [
        "__str__",
        column("scheme", _("Scheme"), lambda row: row.scheme.name, sort_key="scheme"),
        column("covers", _("Covers"), lambda row: row.destination_or_bloc),
        "valid_from",
        "valid_to",
        "source",
    ]
    edit_handler = ObjectList(
        [
            HelpPanel(
                content=_(
                    "Only numbers that a tax office gave to you. While one is valid, its tax is collected with the order "
                    "and the number goes to customs. Without one nothing is collected, and the buyer is told so."
                )
            ),
            FieldRowPanel([FieldPanel("scheme"), FieldPanel("number")]),
            FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
            FieldPanel("source"),
        ]
    )

    def get_index_view_kwargs(self, **kwargs) -> dict:
        rows: QuerySet = Registration.objects.select_related("scheme")
        return super().get_index_view_kwargs(queryset=rows, **kwargs)


class SchemeViewSet(ModelViewSet):
    model = RegistrationScheme
    name = "registration-schemes"
    menu_label = _("Registration schemes")
    icon = "list-ul"
    index_view_class = IndexView
    edit_view_class = KeptEditView
    delete_view_class = DeleteView
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["code", "name", "covers"]
    list_per_page = 50
    list_display = ["code", "name", "covers", "source"]
    panels = [FieldPanel("code"), FieldPanel("name"), FieldPanel("covers"), FieldPanel("source")]
