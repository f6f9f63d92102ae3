from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "relasi.kit.access"
    label = "access"

    def ready(self) -> None:
        from relasi.kit.access import signing  # noqa: F401
