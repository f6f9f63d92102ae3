"""Health for whoever watches the machine: it answers, it can work, its figures for Prometheus."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from relasi.kit.access.middleware import public
from relasi.kit.access.models import ApiKey, User
from relasi.kit.events.models import ChainHead, Event
from relasi.kit.jobs.models import Job, Slot, State

SILENT_AFTER = timedelta(minutes=4)  # some schedule is due every minute
OPEN_STATES = (State.WAITING, State.RUNNING, State.FAILED, State.SET_ASIDE)
_brought_up: set[bool] = set()


@public
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@public
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when database, migrations and worker are as they should be, else 503; says which is not."""
    checks = {
        "database": _holds(_database_answers),
        "migrations": _holds(_is_migrated),
        "worker": _holds(_worker_lives),
    }
    ready = all(checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


@public
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures as Prometheus reads them, for this machine itself or an API key whose user may see jobs."""
    if not _is_local(request) and not _has_key(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse("\n".join(_figures()) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _figures() -> Iterator[str]:
    yield from _gauge(
        "relasi_database_up", "Whether the database answers.", {"": int(_holds(_database_answers))}
    )
    found = dict(Job.objects.filter(state__in=OPEN_STATES).values_list("state").annotate(Count("pk")))
    jobs = {f'state="{state.value}"': found.get(state.value, 0) for state in OPEN_STATES}
    yield from _gauge("relasi_jobs", "Jobs that wait, run, or need a person.", jobs)
    oldest = Job.objects.due(timezone.now()).values_list("run_at", flat=True).order_by("run_at").first()
    late = (timezone.now() - oldest).total_seconds() if oldest else 0
    yield from _gauge(
        "relasi_job_lateness_seconds", "How long the oldest due job has waited.", {"": round(late, 1)}
    )
    yield from _gauge(
        "relasi_worker_up", "Whether a worker kept house lately.", {"": int(_holds(_worker_lives))}
    )
    head = ChainHead.objects.filter(pk=1).first()
    yield from _gauge(
        "relasi_events_sealed", "Events under the audit chain.", {"": head.sealed_events if head else 0}
    )
    unsealed = Event.objects.filter(seal_no__isnull=True).count()
    yield from _gauge("relasi_events_unsealed", "Events that wait for their seal.", {"": unsealed})
    active = User._default_manager.filter(is_active=True).count()
    yield from _gauge("relasi_users_active", "People who may sign in.", {"": active})


def _gauge(name: str, text: str, values: dict[str, Any]) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"
    for labels, value in values.items():
        yield f"{name}{{{labels}}} {value}" if labels else f"{name} {value}"


def _holds(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except DatabaseError:
        return False


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _is_migrated() -> bool:
    """Once brought up to date a process stays so: the database is asked only until then."""
    if not _brought_up:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _brought_up.add(True)
    return True


def _worker_lives() -> bool:
    return Slot.objects.filter(due_at__gte=timezone.now() - SILENT_AFTER).exists()


def _is_local(request: HttpRequest) -> bool:
    """From this machine, and not handed on by a proxy that stands on it."""
    if any(request.headers.get(name) for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip")):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_key(request: HttpRequest) -> bool:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    key = ApiKey.of_token(token.strip()) if scheme == "Bearer" else None
    return bool(key and key.user.rights.narrowed(key.scopes).scope("job", "view") == "all")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
