"""One filter language for lists, boards, saved views, segments, automation and the API."""

from relasi.kit.resources.filtering.language import And, FilterError, Node, Not, Or, Test, parse, to_text
from relasi.kit.resources.filtering.query import to_q

__all__ = ["And", "FilterError", "Node", "Not", "Or", "Test", "parse", "to_q", "to_text"]
