"""The door for signed events."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from marketplace.payments.gateway import BadEvent, get_gateway
from marketplace.payments.services import receive_event

log = logging.getLogger(__name__)
LARGEST_BODY = 512 * 1024


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """200 once the event is stored; 400 for anything unsigned or unreadable; 413 for a body of more than 512 KiB."""
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal():
        return HttpResponse(status=400)
    if int(length) > LARGEST_BODY:
        return HttpResponse(status=413)
    try:
        event = get_gateway().read_event(request.body, request.headers.get("Stripe-Signature", ""))
    except BadEvent as problem:
        log.warning("webhook refused: %s", problem)
        return HttpResponse("refused", status=400, content_type="text/plain")
    stored = receive_event(event=event)
    return HttpResponse(stored.outcome, content_type="text/plain")
