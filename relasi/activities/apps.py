from importlib import import_module

from django.apps import AppConfig

SOURCES = (
    "sources.doings",
    "sources.messages",
    "sources.hangings",
    "sources.changes",
    "today.doings",
    "today.occasions",
    "today.news",
    "today.talks",
    "talk_reactions",
)


class ActivitiesConfig(AppConfig):
    name = "relasi.activities"
    label = "activities"

    def ready(self) -> None:
        for module in SOURCES:
            import_module(f"{self.name}.{module}")
