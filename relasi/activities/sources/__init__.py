"""What the timeline is made of. Higher apps add theirs by `timeline.register_source`."""
