"""Everything the database holds, as one text to search for what must not be there."""

from __future__ import annotations

from django.apps import apps


def text_of_everything() -> str:
    rows = (
        str(list(model._base_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy and model._meta.managed
    )
    return "\n".join(rows)
