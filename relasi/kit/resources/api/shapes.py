"""What is wrong with the shape of a body or an address, in plain words of the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

NEEDED = gettext_lazy("This is needed.")
TEXT = gettext_lazy("A text is needed.")
NUMBER = gettext_lazy("A number is needed.")
WHOLE = gettext_lazy("A whole number is needed.")
TRUTH = gettext_lazy("true or false is needed.")
DAY = gettext_lazy("A date such as 2026-08-17 is needed.")
MOMENT = gettext_lazy("A date and time such as 2026-08-17T09:30:00+07:00 is needed.")
CLOCK = gettext_lazy("A time such as 09:30 is needed.")
LIST = gettext_lazy("A list is needed.")
OBJECT = gettext_lazy("An object with names and values is needed.")
PLAIN = {
    "missing": NEEDED, "string_type": TEXT, "bool_type": TRUTH, "bool_parsing": TRUTH, "list_type": LIST,
    "dict_type": OBJECT, "model_type": OBJECT, "model_attributes_type": OBJECT,
    "int_type": WHOLE, "int_parsing": WHOLE, "int_from_float": WHOLE, "int_parsing_size": WHOLE,
    "float_type": NUMBER, "float_parsing": NUMBER, "decimal_type": NUMBER, "decimal_parsing": NUMBER,
    "finite_number": NUMBER,
}  # fmt: skip
BEGINNINGS = (("date_from_datetime", DAY), ("datetime_", MOMENT), ("date_", DAY), ("time_", CLOCK))
BOUNDS = {
    "greater_than_equal": ("ge", gettext_lazy("At least %(n)s is needed.")),
    "greater_than": ("gt", gettext_lazy("More than %(n)s is needed.")),
    "less_than_equal": ("le", gettext_lazy("At most %(n)s is possible.")),
    "less_than": ("lt", gettext_lazy("Less than %(n)s is needed.")),
}


def told(error: Mapping[str, Any]) -> str:
    """The sentence of one error as pydantic gives it; its own English where the kind is a rare one."""
    kind, given = str(error.get("type", "")), error.get("ctx") or {}
    if kind in PLAIN:
        return str(PLAIN[kind])
    if kind in BOUNDS:
        name, text = BOUNDS[kind]
        return str(text) % {"n": given.get(name, "")}
    if kind in SAID:
        return SAID[kind](error, given)
    for beginning, text in BEGINNINGS:
        if kind.startswith(beginning):
            return str(text)
    return str(error.get("msg", ""))


def _too_long(error: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    return _("Longer than %(n)s letters.") % {"n": given.get("max_length", "")}


def _too_short(error: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    least = int(given.get("min_length", 1))
    if least == 1:
        return str(NEEDED)
    return ngettext("At least %(n)s letter is needed.", "At least %(n)s letters are needed.", least) % {
        "n": least
    }


def _choice(error: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    return _("Choose one of: %(choices)s.") % {"choices": given.get("expected", "").replace(" or ", ", ")}


def _unknown(error: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    return _("There is no field “%(field)s” that can be set.") % {"field": (error.get("loc") or [""])[-1]}


def _no_json(error: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    return _("This is not JSON.")


SAID = {
    "string_too_long": _too_long, "string_too_short": _too_short, "literal_error": _choice, "enum": _choice,
    "extra_forbidden": _unknown, "json_invalid": _no_json, "json_type": _no_json,
}  # fmt: skip
