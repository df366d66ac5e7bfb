from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkshopsConfig(AppConfig):
    name = "marketplace.workshops"
    label = "marketplace_workshops"
    verbose_name = _("Workshops")
