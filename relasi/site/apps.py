from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "relasi.site"
    label = "site"

    def ready(self) -> None:
        from relasi.administration.first_start import on_demo
        from relasi.kit.access.models import User

        def load(size: str, owner: User) -> None:
            """What invents a company takes half a second to import; only the first start needs it."""
            from relasi.site.demo import loading

            loading.load(size, owner)

        on_demo(load)
