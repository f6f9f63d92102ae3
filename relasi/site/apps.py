from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "relasi.site"
    label = "site"

    def ready(self) -> None:
        from relasi.administration.first_start import on_demo
        from relasi.site.demo.loading import load

        on_demo(load)
