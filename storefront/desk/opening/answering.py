"""An owner answers her officer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from marketplace.workshops import opening
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Right
from storefront.desk.fields import Paragraphs
from storefront.desk.opening.forms import TOO_LONG, PlainForm
from storefront.desk.scope import Desk, desk_view


class AnswerForm(PlainForm):
    text = Paragraphs(
        label=gettext_lazy("Your answer"),
        max_length=opening.LONGEST_ANSWER,
        error_messages={"required": gettext_lazy("Please write an answer."), "max_length": TOO_LONG},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.OWN)
def page(desk: Desk) -> HttpResponse:
    """A page of its own, so that the box works from every page of the desk and keeps what was typed on a mistake."""
    form = AnswerForm(desk.request.POST if desk.request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            opening.answer(
                workshop=desk.workshop,
                user=desk.request.user,
                text=form.cleaned_data["text"],
                language=desk.request.LANGUAGE_CODE,
            )
        except Refused as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(desk.request, _("Your answer is sent."))
            return redirect(desk.url("workshop"))
    return desk.render("opening_answer", {"form": form}, status=400 if form.errors else 200)
