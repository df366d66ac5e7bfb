from django.conf import settings
from django.core.management.base import BaseCommand
from wagtail.models import Locale

from catalogue.classes import CLASSES, get_class
from marketplace.economies.services import load_destinations, load_economies, seed_markets
from marketplace.fulfilment.seed import load_sample_rates
from marketplace.payments.payouts.terms_csv import seed_terms
from marketplace.trade.papers.seed import load_paper_rows
from marketplace.trade.restrictions import load_restrictions
from marketplace.trade.rule_services import load_rules
from storefront.listing.models import ContentVersion
from storefront.search import synonyms


class Command(BaseCommand):
    help = "Loads what every shop needs: languages, economies, destinations, product classes, sample shipping rates."

    def handle(self, *args, **options) -> None:
        for code, _name in settings.LANGUAGES:
            Locale.objects.get_or_create(language_code=code)
        for slug in CLASSES:
            get_class(slug)
        for pk in (1, 2):
            ContentVersion.objects.get_or_create(pk=pk)
        synonyms.seed()
        economies, places, rates = load_economies(), load_destinations(), load_sample_rates()
        seed_markets()
        load_restrictions()
        load_rules()
        load_paper_rows()
        seed_terms()
        self.stdout.write(f"{economies} economies, {places} new destinations, {rates} new shipping rates.")
