"""The enrichers, one a file: each takes a draft and returns a fuller one. Their order is in `kabar_enrich.enrichment`."""
