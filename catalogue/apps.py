from oscar.apps.catalogue.apps import CatalogueConfig as OscarCatalogueConfig


class CatalogueConfig(OscarCatalogueConfig):
    name = "catalogue"

    def ready(self) -> None:
        super().ready()
        from catalogue import receivers

        receivers.connect()
