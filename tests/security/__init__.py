"""Attacks with real requests, and what holds against them."""
