"""The published forms of the contracts, for clients in any language: JSON Schemas and an AsyncAPI document.

`python -m kabar_contracts.schemas` writes them; the same code always writes the same bytes.
"""
