"""`@job`: a keyword-only function that can be called now or written down for later."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import update_wrapper
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

if TYPE_CHECKING:
    from relasi.kit.jobs.models import Job

P = ParamSpec("P")
R = TypeVar("R")

_declared: dict[str, JobFunction[Any, Any]] = {}


@dataclass(frozen=True)
class Terms:
    """How a job is run: where, how often, for how long."""

    queue: str = "default"
    tries: int = 5
    lease: timedelta = timedelta(minutes=5)
    timeout: timedelta | None = None
    backoff: timedelta = timedelta(seconds=10)
    longest_wait: timedelta = timedelta(hours=1)


class JobFunction(Generic[P, R]):
    """A declared job. Calling it runs the function here and now; `later` writes it down for a worker."""

    def __init__(self, function: Callable[P, R], terms: Terms) -> None:
        self.function = function
        self.terms = terms
        self.name = f"{function.__module__}.{function.__qualname__}"
        self.signature = inspect.signature(function)
        _refuse_unusable(self.name, self.signature)
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)

    def later(
        self,
        *,
        _delay: timedelta | None = None,
        _at: datetime | None = None,
        _key: str | None = None,
        _priority: int = 0,
        **kwargs: Any,
    ) -> Job:
        """Write the call down in the caller's transaction; a worker makes it after the commit.

        `_key` names the work: while a job of this function with the same key has not begun, that job is
        returned instead of a second one. Raises TypeError for arguments the function does not take or JSON
        cannot hold.
        """
        return enqueue(self, kwargs, delay=_delay, at=_at, key=_key, priority=_priority)

    def later_many(
        self, calls: Iterable[Mapping[str, Any]], *, _at: datetime | None = None, _priority: int = 0
    ) -> int:
        """Write many calls down at once, without keys; the number written."""
        from relasi.kit.jobs.queueing import write_many

        return write_many(self, [self.checked(call) for call in calls], at=_at, priority=_priority)

    def checked(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments as JSON will give them back, or a TypeError."""
        self.signature.bind(**args)
        checked: dict[str, Any] = json.loads(json.dumps(dict(args), allow_nan=False))
        return checked


def _refuse_unusable(name: str, signature: inspect.Signature) -> None:
    for parameter in signature.parameters.values():
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise TypeError(f"{name}: a job takes keyword-only arguments, {parameter.name!r} is not")
        if parameter.name.startswith("_"):
            raise TypeError(
                f"{name}: names with a leading underscore belong to later(), not {parameter.name!r}"
            )


@overload
def job(function: Callable[P, R], /) -> JobFunction[P, R]: ...


@overload
def job(
    *,
    queue: str = ...,
    tries: int = ...,
    lease: timedelta = ...,
    timeout: timedelta | None = ...,
    backoff: timedelta = ...,
    longest_wait: timedelta = ...,
) -> Callable[[Callable[P, R]], JobFunction[P, R]]: ...


def job(
    function: Callable[..., Any] | None = None,
    /,
    *,
    queue: str = "default",
    tries: int = 5,
    lease: timedelta = timedelta(minutes=5),
    timeout: timedelta | None = None,
    backoff: timedelta = timedelta(seconds=10),
    longest_wait: timedelta = timedelta(hours=1),
) -> Any:
    """Declare a keyword-only function of JSON-able arguments as a job.

    `tries` bounds the attempts; `lease` is how long a silent worker keeps the job; after `timeout` the job's
    next `progress` or `should_stop` raises TimedOut and its lease is renewed no more; `backoff` is the wait
    after the first failure, four times as long after each further one, up to `longest_wait`, with jitter.
    """
    terms = Terms(queue, tries, lease, timeout, backoff, longest_wait)
    if function is not None:
        return declare(function, terms)
    return lambda decorated: declare(decorated, terms)


def declare(function: Callable[P, R], terms: Terms) -> JobFunction[P, R]:
    """Make the function known by its dotted name."""
    if isinstance(function, JobFunction):
        raise TypeError(f"{function.name} is declared already; put @every above @job")
    declared = JobFunction(function, terms)
    _declared[declared.name] = declared
    return declared


def find(name: str) -> JobFunction[Any, Any] | None:
    """The declared job of that dotted name, importing its module if need be; None when there is none."""
    if name not in _declared:
        module, _, _function = name.rpartition(".")
        try:
            import_module(module)
        except (ImportError, ValueError):
            return None
    return _declared.get(name)


def terms_of(name: str) -> Terms:
    """How that job is run; the usual terms for a name nobody knows."""
    found = find(name)
    return found.terms if found else Terms()


def declared_queues() -> list[str]:
    """Every queue some declared job uses, and the default one."""
    return sorted({"default"} | {declared.terms.queue for declared in _declared.values()})


def enqueue(
    function: JobFunction[Any, Any] | str,
    args: Mapping[str, Any] | None = None,
    *,
    delay: timedelta | None = None,
    at: datetime | None = None,
    key: str | None = None,
    priority: int = 0,
) -> Job:
    """Write down a call of a job given as function or dotted name; `fn.later(…)` is the same, shorter.

    Raises LookupError for an unknown name, TypeError for arguments that do not fit.
    """
    from relasi.kit.jobs.queueing import write

    found = find(function) if isinstance(function, str) else function
    if found is None:
        raise LookupError(f"no job is declared as {function!r}")
    return write(found, found.checked(args or {}), delay=delay, at=at, key=key, priority=priority)
