"""The nouns of sales, declared: one file for each room."""

from relasi.sales import forecast_api, lead_api, offer_api, today_leads
from relasi.sales.resources import costs, deals, leads, offers, quotes, sequences

__all__ = [
    "costs", "deals", "forecast_api", "lead_api", "leads", "offer_api", "offers", "quotes", "sequences",
    "today_leads",
]  # fmt: skip
