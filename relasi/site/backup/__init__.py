"""Backups that either database can take in: one archive, read in one moment, every part under its SHA-256.

The archive is a gzipped tar: `header.json` (format, versions, migrations, columns),
`tables/<table>/<n>.jsonl` (one JSON array per row, in the order of the columns), `files/<path>`, and last
`manifest.json` (parts, counts, audit head). An archive without its manifest was cut off and is refused. The
secret key is left out unless asked for; then it is sealed under a passphrase.
"""
