"""Screens of tables whose live rows stay: what would be refused is not offered."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from catalogue.staff import DeleteView, IndexView


def live_stays() -> str:
    return _("A live row stays. Give it a last day, or withdraw it first.")


def is_live(row) -> bool:
    return row.state == row.State.LIVE


class LiveStaysIndexView(IndexView):
    def get_delete_url(self, instance) -> str | None:
        return None if is_live(instance) else super().get_delete_url(instance)


class LiveStaysEditMixin:
    """For an EditView."""

    @property
    def can_delete(self) -> bool:
        stored = self.model.objects.get(pk=self.object.pk)  # whatever the form says
        return super().can_delete and not is_live(stored)


class LiveStaysDeleteView(DeleteView):
    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """Instead of asking "Are you sure?", the way to what may be done."""
        if is_live(self.object):
            messages.error(request, live_stays())
            return redirect(self.edit_url_name, self.object.pk)
        return super().get(request, *args, **kwargs)
