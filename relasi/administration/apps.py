from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "relasi.administration"
    label = "administration"

    def ready(self) -> None:
        from relasi.administration.menus import register_menu
        from relasi.administration.trail import teach_words

        register_menu()
        teach_words()
