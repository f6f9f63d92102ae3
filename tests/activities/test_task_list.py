"""Where the menu leads for tasks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from relasi.activities.models import Task
from relasi.kit.access.models import User
from tests.world import World

SignIn = Callable[[User], Client]


def test_the_menu_opens_open_tasks_the_soonest_first(world: World, sign_in: SignIn) -> None:
    now = timezone.now()
    for subject, days in (("Later", 9), ("Soon", 1), ("Late", -2)):
        Task.create(by=world.bob, owner=world.bob, subject=subject, due_at=now + timedelta(days=days))
    done = Task.create(by=world.bob, owner=world.bob, subject="Over", due_at=now)
    done.finish(by=world.bob)
    browser = sign_in(world.bob)
    link = re.search(r'href="(/tasks/[^"]*)"', browser.get("/people/").content.decode())
    assert link is not None
    page = browser.get(link[1].replace("&amp;", "&")).content.decode()
    assert "Over" not in page
    assert page.index("Late") < page.index("Soon") < page.index("Later")
    assert re.search(r'href="/tasks/[^"]*"[^>]*aria-current="page"', page)
