"""Health for whoever watches the machine."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from relasi.kit.access.models import ApiKey
from relasi.kit.jobs.models import Slot
from tests.world import World


def test_it_answers_strangers(client: Client, db: None) -> None:
    assert client.get("/healthz").content == b"ok\n"


def test_without_a_worker_it_is_not_ready_and_says_why(client: Client, db: None) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]) == (
        503,
        {"database": True, "migrations": True, "worker": False},
    )


def test_with_a_worker_it_is(client: Client, db: None) -> None:
    Slot.objects.create(name="seal-events", due_at=timezone.now())
    assert (client.get("/readyz").status_code, client.get("/readyz").json()["ready"]) == (200, True)


def test_figures_are_for_this_machine(client: Client, db: None) -> None:
    assert "relasi_database_up 1" in client.get("/metrics").content.decode()


@pytest.mark.parametrize(
    "header",
    [{"REMOTE_ADDR": "203.0.113.7"}, {"HTTP_X_FORWARDED_FOR": "203.0.113.7"}, {"HTTP_FORWARDED": "for=x"}],
)
def test_figures_are_not_for_others(header: dict[str, str], client: Client, db: None) -> None:
    assert client.get("/metrics", **header).status_code == 401  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("who", "scopes", "status"),
    [("ada", ["job:view"], 200), ("ada", ["party:view"], 401), ("bob", ["*"], 401)],
)
def test_figures_are_for_a_key_that_sees_jobs(who: str, scopes: list[str], status: int, world: World) -> None:
    user = getattr(world, who)
    _key, token = ApiKey.issue(user=user, name="Prometheus", scopes=scopes, by=user)
    answer = Client().get("/metrics", REMOTE_ADDR="203.0.113.7", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert answer.status_code == status
