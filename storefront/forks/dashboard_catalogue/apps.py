from oscar.apps.dashboard.catalogue.apps import CatalogueDashboardConfig as OscarCatalogueDashboardConfig


class CatalogueDashboardConfig(OscarCatalogueDashboardConfig):
    name = "storefront.forks.dashboard_catalogue"
