from importlib import import_module

from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "relasi.sales"
    label = "sales"

    def ready(self) -> None:
        import_module(f"{self.name}.days_off")
