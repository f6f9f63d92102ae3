"""The nouns of sales, declared: one file for each room."""

from relasi.sales import today_leads
from relasi.sales.resources import deals, leads

__all__ = ["deals", "leads", "today_leads"]
