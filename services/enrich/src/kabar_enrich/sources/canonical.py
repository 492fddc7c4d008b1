"""The address that an article has of its own: one for all the ways that lead to it.

Tracking is dropped, pages made for telephones and for AMP are folded into the one that they are made from, and what a
page says of its own address is believed on its own site only. This is a field for readers and for finding duplicates;
the identity of an article is another matter (`kabar_contracts.identity`), and is given once.

Sources: the forms of the AMP cache are those of https://developers.google.com/amp/cache/overview; tracking parameters
are those that the services document or that Brave and ClearURLs list in public.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from kabar_contracts import identity, limits

from kabar_enrich.sources.registry import Outlet, outlet_of, registrable_domain

_TRACKING_WORDS: Final = """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid igshid igsh li_fat_id mc_cid mc_eid mkt_tok vero_id
    vero_conv oly_anon_id oly_enc_id _hsenc _hsmi __hstc __hssc __hsfp _ga _gl _openstat ncid cmpid ocid icid ito smid
    smtyp sref ref_src ref_url taid tblci xtor at_medium at_campaign wt_mc wt_zmc wt.mc_id rss s_cid soc_src
    soc_trk guccounter guce_referrer guce_referrer_sig spm share_source sharetype share_from fb_ref fb_source
    fb_action_ids fb_action_types __twitter_impression rb_clickid srsltid bxid campaign_id instance_id segment_id
    traffic_source
"""
_TRACKING: Final = frozenset(_TRACKING_WORDS.split())
_TRACKING_FAMILIES: Final = re.compile(r"(?:utm|pk|mtm|piwik|matomo|hsa|ns|at|trk|xt)_[a-z0-9_]{1,40}|itm_[a-z]{1,20}")
_AMP_OR_MOBILE: Final = {
    "amp": None,
    "amp_js_v": None,
    "usqp": None,
    "outputtype": "amp",
    "output": "amp",
    "view": "amp",
    "m": "1",
    "mobile": None,
    "_amp": None,
}
"""Parameter -> the value with which it asks for such a page; None for any."""
_FIRST_OR_ALL: Final = frozenset({"all", "1", "semua"})
_TWIN_LABELS: Final = frozenset({"amp", "m", "mobile", "mobil", "touch", "wap"})
_AMP_ENDING: Final = re.compile(r"(?:(?:/amp){1,4}/?|[./-]amp(?P<html>\.html?))$", re.IGNORECASE)
_AMP_START: Final = re.compile(r"^(?:/amp){1,4}(?=/.)", re.IGNORECASE)
_AMP_CACHE: Final = re.compile(r"^(?:[a-z0-9-]+\.)?cdn\.ampproject\.org$")
_AMP_CACHE_PATH: Final = re.compile(r"^/[acirvw]/(?:s/)?(?P<address>[^/]+\.[^/]+/?.*)$", re.DOTALL)
_VIEWER_PATH: Final = re.compile(r"^/amp/(?:s/)?(?P<address>[^/]+\.[^/]+/?.*)$", re.DOTALL)
_SPACE: Final = re.compile(r"\s")
_WEB: Final = ("http://", "https://")


def canonical_url(url: str | None, *, declared: Iterable[str | None] = ()) -> str | None:
    """The canonical form of `url`, or of the first of `declared` (rel=canonical, og:url) that is on the same site.

    None without a `url`, and for one that is no web address.
    """
    own = None if url is None else _clean(url)
    if own is None:
        return None
    own_parts = urlsplit(own)
    for address in declared:
        clean = _declared(address, base=own) if address else None
        if clean is not None and _speaks_for(urlsplit(clean), own_parts):
            return clean
    return own


def _declared(address: str, *, base: str) -> str | None:
    try:
        return _clean(urljoin(base, address.strip()))
    except ValueError:
        return None


def _speaks_for(declared: SplitResult, own: SplitResult) -> bool:
    """Whether an address may be another's canonical one: same registered name, and not the front page of an article."""
    site = _site(declared)
    return site is not None and site == _site(own) and (declared.path not in ("", "/") or own.path in ("", "/") or bool(declared.query))


def _site(parts: SplitResult) -> str | None:
    host = parts.hostname or ""
    return registrable_domain(host) or host or None


def _clean(url: str) -> str | None:
    """`url` without tracking, twin and fragment. None when it is no web address that can be stored."""
    if len(url) > limits.URL_CHARACTERS or not url.lower().startswith(_WEB) or _SPACE.search(url):
        return None
    try:
        parts = _out_of_a_cache(urlsplit(url))
        host = identity.host_of(urlunsplit(parts))
        port = parts.port
    except ValueError:
        return None
    shown = (parts.hostname or "").rstrip(".")
    name = _without_twin(shown if shown.isascii() else host)
    if port is not None and port != (80 if parts.scheme == "http" else 443):
        name = f"{name}:{port}"
    path = _AMP_START.sub("", _AMP_ENDING.sub(lambda match: match["html"] or "", parts.path)) or "/"
    return urlunsplit((parts.scheme, name, path, _kept(parts.query, outlet=outlet_of(host)), ""))


def _out_of_a_cache(parts: SplitResult) -> SplitResult:
    """The address behind one of the AMP cache or of Google's viewer; any other as it is."""
    host = parts.hostname or ""
    pattern = _AMP_CACHE_PATH if _AMP_CACHE.match(host) else _VIEWER_PATH if host in ("www.google.com", "google.com") else None
    inner = None if pattern is None else pattern.match(parts.path)
    return parts if inner is None else urlsplit(f"https://{inner['address']}" + (f"?{parts.query}" if parts.query else ""))


def _without_twin(host: str) -> str:
    """`host` without a label that says telephone or AMP, where a registered name is left."""
    label, dot, rest = host.partition(".")
    if label == "www" and rest.partition(".")[0] in _TWIN_LABELS:
        label, dot, rest = rest.partition(".")
    return rest if dot and label in _TWIN_LABELS and registrable_domain(rest) is not None else host


def _kept(query: str, *, outlet: Outlet | None) -> str:
    if not query:
        return ""
    turns_pages = frozenset(outlet.page_parameters) if outlet is not None else frozenset[str]()
    return "&".join(pair for pair in query.split("&") if pair and not _is_dropped(pair, turns_pages=turns_pages))


def _is_dropped(pair: str, *, turns_pages: frozenset[str]) -> bool:
    name, _, value = pair.partition("=")
    name, value = name.lower(), value.lower()
    if name in _TRACKING or _TRACKING_FAMILIES.fullmatch(name) or name in turns_pages:
        return True
    if name in _AMP_OR_MOBILE and _AMP_OR_MOBILE[name] in (None, value):
        return True
    return name == "page" and value in _FIRST_OR_ALL
