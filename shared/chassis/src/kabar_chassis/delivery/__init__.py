"""Delivery: at least once on the way, exactly once in effect. `room` has the way of an entry on one screen."""
