"""Every setting of the kit with its default.

Star-import this after ``oscar.defaults`` in a settings file; override below the import.
"""

# Currency of the shop's price list (ISO 4217). One per shop until markets are switched on.
MARKETPLACE_CURRENCY = "USD"

# Languages the storefront answers in. LANGUAGES may hold more: makers write in theirs.
MARKETPLACE_STOREFRONT_LANGUAGES = ["en", "ja", "vi", "th", "es", "zh-hant"]

# When a text is missing in the reader's language: these in turn, then the maker's own words. One list for all
# readers, or one per language: {"th": ["vi", "en"], "default": ["en"]}.
MARKETPLACE_FALLBACK_LANGUAGES = ["en"]

# Whether a story or place page that a machine translated goes live at once; else an editor publishes it.
MARKETPLACE_MACHINE_PAGES_LIVE = False

# Who takes the money. A backend of marketplace.payments.gateway.Gateway.
MARKETPLACE_GATEWAY = {
    "BACKEND": "marketplace.payments.backends.stripe.StripeGateway",
    "OPTIONS": {},
}

# How long stock is held for an unpaid order, in minutes. Stripe's hosted page lives at least 30.
MARKETPLACE_RESERVATION_MINUTES = 35

# Name that readers see in headers, mails and embeds.
MARKETPLACE_SHOP_NAME = "Village & Hand"

# Largest number of one piece in a basket.
MARKETPLACE_MAX_LINE_QUANTITY = 99

# Whole-page cache for pages that are the same for everyone: megabytes a worker may use, 0 switches it off.
MARKETPLACE_PAGE_CACHE_MB = 64

# Uploaded pictures: largest file in bytes, most pixels, longest edge after re-encoding.
MARKETPLACE_UPLOAD_MAX_BYTES = 25 * 1024 * 1024
MARKETPLACE_UPLOAD_MAX_PIXELS = 80_000_000
MARKETPLACE_UPLOAD_EDGE = 2400
