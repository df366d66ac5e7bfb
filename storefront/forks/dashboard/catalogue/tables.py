from django_tables2 import TemplateColumn
from oscar.apps.dashboard.catalogue import tables


class ProductTable(tables.ProductTable):
    """Oscar offers to sort by the checkbox, and fails."""

    checkbox = TemplateColumn(
        verbose_name="", template_name="oscar/dashboard/catalogue/product_row_checkbox.html", orderable=False
    )

    class Meta(tables.ProductTable.Meta):
        pass
