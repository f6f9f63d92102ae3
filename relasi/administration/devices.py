"""What a browser says of itself, in words: `Chrome · Windows`."""

from __future__ import annotations

from dataclasses import dataclass

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
HAND_HELD = {"iPhone", "iPad", "Android"}


@dataclass(frozen=True)
class Device:
    browser: str
    system: str

    @property
    def is_mobile(self) -> bool:
        return self.system in HAND_HELD

    def __str__(self) -> str:
        return " · ".join(part for part in (self.browser, self.system) if part)


def device_of(agent: str) -> Device:
    """Of a User-Agent; the first 30 characters where it is none we know."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return Device(browser, system) if browser or system else Device(agent[:30], "")
