from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.db.migrations import CreateModel
from django.db.models.signals import post_migrate

from relasi.kit.records.laying import CreateModels


class AdministrationConfig(AppConfig):
    name = "relasi.administration"
    label = "administration"

    def ready(self) -> None:
        from relasi.administration.menus import register_menu
        from relasi.administration.trail import teach_words

        register_menu()
        teach_words()
        post_migrate.connect(after_upgrade, sender=self)


def after_upgrade(*, plan: Sequence[tuple[Any, bool]] = (), **_signal: Any) -> None:
    """Our roles learn the nouns whose tables these migrations made."""
    from relasi.administration.builtin_roles import give_new_nouns

    steps = [step for migration, is_backwards in plan if not is_backwards for step in migration.operations]
    made = [model for step in steps for model in (step.models if isinstance(step, CreateModels) else [step])]
    if new := {model.name_lower for model in made if isinstance(model, CreateModel)}:
        give_new_nouns(new)
