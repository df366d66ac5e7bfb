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

# A question to it takes at most "timeout" seconds of a worker, all repeats included; "at_once" threads of a process may
# wait for it, the others are turned away after "patience" silences in a row, for "pause" seconds. Its other OPTIONS are
# "methods" (empty: what is switched on at Stripe) and "voucher_days". See docs/money.md.

# How long reconcile_payments asks the payment service at most in one run, in seconds; the rest waits for the next run.
MARKETPLACE_RECONCILE_SECONDS = 60

# How far back it looks there for money without an order, in hours.
MARKETPLACE_RECONCILE_HOURS = 2

# A slow method (a voucher, a bank transfer) names its own deadline. So many days longer the stock stays held, because
# the news of a payment on the last day comes later. Where it names none, so many days after the order.
MARKETPLACE_SLOW_METHOD_GRACE_DAYS = 3
MARKETPLACE_SLOW_METHOD_DAYS = 14

# Whether a refund gives back prepaid duty although the parcel was imported: customs mostly keep it.
MARKETPLACE_REFUND_DUTY_AFTER_IMPORT = False

# How long a request waits for PostgreSQL, in seconds; then the reader is told to come again. 0: as long as it takes.
MARKETPLACE_DATABASE_SECONDS = 10

# Mails and calls that fail are repeated, each time later; after so many attempts a person is called.
MARKETPLACE_OUTBOX_ATTEMPTS = 20

# Economy (two letters) of the operator's account at the payment service; empty: no payouts through it.
MARKETPLACE_PLATFORM_ECONOMY = ""

# Where exchange rates come from. A backend of marketplace.economies.sources.RateSource.
MARKETPLACE_RATES = {
    "BACKEND": "marketplace.economies.backends.ecb.EcbRates",
    "OPTIONS": {},
}

# A currency whose last exchange rate is older than this many days is not sold in.
MARKETPLACE_RATE_MAX_AGE_DAYS = 4

# An import with a rate this many times above or below the one before it is refused.
MARKETPLACE_RATE_MOST_TIMES = 100

# The largest share of a converted price by which an ending such as .95 may move it.
MARKETPLACE_PRICE_POINT_MOST = "0.05"

# How long a price holds that a buyer was shown on the review page, in minutes.
MARKETPLACE_QUOTE_MINUTES = 30

# Currency of the shop's balance at the payment service; empty: that of the price list.
MARKETPLACE_SETTLEMENT_CURRENCY = ""

# How long stock is held for an unpaid order, in minutes. Stripe's hosted page lives at least 30.
MARKETPLACE_RESERVATION_MINUTES = 35

# Destinations for which a maker sees what her piece costs the buyer.
MARKETPLACE_EXAMPLE_DESTINATIONS = ("JP", "US", "AU")

# Name that readers see in headers, mails and embeds.
MARKETPLACE_SHOP_NAME = "Village & Hand"

# What the shop states about sending things back: within how many DAYS after arrival, and the PAGE (a whole address) that
# says how. Empty: nothing is stated anywhere.
MARKETPLACE_RETURNS = {}

# Largest number of one piece in a basket.
MARKETPLACE_MAX_LINE_QUANTITY = 99

# Whole-page cache for pages that are the same for everyone: megabytes a worker may use, 0 switches it off.
MARKETPLACE_PAGE_CACHE_MB = 64

# The same for cards on agencies' sites and for oEmbed answers: megabytes a worker may use, 0 switches it off.
MARKETPLACE_EMBEDS_CACHE_MB = 16

# Whether only agencies of the shop may frame cards, each on the sites that it proved to be its own (docs/embedding.md).
MARKETPLACE_EMBEDS_PARTNERS_ONLY = False

# Uploaded pictures: largest file in bytes, most pixels, longest edge after re-encoding.
MARKETPLACE_UPLOAD_MAX_BYTES = 25 * 1024 * 1024
MARKETPLACE_UPLOAD_MAX_PIXELS = 80_000_000
MARKETPLACE_UPLOAD_EDGE = 2400

# Most pixels of a picture that must be read as a whole; a JPEG can be read at a fraction of its size.
MARKETPLACE_UPLOAD_MAX_WHOLE_PIXELS = 50_000_000

# Largest request in bytes, for pages that ask for no more (see storefront.upload_limits.takes_uploads).
MARKETPLACE_UPLOAD_REQUEST_BYTES = 64 * 1024 * 1024

# Photos that wait for their piece: how many days; of one member at most so many, so many bytes, so many new ones a day.
MARKETPLACE_PHOTOS_WAITING = {"DAYS": 30, "MOST": 200, "MOST_BYTES": 400 * 1024 * 1024, "A_DAY": 1000}

# Voice notes: largest file in bytes, longest in seconds, and where the desk's own recorder stops.
MARKETPLACE_VOICE = {"MOST_BYTES": 12 * 1024 * 1024, "MOST_SECONDS": 300, "RECORD_SECONDS": 180}

# Who takes parcels: name → a backend of marketplace.fulfilment.carriers.contract.Carrier. The name stands in the
# shipping rates; the cheapest offer is proposed, at equal prices the carrier named first. The workshop pays it at its
# post office and gets the postage; with "PAID_BY": "shop" the carrier bills the shop.
MARKETPLACE_CARRIERS = {
    "post": {
        "BACKEND": "marketplace.fulfilment.carriers.table.TableCarrier",
        "OPTIONS": {"channel": "post", "numbers": "s10"},
    },
    "courier": {
        "BACKEND": "marketplace.fulfilment.carriers.table.TableCarrier",
        "OPTIONS": {"channel": "courier", "numbers": "[0-9A-Z]{8,30}"},
    },
}

# How a parcel is planned before anybody has packed it. SHARE: packing on top of net weight and volume; LEAST_G: the
# least that a piece weighs with packing; UNKNOWN_NET_G: taken for a piece without a net weight; MOST_PARCELS: boxes of
# one consignment; DAYS: working days a maker may take to pack; MOST_G and MOST_MM: what a slip of the finger exceeds.
MARKETPLACE_PACKING = {
    "SHARE": "0.20",
    "LEAST_G": 50,
    "UNKNOWN_NET_G": 400,
    "MOST_PARCELS": 20,
    "DAYS": 2,
    "MOST_G": 70_000,
    "MOST_MM": 3000,
}

# Keys (Fernet's) that seal customs ids, the newest first; older ones only open. Without one nothing can be sealed.
MARKETPLACE_PII_KEYS = []

# A customs id is deleted this many days after its parcels were delivered or called off; and in any case, whether they
# were marked as delivered or not, this many days after it was given.
MARKETPLACE_CUSTOMS_ID_DAYS = 30
MARKETPLACE_CUSTOMS_ID_DAYS_AT_MOST = 180

# For how many minutes after she gave her password (or a code) a person may change where money goes, how she is reached,
# and who works in her workshop, without being asked again.
MARKETPLACE_ASK_AGAIN_MINUTES = 10

# For so many hours after an account's e-mail or telephone was changed the old one can stop it, and nothing is paid out to
# a payee that was entered around it.
MARKETPLACE_CONTACT_CHANGE_HOURS = 72

# Wrong passwords and codes: how many for one account from one address, and how many from one address for all accounts,
# within so many minutes; and how many in one session before it ends.
MARKETPLACE_TRIES_PER_ACCOUNT = 8
MARKETPLACE_TRIES_PER_ADDRESS = 60
MARKETPLACE_TRIES_MINUTES = 15
MARKETPLACE_TRIES_PER_SESSION = 5

# How many proxies of our own stand before the site and write down the visitor's address (X-Forwarded-For). 0: none.
MARKETPLACE_PROXIES = 0

# How many wrong handover codes an account, or a network address, may type in an hour.
MARKETPLACE_HANDOVER_TRIES = 10

# First words of the desk's own addresses (/desk/open/): no workshop ever gets one of them for its address.
MARKETPLACE_RESERVED_SLUGS = (
    *("account", "add", "again", "all", "area", "codes", "community", "contacts", "handover", "help", "how-paid"),
    *("import", "join", "messages", "new", "notices", "officer", "officers", "open", "photos", "push"),
    *("service-worker", "settings", "sign-in", "take-over", "uploads", "welcome"),
)

# Workshops that one person may have asked for and that wait for their officer; invitations of a workshop that wait,
# and for how many days each holds.
MARKETPLACE_MOST_APPLICATIONS = 3
MARKETPLACE_MOST_INVITATIONS = 30
MARKETPLACE_INVITATION_DAYS = 14

# Messages of buyer and maker about a consignment: signs of one, how many a side may write in an hour, and for how many
# days after the parcel arrived or was cancelled.
MARKETPLACE_MESSAGES = {"LONGEST": 1000, "MOST_AN_HOUR": 30, "DAYS_AFTER": 60}

# Photos of a consignment as it leaves, at most.
MARKETPLACE_DISPATCH_PHOTOS = 6

# Who carries an SMS (marketplace/notices/backends): console, memory, or a gateway of yours by http. See docs/notices.md.
MARKETPLACE_SMS = {"BACKEND": "marketplace.notices.backends.console.ConsoleSms", "OPTIONS": {}}

# Web push. PRIVATE_KEY: the shop's VAPID key (base64url; empty: not offered). TRUSTED_ORIGINS: push services of one's own
# that may be reached inside of the network ("http://push.local:8080"); all others must be public, with https.
MARKETPLACE_PUSH = {"PRIVATE_KEY": "", "TRUSTED_ORIGINS": ()}

# Codes for signing in: how many are sent to one contact and asked for from one network address an hour, how many go to
# telephone numbers that nobody has an account for an hour in all, how many may be typed from one address an hour.
MARKETPLACE_CODES = {"PER_CONTACT": 6, "PER_ADDRESS": 60, "STRANGERS": 600, "TRIES_PER_ADDRESS": 200}

# Imports of pieces. What the shop lends to them, as paths: "PICTURES" cleans an uploaded photo (file → new file, or raises
# ValueError), "RECEIVE" makes a price of what a maker wants to receive (workshop, amount → Decimal), "TOGETHER" is a context
# within which a batch is written. Empty: photos and amounts to receive are refused with a reason.
MARKETPLACE_IMPORT = {"PICTURES": "", "RECEIVE": "", "TOGETHER": ""}

# The most that an import may hold: rows, bytes of its table, photos, bytes of their ZIP, and of what is in that, unpacked.
MARKETPLACE_IMPORT_MOST_ROWS = 100_000
MARKETPLACE_IMPORT_MOST_BYTES = 50 * 1024 * 1024
MARKETPLACE_IMPORT_MOST_PHOTOS = 2_000
MARKETPLACE_IMPORT_MOST_ZIP_BYTES = 150 * 1024 * 1024
MARKETPLACE_IMPORT_MOST_UNPACKED = 400 * 1024 * 1024

# Views and clicks of agencies' cards are collected in memory and written after so many seconds. 0: never by itself, only
# where counting.flush() is called.
MARKETPLACE_COUNTING = {"SECONDS": 8}

# Of one agency at most: sites that it names, languages that it asked for and waits for, keys of the API.
MARKETPLACE_AGENCY = {"HOSTS": 30, "WISHES": 20, "KEYS": 10}

# The read-only API: requests a minute from one network address without a key (a key has its own number), things in one
# answer where nobody says how many, and at most.
MARKETPLACE_API = {"PER_MINUTE": 60, "USUAL": 20, "MOST": 100}

# How proofs of agencies' sites are looked for. NAMESERVERS (addresses) and their port; empty: those of the machine.
# TRUSTED_ORIGINS: {"https://www.agency.example": "http://127.0.0.1:8080"}, where a site is asked somewhere else.
MARKETPLACE_PROOFS = {"NAMESERVERS": (), "NAMESERVER_PORT": 53, "TRUSTED_ORIGINS": {}}
