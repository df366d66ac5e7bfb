"""What a maker agrees to when somebody lists for her: short sentences to be read aloud in her language."""

from django.utils.translation import gettext as _
from django.utils.translation import override

# Raised whenever a sentence below changes its meaning; each consent keeps its edition and the words themselves.
EDITION = "1"


def consent_words(*, helper: str, maker: str, language: str) -> list[str]:
    """The sentences of this EDITION in ``language``. ``helper`` is who lists: an office or a co-operative."""
    names = {"helper": helper, "maker": maker}
    with override(language):
        return [
            _("%(helper)s may show my pieces in this shop for me: photos, words and prices.") % names,
            _("Everybody can see my name, my village and my pieces there.") % names,
            _("Beside each piece stands: “Listed by %(helper)s for %(maker)s”.") % names,
            _("The money for my pieces is mine. %(helper)s cannot change where it is paid.") % names,
            _("I can stop this on any day. Then my pieces leave the shop at once.") % names,
            _("I can take over the workshop myself, with a code on paper.") % names,
        ]
