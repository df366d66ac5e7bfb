"""The browser's side of web push: the worker's script, and the addresses that keep or forget a browser."""

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from marketplace.notices import push
from marketplace.notices.models import PushSubscription
from marketplace.notices.push import BadSubscription

LONGEST = 1000


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, since a worker sees only what lies below its own address. Asked for anew each time: a telephone must
    not go on with an old one.
    """
    with open(finders.find("storefront/js/push-worker.js"), "rb") as script:
        response = HttpResponse(script.read(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = "/"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@require_POST
def subscribe(request: HttpRequest) -> HttpResponse:
    """Called by push-button.js. 204: kept; 400: no subscription that we can use; 403: nobody is signed in."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    if not push.is_offered():
        raise Http404
    sent = {name: request.POST.get(name, "")[: LONGEST + 1] for name in ("endpoint", "p256dh", "auth")}
    try:
        push.subscribe(user=request.user, **sent)
    except BadSubscription:
        return HttpResponse(_("This browser cannot be used for this."), status=400, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@never_cache
@require_POST
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """One browser (204, also when it was not known), or with ``all`` every one of this person; back to the page."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    if "all" in request.POST:
        PushSubscription.objects.filter(user=request.user).delete()
        messages.success(request, _("Nothing is shown on your telephones any more."))
        return redirect("account:told")
    push.unsubscribe(user=request.user, endpoint=request.POST.get("endpoint", "")[:LONGEST])
    return HttpResponse(status=204)
