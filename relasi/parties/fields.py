"""Column types of parties: phones in E.164, identity numbers encrypted."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext

from relasi.lib import identity
from relasi.lib.secrets import Vault


class PhoneField(models.CharField):  # type: ignore[type-arg]
    """A telephone number, stored as E.164 (`+628123456789`); any usual spelling is taken."""

    relasi_kind = "phone"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 32)
        super().__init__(*args, **kwargs)


class IdentityField(models.CharField):  # type: ignore[type-arg]
    """NIK or NPWP: given in clear, checked, kept encrypted (a token). Read it with `reveal`, show it with
    `masked`.
    """

    relasi_kind = "identity"

    def __init__(self, *args: Any, kind: str = "nik", **kwargs: Any) -> None:
        self.kind = kind
        kwargs.setdefault("max_length", 160)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "kind": self.kind}

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """Encrypt what came in clear. Raises ValidationError saying what is wrong with the number."""
        return seal(self.kind, value) if value else ""


def seal(kind: str, value: str) -> str:
    """The token of a number given in clear; a token stays itself. Raises ValidationError in plain words."""
    if is_token(value):
        return value
    try:
        plain = VALIDATE[kind](value, today=timezone.localdate())
    except identity.IdentityError as error:
        raise ValidationError(gettext(error.text) % error.values) from error
    return vault().encrypt(plain, context=kind)


def index_of(kind: str, value: str) -> str:
    """The blind index of a number given in clear or as a token: what equal numbers share. Empty for none."""
    if not value:
        return ""
    plain = reveal(kind, value) if is_token(value) else identity.normalise(value)
    return vault().blind_index(identity.npwp_key(plain) if kind == "npwp" else plain, context=kind)


def is_token(value: str) -> bool:
    """Tokens are `version.base64`, longer than any number; numbers have no letters."""
    return len(value) > 40 and "." in value


def reveal(kind: str, token: str) -> str:
    """The number in clear. Whoever calls this for a person logs it."""
    return vault().decrypt(token, context=kind) if token else ""


def masked(kind: str, token: str) -> str:
    """What may be shown without the right to reveal."""
    return identity.mask(reveal(kind, token)) if token else ""


VALIDATE = {"nik": identity.validate_nik, "npwp": identity.validate_npwp}


def vault() -> Vault:
    return _vault(settings.SECRET_KEY)


@cache
def _vault(secret: str) -> Vault:
    return Vault({1: secret.encode()})
