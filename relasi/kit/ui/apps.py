from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "relasi.kit.ui"
    label = "ui"
