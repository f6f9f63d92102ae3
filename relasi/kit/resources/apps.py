from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class ResourcesConfig(AppConfig):
    name = "relasi.kit.resources"
    label = "resources"

    def ready(self) -> None:
        from relasi.kit.records.record import FOLLOWERS
        from relasi.kit.resources import checks, indexing, menus  # noqa: F401

        FOLLOWERS.append(indexing.follow)
        post_migrate.connect(indexing.catch_up, sender=self)
        autodiscover_modules("reactions", "jobs", "resources")
        menus.register_menus()
