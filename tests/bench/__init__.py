"""How long pages take at a million customers: `make bench` (RELASI_BENCH_SIZE=small|medium|large)."""
