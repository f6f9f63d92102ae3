"""One Event row per change: history, audit, timeline feed, webhooks and automation all read it.

`reactions.on`, `writing.emit`, `writing.emit_many`, `models.Event`.
"""
