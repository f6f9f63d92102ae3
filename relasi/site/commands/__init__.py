"""One file per command of `relasi`: `HELP`, `arguments(parser)` and `run(options)`, which returns the exit
code.
"""
