"""A node on the loopback interface, and before it TLS and passwords from the files that the official image would read."""

from pathlib import Path
from typing import Final

from kabar_embedded import start_opensearch
from tls_front import serve

HOME: Final = Path("/usr/share/opensearch")
SECRETS: Final = HOME / "config" / "kabar"
NODE_PORT: Final = 9201

if __name__ == "__main__":
    # Whoever started the container decides how long is too long, as with the official image: a node that gives up begins anew.
    with start_opensearch(HOME / "data" / "node", port=NODE_PORT, start_cache="off", ready_timeout_s=3_600) as node:
        serve(
            certificate=SECRETS / "node.pem",
            key=SECRETS / "node-key.pem",
            users=HOME / "config" / "opensearch-security" / "internal_users.yml",
            to=node.url,
            host="0.0.0.0",  # noqa: S104  # inside a container
            port=9200,
        )
