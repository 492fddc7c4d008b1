"""What the header Content-Type says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type without its parameters, in lower case, and the charset if one is named."""

    essence: str
    charset: str | None

    @property
    def is_json(self) -> bool:
        """Whether it is JSON or a dialect of it (RFC 6839)."""
        return self.essence == "application/json" or (self.essence.startswith("application/") and self.essence.endswith("+json"))


def media_type(header: str) -> MediaType:
    """The media type in a Content-Type header; `essence` is empty when there is none."""
    essence, _, parameters = header.partition(";")
    charset = None
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip('"').lower()
    return MediaType(essence.strip().lower(), charset)
