from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "relasi.kit.search"
    label = "search"
