"""The nouns of sales."""

from relasi.sales.models.close_reason import CloseReason
from relasi.sales.models.competitor import Competitor
from relasi.sales.models.cost import CostEntry, CostRate, PartyWorth
from relasi.sales.models.deal import Deal
from relasi.sales.models.deal_parts import CriterionMet, DealCompetitor, DealLine, DealSplit, StageStay
from relasi.sales.models.discount_rule import DiscountRule
from relasi.sales.models.lead import Lead, LeadAssignment
from relasi.sales.models.lead_rules import AssignmentRule, ScoreRule, Shift, Territory, TerritorySeller
from relasi.sales.models.market_name import MarketName, ReferralAsk
from relasi.sales.models.number_series import NumberSeries
from relasi.sales.models.offer import Offer, OfferRule
from relasi.sales.models.order import Order, OrderLine, OrderReturn
from relasi.sales.models.pipeline import Pipeline
from relasi.sales.models.pipeline_snapshot import PipelineSnapshot
from relasi.sales.models.quota import ForecastCall, Quota
from relasi.sales.models.quote import Quote
from relasi.sales.models.quote_line import QuoteLine
from relasi.sales.models.quote_parts import QuoteDocument, QuoteRemark
from relasi.sales.models.quote_template import QuoteTemplate
from relasi.sales.models.response import DayOff, OpeningHours, ResponseTarget
from relasi.sales.models.sequence import Enrolment, Sequence, SequenceStep
from relasi.sales.models.stage import Category, ExitCriterion, Outcome, Stage
from relasi.sales.models.web_form import Card, FormField, FormSubmission, ReferralLink, WebForm

__all__ = [
    "AssignmentRule", "Card", "Category", "CloseReason", "Competitor", "CostEntry", "CostRate",
    "CriterionMet", "DayOff", "Deal", "DealCompetitor", "DealLine", "DealSplit", "DiscountRule",
    "Enrolment", "ExitCriterion", "ForecastCall", "FormField", "FormSubmission", "Lead", "LeadAssignment",
    "MarketName", "NumberSeries", "Offer", "OfferRule", "OpeningHours", "Order", "OrderLine",
    "OrderReturn", "Outcome", "PartyWorth", "Pipeline", "PipelineSnapshot", "Quota", "Quote",
    "QuoteDocument", "QuoteLine", "QuoteRemark", "QuoteTemplate", "ReferralAsk", "ReferralLink",
    "ResponseTarget", "ScoreRule", "Sequence", "SequenceStep", "Shift", "Stage", "StageStay", "Territory",
    "TerritorySeller",
    "WebForm",
]  # fmt: skip
