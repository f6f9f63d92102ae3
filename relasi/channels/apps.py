from importlib import import_module

from django.apps import AppConfig

PROVIDERS = ("email", "whatsapp", "sms", "social", "phone", "chat", "tryout")


class ChannelsConfig(AppConfig):
    name = "relasi.channels"
    label = "channels"

    def ready(self) -> None:
        for folder in PROVIDERS:
            import_module(f"{self.name}.{folder}.provider")
