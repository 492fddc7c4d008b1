"""Dead letters after they were written: finding, replaying, editing and purging them. `delivery.dead_letters` writes them."""
