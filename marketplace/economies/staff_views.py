"""Today's rates at a glance, and the button that fetches them."""

from datetime import date
from decimal import Context, Decimal

from babel.numbers import format_decimal
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.economies.markets import currencies_on_offer
from marketplace.economies.models import RateImport
from marketplace.economies.rates import NoRate, Rate
from marketplace.economies.tasks import fetch_rates
from marketplace.formats import currency_name, day, locale_of

MAY_SEE, MAY_ADD = "marketplace_economies.view_exchangerate", "marketplace_economies.add_exchangerate"
SHOWN = Context(prec=6)


class TodayView(WagtailAdminTemplateMixin, TemplateView):
    """Every currency of an open market: its rate, how old it is, and whether anything can be paid with it."""

    template_name = "marketplace/economies/today.html"
    page_title = gettext_lazy("Rates today")
    header_icon = "calendar"
    _show_breadcrumbs = True

    def get_breadcrumbs_items(self) -> list[dict]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.has_perm(MAY_SEE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs) -> dict:
        today, shop = timezone.localdate(), settings.MARKETPLACE_CURRENCY
        return super().get_context_data(**kwargs) | {
            "rows": [_row(shop, code, rate, today) for code, rate in currencies_on_offer(today).items()],
            "max_age": settings.MARKETPLACE_RATE_MAX_AGE_DAYS,
            "add_url": reverse("exchange-rates:add") if self.request.user.has_perm(MAY_ADD) else "",
            "fetch_url": reverse("exchange-rates:fetch") if self.request.user.has_perm(MAY_ADD) else "",
            "last_import": RateImport.objects.first(),
        }


def _row(shop: str, code: str, rate: Rate | NoRate, today: date) -> dict:
    row = {"code": code, "name": currency_name(code), "add": f"?quote={code}"}
    if isinstance(rate, NoRate):
        return row | {"state": "off", "text": rate.text}
    if not rate.parts:
        return row | {"state": "shop", "text": _("The currency of the price list.")}
    return row | {
        "state": "sample" if rate.sample else "good",
        "text": f"1 {shop} = {_digits(rate.value)} {code}",
        "on": day(rate.on),
        "age": (today - rate.on).days,
        "source": rate.source,
    }


def _digits(value: Decimal) -> str:
    """Six digits that count, whether one unit is worth 0.00634 or 26,300."""
    return format_decimal(SHOWN.plus(value), format="#,##0.############", locale=locale_of())


class FetchView(View):
    """Starts an import from MARKETPLACE_RATES; the list of imports says how it went."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(MAY_ADD):
            raise PermissionDenied
        fetch_rates.enqueue(trigger=RateImport.Trigger.STAFF.value, user_id=request.user.pk)
        messages.success(request, _("The rates are being fetched. This list shows how it went."))
        return redirect("rate-imports:index")
