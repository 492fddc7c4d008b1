"""The read side of Kabar: answers queries from the index, for programs (`/v1`) and for people (`/`). It never writes."""
