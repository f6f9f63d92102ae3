"""The built files as they stand now: after a build a running server serves the new ones, styles and all."""

from __future__ import annotations

import copy
import time
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest
from whitenoise.middleware import WhiteNoiseMiddleware

LAST_BUILT = "ui/app.css"  # what a build writes last
LOOKED_AT_EVERY = 1.0  # seconds

_looked: tuple[float, int] = (0.0, 0)


def version() -> int:
    """Another number after every build; asked of the disk once a second."""
    global _looked
    if (now := time.monotonic()) - _looked[0] > LOOKED_AT_EVERY or not _looked[1]:
        _looked = (now, _written_at(finders.find(LAST_BUILT)))
    return _looked[1]


def _written_at(found: Any) -> int:
    try:
        return Path(str(found)).stat().st_mtime_ns if found else 0
    except OSError:  # in the middle of being replaced
        return _looked[1]


class BuiltFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # it comes without types
    """Looks the files up anew when they were built anew: their names and lengths are others then."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version()

    def __call__(self, request: HttpRequest) -> Any:
        if not self.autorefresh and self.version != (newest := version()):
            self.version, self.files = newest, self._found_anew()
        return super().__call__(request)

    def _found_anew(self) -> Any:
        fresh = copy.copy(self)
        fresh.files = {}
        fresh.add_files(self.static_root, prefix=self.static_prefix)
        fresh.add_files_from_finders()
        return fresh.files
