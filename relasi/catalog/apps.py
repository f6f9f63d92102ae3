from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "relasi.catalog"
    label = "catalog"
