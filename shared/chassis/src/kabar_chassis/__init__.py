"""Plumbing that every service calls: Redis, topology, delivery, health and logging. Functions to call, no bases to inherit."""
