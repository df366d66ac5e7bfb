"""How a piece came by its HS code, and questions about it that wait for a person."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class HsQuestion(models.Model):
    """A maker is in doubt and asks. ``candidates``: HS codes that she saw, best first. ``decision``: the answer's code."""

    class State(models.TextChoices):
        OPEN = "open", _("Waits for an answer")
        ANSWERED = "answered", _("Answered")

    product = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="hs_questions")
    words = models.CharField(_("the maker’s words"), max_length=300)
    language = models.CharField(_("language"), max_length=12)
    materials = models.JSONField(_("materials"), default=list)
    candidates = models.JSONField(_("candidates"), default=list)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True)
    decision = models.CharField(_("decision"), max_length=10, blank=True)
    note = models.TextField(_("note to the maker"), blank=True)

    class Meta:
        ordering = ["state", "asked_at"]
        verbose_name = _("question about an HS code")
        verbose_name_plural = _("questions about HS codes")
        constraints = [
            models.UniqueConstraint(
                fields=["product"], condition=Q(state="open"), name="hsquestion_one_open_per_piece"
            )
        ]

    def __str__(self) -> str:
        return self.words


class HsDecision(models.Model):
    """Who gave a piece which HS code, and on what grounds. Rows are added, never changed."""

    class Basis(models.TextChoices):
        MAKER = "maker", _("Chosen by the maker")
        STAFF = "staff", _("Confirmed by the staff")

    product = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="hs_decisions")
    code = models.CharField(_("HS code"), max_length=10)
    basis = models.CharField(_("basis"), max_length=5, choices=Basis.choices)
    words = models.CharField(_("searched for"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.code} ({self.get_basis_display()})"
