"""The index: one row per record that can be found."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """What the box knows of one record.

    `body` is what is searched: a mark of the noun, then the folded words with two spaces before, between and
    behind, so that three signs beginning with spaces say "a word begins here". On SQLite triggers keep
    the FTS5 table `search_gram` like it; on PostgreSQL a trigram index stands on it.
    """

    noun = models.CharField(max_length=40)
    resource = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    party_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=200, blank=True)
    body = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["noun", "record_id"], name="search_entry_once")]

    def __str__(self) -> str:
        return self.title
