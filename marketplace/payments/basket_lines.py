"""The lines of a basket as an order reads them: pieces with their classes and words, stock rows with their partners."""

from django.db.models import Prefetch, QuerySet

from catalogue.models import ProductText


def lines_of(basket) -> QuerySet:
    """What Oscar's ``all_lines`` answers (in its order, remembered once read), with all that placing needs, in three or
    four statements instead of some for each line.
    """
    rows = basket.lines.select_related(
        "stockrecord__partner", "product__product_class", "product__parent__product_class"
    )
    words = [Prefetch(f"{path}__texts", ProductText.objects.select_related("locale")) for path in ("product", "product__parent")]
    return rows.prefetch_related("attributes", *words).order_by("pk")
