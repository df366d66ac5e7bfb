from django.db import migrations
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Concat, Lower


def add(apps, schema_editor):
    """The makers' own codes into what is searched in the cards that there are; new cards hold them from the start."""
    codes = apps.get_model("catalogue", "Product").objects.exclude(maker_code="")
    own = codes.filter(pk=OuterRef("product_id")).values("maker_code")
    cards = apps.get_model("storefront", "ProductCard").objects.filter(product__in=codes)
    cards.update(search_text=Concat(F("search_text"), Value("\n"), Lower(Subquery(own))))


class Migration(migrations.Migration):
    dependencies = [
        ("storefront", "0003_views"),
        ("catalogue", "kit_0007_desk"),
    ]

    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
