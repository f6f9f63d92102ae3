"""Texts with places that people write (Liquid): filled within limits, never running anything."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import liquid
from liquid.exceptions import LiquidError

from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

LONGEST = 200_000


class _Liquid(liquid.Environment):
    """Within limits of work and output."""

    context_depth_limit = 20
    block_nesting_limit = 20
    loop_iteration_limit = 20_000
    local_namespace_limit = 200_000
    output_stream_limit = 2_000_000


_PLAIN = _Liquid(autoescape=False, loader=liquid.DictLoader({}))
_MARKUP = _Liquid(autoescape=True, loader=liquid.DictLoader({}))


def fill(text: str, facts: Mapping[str, Any], *, is_markup: bool = False) -> str:
    """`text` with its places filled; in markup what fills them is escaped. Raises InputError."""
    if "{" not in text:
        return text
    try:
        return str(_parsed(text, is_markup).render(facts))
    except (LiquidError, RecursionError) as error:
        raise InputError(_("The template does not work: %(why)s"), why=str(error)[:200]) from error


def check(text: str) -> None:
    """Raises InputError for a text that is no template."""
    if len(text) > LONGEST:
        raise InputError(_("The template is too long."))
    try:
        _parsed(text, False)
    except (LiquidError, RecursionError) as error:
        raise InputError(_("The template does not work: %(why)s"), why=str(error)[:200]) from error


@lru_cache(maxsize=256)
def _parsed(text: str, is_markup: bool) -> Any:
    return (_MARKUP if is_markup else _PLAIN).from_string(text)
