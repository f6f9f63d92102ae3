from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "relasi.conversations"
    label = "conversations"
