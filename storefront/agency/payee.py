"""Where an agency's money goes: said by its owner, who was asked for the password; somebody of the shop approves it."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from marketplace.partnerships.models import Part
from storefront.agency.scope import AgencyDesk, agency_view
from storefront.desk.again import ask_again
from storefront.desk.payee_page import payee_page


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(needs=Part.OWN)
@ask_again
def payee(desk: AgencyDesk) -> HttpResponse:
    """The account that counts, a change that waits, and the form for another one."""
    return payee_page(desk, desk.agency, template="payee", back=desk.url("statements"))
