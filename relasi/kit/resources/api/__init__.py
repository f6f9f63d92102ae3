"""REST endpoints for every noun, from its declaration.

Served below `/api/v1/`, described by `/api/v1/openapi.json`.
"""
