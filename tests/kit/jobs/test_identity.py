from __future__ import annotations

import os
import subprocess
import sys

from relasi.kit.jobs.identity import is_dead, new_worker_name, place

NAME = "from relasi.kit.jobs.identity import new_worker_name; print(new_worker_name())"


def test_each_worker_of_a_process_has_a_name_of_its_own() -> None:
    assert new_worker_name() != new_worker_name()


def test_a_worker_of_this_process_is_alive() -> None:
    assert not is_dead(new_worker_name())


def test_a_worker_whose_process_has_ended_is_dead() -> None:
    ended = subprocess.run([sys.executable, "-c", NAME], capture_output=True, text=True, check=True)
    assert is_dead(ended.stdout.strip())


def test_a_worker_is_dead_though_its_process_id_was_given_to_another() -> None:
    assert is_dead(f"{place()}/{os.getpid()}.1/1")


def test_of_a_worker_on_another_host_nobody_here_can_say_that_it_is_dead() -> None:
    assert not is_dead("another-host-12345678/999999.1/1")
