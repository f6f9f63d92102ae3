from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "relasi.parties"
    label = "parties"
