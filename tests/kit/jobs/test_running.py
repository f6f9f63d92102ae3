from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from relasi.kit.jobs import cancel, enqueue, progress, replay, should_stop
from relasi.kit.jobs.claiming import claim, claim_one, free_lost_jobs, settle
from relasi.kit.jobs.models import Job, JobRun, Outcome, State
from relasi.kit.jobs.worker import Worker
from tests.kit.jobs import sample_jobs
from tests.kit.jobs.sample_jobs import heard, say

pytestmark = pytest.mark.django_db


def run(job: Job) -> Job:
    Worker().run_until_empty()
    job.refresh_from_db()
    return job


def claimed(job: Job) -> Job:
    held = claim_one(job_id=job.pk, worker="elsewhere/1.1/1")
    assert held is not None
    return held


def test_a_job_that_has_run_is_done_and_its_run_is_logged() -> None:
    job = run(say.later(word="hello"))
    assert (job.state, job.attempts, job.leased_until) == (State.DONE, 1, None)
    assert job.runs.get().outcome == Outcome.DONE


def test_poison_is_set_aside_after_its_tries_with_its_error() -> None:
    job = run(sample_jobs.swallow_poison.later(cup="tea"))
    assert (job.state, job.attempts) == (State.SET_ASIDE, 3)
    assert "the tea was poisoned" in job.error
    assert [entry.outcome for entry in job.runs.all()] == [Outcome.ERROR] * 3


def test_poison_does_not_keep_other_jobs_from_running() -> None:
    for number in range(5):
        sample_jobs.swallow_poison.later(cup="tea", _priority=9)
        say.later(word=str(number))
    Worker().run_until_empty()
    assert Job.objects.filter(state=State.DONE).count() == 5


def test_a_failed_job_waits_longer_after_each_try() -> None:
    job = sample_jobs.fail_with_a_wait.later()
    waits = []
    for _attempt in range(4):
        Job.objects.update(run_at=timezone.now())
        waits.append((run(job).run_at - timezone.now()).total_seconds())
    for wait, usual in zip(waits, (10, 40, 160, 640), strict=True):
        assert usual * 0.45 < wait <= usual * 1.5


def test_the_last_try_sets_the_job_aside() -> None:
    job = sample_jobs.fail_with_a_wait.later()
    Job.objects.update(attempts=4)
    assert run(job).state == State.SET_ASIDE


def test_a_job_that_gives_up_has_failed_at_once() -> None:
    job = run(sample_jobs.fail_for_good.later())
    assert (job.state, job.attempts) == (State.FAILED, 1)


def test_a_job_nobody_declares_any_more_has_failed_at_once() -> None:
    job = say.later(word="hello")
    Job.objects.update(name="relasi.gone.away")
    assert run(job).state == State.FAILED


def test_a_job_whose_arguments_no_longer_fit_has_failed_at_once() -> None:
    job = say.later(word="hello")
    Job.objects.update(args={"verb": "hello"})
    assert run(job).state == State.FAILED


def test_a_job_may_ask_to_be_run_again_without_using_up_a_try() -> None:
    job = run(sample_jobs.come_back.later(tomorrow=False))
    assert heard == ["asked", "asked"]
    assert (job.state, job.attempts) == (State.DONE, 1)


def test_a_job_may_ask_to_be_run_again_tomorrow() -> None:
    job = run(sample_jobs.come_back.later(tomorrow=True))
    assert job.state == State.WAITING
    assert job.run_at > timezone.now() + timedelta(hours=23)


def test_progress_is_kept_on_the_row() -> None:
    job = run(sample_jobs.count_to.later(number=7))
    assert (job.progress_done, job.progress_total, job.progress_note) == (7, 7, "counting")
    assert job.share_done == 1


def test_progress_outside_a_job_does_nothing() -> None:
    progress(1, total=2)
    assert not should_stop()


def test_time_left_follows_from_the_rate() -> None:
    assert Job(progress_done=20, progress_total=50, rate=10.0).time_left == timedelta(seconds=3)


def test_a_job_past_its_timeout_is_stopped_at_its_next_progress() -> None:
    job = run(sample_jobs.dawdle.later())
    assert job.state == State.SET_ASIDE
    assert "TimedOut" in job.error


def test_a_waiting_job_is_cancelled_at_once() -> None:
    job = say.later(word="hello")
    cancel(job)
    assert run(job).state == State.CANCELLED
    assert heard == []


def test_a_running_job_is_cancelled_at_its_next_checkpoint() -> None:
    job = claimed(sample_jobs.count_until_stopped.later())
    cancel(job)
    assert job.state == State.RUNNING
    assert job.cancel_requested


def test_a_job_cancelled_while_its_worker_was_lost_does_not_run_again() -> None:
    job = claimed(say.later(word="hello"))
    cancel(job)
    Job.objects.update(leased_until=timezone.now())
    free_lost_jobs()
    assert run(job).state == State.CANCELLED


def test_cancelling_a_finished_job_changes_nothing() -> None:
    job = run(say.later(word="hello"))
    cancel(job)
    assert job.state == State.DONE


def test_a_job_set_aside_can_be_replayed_with_all_its_tries() -> None:
    job = run(sample_jobs.swallow_poison.later(cup="tea"))
    replay(job)
    assert (job.state, job.attempts) == (State.WAITING, 0)
    assert run(job).attempts == 3
    assert JobRun.objects.count() == 6


def test_replaying_a_running_job_changes_nothing() -> None:
    job = claimed(say.later(word="hello"))
    replay(job)
    assert job.state == State.RUNNING


def test_a_leased_job_is_not_claimed_twice() -> None:
    say.later(word="hello")
    assert len(claim(worker="ada", limit=5)) == 1
    assert claim(worker="bob", limit=5) == []


def test_a_live_lease_is_not_freed() -> None:
    claimed(say.later(word="hello"))
    assert free_lost_jobs() == 0


def test_a_job_whose_lease_has_ended_runs_again() -> None:
    job = claimed(say.later(word="hello"))
    Job.objects.update(leased_until=timezone.now())
    assert free_lost_jobs() == 1
    assert run(job).state == State.DONE
    assert [entry.outcome for entry in job.runs.all()] == [Outcome.LOST, Outcome.DONE]


def test_a_job_lost_as_often_as_it_may_be_tried_is_set_aside() -> None:
    job = say.later(word="hello")
    Job.objects.update(attempts=4)
    claimed(job)
    Job.objects.update(leased_until=timezone.now())
    free_lost_jobs()
    assert run(job).state == State.SET_ASIDE


def test_a_worker_that_lost_its_lease_cannot_settle_the_job_any_more() -> None:
    late = claimed(say.later(word="hello"))
    Job.objects.update(leased_until=timezone.now())
    free_lost_jobs()
    claimed(late)
    assert not settle(late, Outcome.DONE)
    assert Job.objects.get().state == State.RUNNING


def test_the_error_of_an_earlier_try_is_gone_when_the_job_is_done() -> None:
    job = say.later(word="hello")
    Job.objects.update(error="the printer was on fire")
    assert run(job).error == ""


def test_a_job_may_queue_another_one() -> None:
    enqueue(sample_jobs.say, {"word": "one"})
    assert Worker().run_until_empty() == 1
