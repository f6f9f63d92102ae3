"""The frame every page stands in: shell, components, icons, styles, scripts; how values are written."""
