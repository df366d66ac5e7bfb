"""Only our own migrations live here; Oscar's are found through the package path, so nothing is copied."""

from oscar.apps.catalogue import migrations as oscar_migrations

__path__ += oscar_migrations.__path__
