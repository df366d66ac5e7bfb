"""Where a reader's parcels go and in which currency she pays: part of the address, so that public pages stay public.

``/ca-cad/ja/products/`` is the Japanese listing for parcels to Canada, priced in Canadian dollars. The first part is the
script prefix (as WSGI's SCRIPT_NAME), so every ``reverse`` keeps it. Without it, prices are the shop's own.
"""
