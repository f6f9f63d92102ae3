"""The nouns of sales, declared: one file for each room."""

from relasi.sales import lead_api, today_leads
from relasi.sales.resources import deals, leads

__all__ = ["deals", "lead_api", "leads", "today_leads"]
