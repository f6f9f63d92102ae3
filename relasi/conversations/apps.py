from importlib import import_module

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "relasi.conversations"
    label = "conversations"

    def ready(self) -> None:
        import_module(f"{self.name}.intake")
