"""The sentences of data/restrictions.csv, marked for translation: rules are rows, and so are their words."""

from django.utils.translation import gettext_noop as _

SENTENCES = (
    _("Incense of agarwood travels only with a CITES permit."),
    _("Drinks with more than 24 percent of alcohol do not go by air post."),
    _("They can go with a courier that takes dangerous goods. If it is weaker, please state its alcohol."),
    _("A thing over 100 years old leaves an economy only with its export permit."),
    _("Australia does not admit most goods of milk, eggs and meat, nor honey in its west."),
    _("Please offer it in other places."),
    _("Australia inspects wood, bamboo, straw, seeds and incense; untreated goods are destroyed or sent back."),
    _("Alcohol enters Brunei Darussalam only with a permit."),
    _("Goods of animals enter Brunei Darussalam only with a permit."),
    _("Goods of timber enter Brunei Darussalam only with a permit."),
    _("Plants and goods of plants enter Brunei Darussalam only with a permit."),
    _("The species is listed in Appendix I of CITES: it may not be traded between economies."),
    _("If the name is wrong, please correct it. Otherwise the piece stays within its economy."),
    _("The species is listed in Appendix II of CITES: it leaves an economy only with a CITES permit."),
    _("Cross-border electronic commerce to China takes only goods on its positive list."),
    _("Please ask us whether the goods are on the list, or send by post within its limits."),
    _("Printed matter and relics are examined before they enter China."),
    _("Paintings over 100 years old and antiques leave an economy only with its export permit."),
    _("Customs asks for a description in English: what the piece is, of what, for what."),
    _("Customs asks for the HS code of every piece, six digits at least."),
    _("Customs asks what a piece is made of."),
    _("Customs asks where a piece was made."),
    _("Post and customs ask for the net weight of every piece."),
    _(
        "Food of animals, honey among it, is not sent to buyers in the European Union: a sale needs health "
        "certificates that parcels cannot have."
    ),
    _("Cosmetics go to the European Union only with a notification and a responsible person there."),
    _(
        "Antiques and old works of art enter the European Union only with an import licence or an importer’s "
        "statement."
    ),
    _(
        "Goods of wood, paper, coffee and cocoa will need a due diligence statement in the European Union; "
        "for micro and small firms from 2027-06-30."
    ),
    _("Goods of wood, paper, coffee and cocoa go to the European Union only with a due diligence statement."),
    _(
        "Furniture of wood will need a due diligence statement in the European Union; for micro and small "
        "firms from 2027-06-30."
    ),
    _("Furniture of wood goes to the European Union only with a due diligence statement."),
    _(
        "The European Union asks for a responsible person there, named with postal and e-mail address on the "
        "listing and the piece."
    ),
    _("Declarations to the European Union name the seller’s number (SKU) and the maker’s number of every piece."),
    _("Toys go to the European Union only with a CE declaration."),
    _("What burns easily does not go by air post."),
    _("It can go with a courier that takes dangerous goods."),
    _("Essential oils and perfumes burn easily: they do not go by air post."),
    _("They can go with a courier that takes dangerous goods."),
    _("A sale is never declared as a gift."),
    _("Please declare it as a sale of goods. Gift wrapping is no matter of customs."),
    _("In Indonesia food is called halal only with a recognised certificate."),
    _("Please leave the word out unless you have the certificate."),
    _(
        "Indonesia limits the pieces in a consignment, such as five textiles, twenty cosmetics, two bags, two "
        "pairs of shoes."
    ),
    _("Please send larger orders in the name of an importer."),
    _("Worked ivory is not sold here."),
    _("Please take the piece out of the shop."),
    _("Food for sale in Japan is notified on import; what a person eats herself is exempt."),
    _("Please send to people for their own use only."),
    _("Beans, seeds and medicinal plants enter Japan only with a plant health certificate."),
    _("Untreated straw and plaited plants enter Japan only with a plant health certificate."),
    _("Food and cosmetics for Korea are cleared one by one, with limits for supplements."),
    _("Please keep to small numbers in one parcel."),
    _("Lithium batteries travel by post only where they are built in, two at most in a parcel."),
    _("Please ask your post office before you send it."),
    _("Loose lithium batteries are sent by nobody."),
    _("Please offer the piece without the battery, or with one that is built in."),
    _("Food and textiles for Mexico keep sanitary notices and NOM labels above the simplified limits."),
    _("In Malaysia food is called halal only with a recognised certificate."),
    _("New Zealand inspects wood, bamboo and straw; untreated goods are destroyed or sent back."),
    _("New Zealand does not admit honey, milk and eggs."),
    _("Food for sale does not enter Peru by parcel."),
    _("A drink from abroad may not be called pisco in Peru."),
    _("Please offer it in other places, or under another name."),
    _("Goods of reptile skin travel only with a CITES permit."),
    _("We do not send to Russia at present."),
    _("We do not sell from Russia at present."),
    _("Please ask us when this will change."),
    _("Food for sale in Singapore needs an SFA licence; a person may receive 5 kg or 5 litres for herself."),
    _("Tortoise-shell, coral, horn, bone, shell and pearl: customs asks for the name of the species."),
    _(
        "Rosewood and other woods are listed in CITES: customs asks for the name of the species. Finished "
        "instruments are partly exempt (annotation 15)."
    ),
    _("Chinese Taipei limits the number of foods and supplements in a parcel."),
    _("Alcohol does not go to the United States by post."),
    _("Goods for children go to the United States only with a children’s product certificate and a tracking label."),
    _("Cosmetics for the United States are listed and their facility registered (MoCRA). True soap is exempt."),
    _("Please have the product listed before you send it."),
    _("Food goes to the United States only with prior notice to the FDA from a registered facility."),
    _("Parcels to the United States carry the ten-digit code of the American tariff for every line."),
    _(
        "The United States ask for a declaration of the plants in wood, plaited work and instruments, with "
        "scientific names."
    ),
    _("Ceramic tableware for the United States keeps the limits for lead and cadmium."),
    _("Textiles for the United States carry a label with the fibres and the place of origin."),
    _("Please sew or tie the label on before you send it."),
)
