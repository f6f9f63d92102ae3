"""What sales does later; one file for each noun, read at start."""

from relasi.sales import cost_jobs, deal_jobs, lead_jobs, quote_jobs, sequence_jobs

__all__ = ["cost_jobs", "deal_jobs", "lead_jobs", "quote_jobs", "sequence_jobs"]
