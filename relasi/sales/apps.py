from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "relasi.sales"
    label = "sales"
