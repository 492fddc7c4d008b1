"""Writes enriched articles to OpenSearch, and raw ones to the archive of revisions."""
