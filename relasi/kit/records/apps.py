from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "relasi.kit.records"
    label = "records"
