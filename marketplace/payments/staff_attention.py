"""The screen "Needs attention": what happened, what to do, and the answers as buttons."""

import django_filters
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import InspectView

from catalogue.staff import column
from marketplace.fulfilment.staff import ShowViewSet
from marketplace.payments import attention
from marketplace.payments.models import Attention, Payee
from marketplace.payments.staff_words import acts, answer_title


class AttentionView(InspectView):
    """One matter, with its links and buttons."""

    template_name = "marketplace/payments/attention.html"

    def get_context_data(self, **kwargs) -> dict:
        row, user = self.object, self.request.user
        happened, advice = attention.tell(row)
        return super().get_context_data(**kwargs) | {
            "row": row,
            "happened": happened,
            "advice": advice,
            "links": self.links(),
            "answers": attention.answers_for(row, user),
            "most": attention.LONGEST_REASON,
            "given": title_of(row),
            "acts": acts([row]),
        }

    def links(self) -> list[tuple[str, str, str]]:
        """(what it is, its name, its screen or "") of what the matter is about."""
        row, finder = self.object, AdminURLFinder(self.request.user)
        about = [(_("Order"), row.payment and row.payment.order), (_("Payment event"), row.event)]
        about += [(_("Refund"), row.refund), (_("Payout"), row.payout)]
        about += [(_("Payee"), Payee.objects.filter(pk=row.details.get("payee")).first())]
        return [(label, str(what), finder.get_edit_url(what) or "") for label, what in about if what]


def title_of(row: Attention) -> str:
    """What the closed row was answered with, as its button says it; the system's own word for what settled itself."""
    return answer_title(row.kind, row.answer)


class AnswerView(View):
    """Gives an answer through marketplace.payments.attention."""

    http_method_names = ["post"]
    inspect_url_name = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(Attention, pk=pk)
        code, reason = request.POST.get("answer", ""), request.POST.get("reason", "")
        try:
            row = attention.give_answer(row=row, code=code, by=request.user, reason=reason)
        except attention.CannotAnswer as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("Answered: %(answer)s") % {"answer": title_of(row)})
        return redirect(self.inspect_url_name, pk=pk)


class AttentionFilters(WagtailFilterSet):
    closed_at = django_filters.BooleanFilter(
        label=gettext_lazy("Waiting for an answer"), lookup_expr="isnull"
    )
    opened_at = django_filters.DateFromToRangeFilter(
        label=gettext_lazy("Noticed"), widget=DateRangePickerWidget
    )

    class Meta:
        model = Attention
        fields = ["closed_at", "opened_at"]


class AttentionViewSet(ShowViewSet):
    model = Attention
    name = "attention"
    menu_label = gettext_lazy("Needs attention")
    icon = "warning"
    inspect_view_class = AttentionView
    ordering = "-opened_at"
    search_fields = ["kind", "key", "payment__order__number", "event__event_id", "reason"]
    filterset_class = AttentionFilters
    list_display = [
        TitleColumn(
            "happened",
            url_name="attention:inspect",
            label=gettext_lazy("What happened"),
            accessor=lambda row: attention.tell(row)[0],
        ),
        column("order", gettext_lazy("Order"), lambda row: row.payment.order.number if row.payment else ""),
        DateColumn("opened_at", label=gettext_lazy("Noticed"), sort_key="opened_at"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor=lambda row: _("Answered") if row.closed_at else _("Waiting"),
            primary=lambda row: not row.closed_at,
        ),
        column("given", gettext_lazy("Answer"), title_of),
    ]

    def get_index_view_kwargs(self, **kwargs) -> dict:
        rows = Attention.objects.select_related("payment__order")
        return super().get_index_view_kwargs(queryset=rows, **kwargs)

    def get_urlpatterns(self) -> list:
        view = AnswerView.as_view(inspect_url_name=self.get_url_name("inspect"))
        return [*super().get_urlpatterns(), path("answer/<int:pk>/", view, name="answer")]
