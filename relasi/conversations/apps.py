from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConversationsConfig(AppConfig):
    name = "relasi.conversations"
    label = "conversations"

    def ready(self) -> None:
        from relasi.conversations import rest_days

        post_migrate.connect(rest_days.after_migrate, sender=self)
