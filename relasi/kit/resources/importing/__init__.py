"""Taking in records from files: map, try without writing, run as a job, mend, undo."""
