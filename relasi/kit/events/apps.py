from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "relasi.kit.events"
    label = "events"
