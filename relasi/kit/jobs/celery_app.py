"""The same rows, carried by Celery: a message holds only a job's id, the row stays the truth.

Used when RELASI_JOBS is "celery"; RELASI_BROKER_URL is amqp://… (RabbitMQ) or redis://….
"""

from __future__ import annotations

import logging
import mmap
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from celery import Celery, signals
from django.conf import settings
from django.db import connections, transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from relasi.kit.jobs.claiming import claim_one, free_lost_jobs
from relasi.kit.jobs.companions import Company
from relasi.kit.jobs.declaring import declared_queues
from relasi.kit.jobs.heart import Heart
from relasi.kit.jobs.housekeeping import KEEP_HOUSE_EVERY, Housekeeping
from relasi.kit.jobs.identity import new_worker_name
from relasi.kit.jobs.models import Job, JobQuerySet
from relasi.kit.jobs.reporting import ask_before_going_on
from relasi.kit.jobs.running import run_claimed

BROKER_QUEUES: str = getattr(settings, "RELASI_BROKER_QUEUES", "relasi")
SEND_AGAIN_AFTER = timedelta(minutes=10)  # a message may wait that long behind others
LOST_AFTER = timedelta(seconds=5)  # a message sent that long ago is lost when its queue is empty
SEND_AT_ONCE = 500  # rows
REST_AFTER_FAILURE = 10.0  # seconds in which only the sweeper tries a broker that did not answer

log = logging.getLogger(__name__)


def _transport_options(broker_url: str) -> dict[str, float]:
    """Whoever writes a job is not kept waiting for a broker that is away: the sweeper sends it later."""
    once = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}
    return once | {"socket_timeout": 5, "socket_connect_timeout": 3} if "redis" in broker_url[:6] else once


app = Celery("relasi")
app.conf.update(
    broker_url=settings.RELASI_BROKER_URL,
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=3,
    broker_transport_options=_transport_options(settings.RELASI_BROKER_URL),
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_default_queue=f"{BROKER_QUEUES}.default",
    task_publish_retry=False,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
)

_failed_at = float("-inf")
_stopping = mmap.mmap(-1, 1)  # one byte shared with the processes that are forked later


def run_job(job_id: int) -> None:
    """Claim that row under a lease and run it. A message for a row that is taken or ended does nothing."""
    free_lost_jobs()
    job = claim_one(job_id=job_id, worker=_worker_name())
    if job is not None:
        run_claimed(job, heart=_heart())


run_job_task = app.task(run_job, name="relasi.run_job")


@cache
def _worker_name() -> str:
    return new_worker_name()


@cache
def _heart() -> Heart:
    return Heart()


def send(job_id: int, *, queue: str) -> None:
    """Tell the broker of one job. When it does not answer the sweeper sends it later; nothing is raised."""
    global _failed_at
    if time.monotonic() - _failed_at < REST_AFTER_FAILURE:
        return
    Job.objects.filter(pk=job_id).update(sent_at=timezone.now())  # first: a worker passes over a locked row
    try:
        _publish(job_id, queue=queue)
    except OperationalError as error:
        _failed_at = time.monotonic()
        log.warning("the broker did not take job %s, it is sent later: %s", job_id, error)


def _publish(job_id: int, *, queue: str) -> None:
    try:
        run_job_task.apply_async(kwargs={"job_id": job_id}, queue=broker_queue(queue))
    except Exception:
        Job.objects.filter(pk=job_id).update(sent_at=None)
        raise


def broker_queue(queue: str) -> str:
    """The broker's name for one of our queues. RELASI_BROKER_QUEUES tells installations apart."""
    return f"{BROKER_QUEUES}.{queue}"


def send_forgotten() -> int:
    """Send due rows the broker was never told of, or has lost; how many.

    A row told long ago is sent again; one told lately only when its queue holds no message at all, so that a
    queue with a backlog does not grow by being looked at. A message too many does nothing.
    """
    now = timezone.now()
    due = Job.objects.due(now)
    untold = Q(sent_at=None) | Q(sent_at__lt=now - SEND_AGAIN_AFTER)
    told = due.filter(sent_at__lt=now - LOST_AFTER)
    overdue = Q(sent_at__lt=now - LOST_AFTER, queue__in=_empty_queues(told))
    with transaction.atomic():
        forgotten = list(due.filter(untold | overdue).locked()[:SEND_AT_ONCE])
        Job.objects.filter(pk__in=[job.pk for job in forgotten]).update(sent_at=now)
    for job in forgotten:
        _publish(job.pk, queue=job.queue)
    return len(forgotten)


def _empty_queues(told: JobQuerySet) -> list[str]:
    queues = told.order_by().values_list("queue", flat=True).distinct()
    return [queue for queue in queues if depth(queue) == 0]


def depth(queue: str) -> int:
    """Messages of that queue that no worker has taken; 0 for a queue the broker does not know."""
    with app.connection_for_write() as connection, connection.channel() as channel:
        try:
            return int(channel.queue_declare(broker_queue(queue), passive=True).message_count)
        except connection.channel_errors:  # it has never been used
            return 0


def start_worker(*, processes: int = 4, queues: Sequence[str] | None = None) -> None:
    """A Celery worker with so many processes, until SIGTERM; it keeps house as our own worker does."""
    _use_plain_connections()
    app.worker_main(
        [
            "worker",
            f"--concurrency={processes}",
            f"--queues={','.join(map(broker_queue, queues or declared_queues()))}",
            "--loglevel=INFO",
            "--without-gossip",
            "--without-mingle",
        ]
    )


def _use_plain_connections() -> None:
    """A pool does not survive the fork: each process keeps one connection of its own instead."""
    for database in connections.settings.values():
        if database["OPTIONS"].pop("pool", None):
            database["CONN_MAX_AGE"] = 300


def _keep_house_on() -> None:
    house = Housekeeping()
    while not _is_stopping():
        try:
            house.tick()
        except Exception as error:
            log.warning("housekeeping has to wait: %s", error)
        finally:
            connections.close_all()  # nothing open when Celery forks another process
        time.sleep(KEEP_HOUSE_EVERY)


def _is_stopping() -> bool:
    return _stopping[0] != 0


_company = Company()


def _start_keeping_house(**_kwargs: Any) -> None:
    _company.start()
    threading.Thread(target=_keep_house_on, name="relasi-jobs-house", daemon=True).start()


def _tell_jobs_to_stop(**_kwargs: Any) -> None:
    _stopping[0] = 1


def _let_company_end(**_kwargs: Any) -> None:
    _company.stop()


signals.worker_ready.connect(_start_keeping_house)
signals.worker_shutting_down.connect(_tell_jobs_to_stop)
signals.worker_shutdown.connect(_let_company_end)
ask_before_going_on(_is_stopping)
