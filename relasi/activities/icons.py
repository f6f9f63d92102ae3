"""The picture of each kind of activity."""

ICONS = {"task": "checkbox", "note": "note", "call": "phone", "meeting": "calendar-event", "visit": "map-pin"}
