"""A sample of what an operator brings along herself, so that the demo's shop may sell to the European Union."""

from datetime import date

from marketplace.trade.models.restrictions import ResponsiblePerson

PERSON = {
    "name": "Kontor Lindenhof (sample)",
    "address": "Musterweg 1\n10115 Berlin",
    "email": "safety@kontor-lindenhof.example",
    "valid_from": date(2024, 12, 13),
}


def load_sample_person() -> int:
    """Insert the sample person for the EU where nobody is named. Answers the number of rows inserted."""
    if ResponsiblePerson.objects.filter(destination="EU").exists():
        return 0
    ResponsiblePerson.objects.create(destination="EU", **PERSON)
    return 1
