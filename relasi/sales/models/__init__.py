"""The nouns of sales."""

from relasi.sales.models.close_reason import CloseReason
from relasi.sales.models.competitor import Competitor
from relasi.sales.models.deal import Deal
from relasi.sales.models.deal_parts import CriterionMet, DealCompetitor, DealLine, DealSplit, StageStay
from relasi.sales.models.lead import Lead, LeadAssignment
from relasi.sales.models.lead_rules import AssignmentRule, ScoreRule, Shift, Territory, TerritorySeller
from relasi.sales.models.market_name import MarketName, ReferralAsk
from relasi.sales.models.pipeline import Pipeline
from relasi.sales.models.pipeline_snapshot import PipelineSnapshot
from relasi.sales.models.quota import ForecastCall, Quota
from relasi.sales.models.response import DayOff, OpeningHours, ResponseTarget
from relasi.sales.models.stage import Category, ExitCriterion, Outcome, Stage
from relasi.sales.models.web_form import Card, FormField, FormSubmission, ReferralLink, WebForm

__all__ = [
    "AssignmentRule", "Card", "Category", "CloseReason", "Competitor", "CriterionMet", "DayOff", "Deal",
    "DealCompetitor", "DealLine", "DealSplit", "ExitCriterion", "ForecastCall", "FormField",
    "FormSubmission", "Lead", "LeadAssignment", "MarketName", "OpeningHours", "Outcome", "Pipeline",
    "PipelineSnapshot", "Quota", "ReferralAsk", "ReferralLink", "ResponseTarget", "ScoreRule", "Shift",
    "Stage", "StageStay", "Territory", "TerritorySeller", "WebForm",
]  # fmt: skip
