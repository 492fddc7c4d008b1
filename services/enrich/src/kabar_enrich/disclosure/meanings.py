"""The terms of the record and of the rules in plain words, for people."""

from typing import Final

from kabar_contracts.disclosure import vocabulary

from kabar_enrich.disclosure.rulebook import Effect, Fills, Reach, Rule

ACTIVITIES: Final[dict[vocabulary.Activity, str]] = {
    "generated": "made",
    "drafted": "drafted",
    "assisted_unspecified": "helped with",
    "translated": "translated",
    "summarised": "summarised",
    "edited_improved": "edited or improved",
    "illustrated": "illustrated with",
    "voiced": "voiced",
    "video_avatar": "presents, as an avatar,",
    "transcribed": "transcribed recordings for",
    "data_analysed": "analysed data for",
    "researched": "did research for",
    "fact_checked": "checked facts for",
    "metadata_tagged": "tagged",
    "personalised": "chose, for each reader,",
    "automated_nonai": "made",
    "none": "was used for",
    "unspecified": "had a part in",
}
"""What AI did, as the verb between «AI» and the object. Of `automated_nonai` the subject is a program without AI."""

OBJECTS: Final[dict[vocabulary.Object, str]] = {
    "article_text": "the text of the article",
    "headline": "the headline",
    "summary_box": "a summary beside the article",
    "translation": "a translation",
    "image": "a picture",
    "audio": "audio",
    "video": "a video",
    "data_graphic": "a graphic",
    "metadata": "the tags",
    "comments": "the comments",
    "chatbot": "a chatbot",
    "whole_article": "the article as a whole",
    "unspecified": "something that is not named",
}

MODALITIES: Final[dict[vocabulary.Modality, str]] = {
    "certain": "",
    "hedged": "perhaps ",
    "conditional_policy": "as a habit of the site, ",
    "future": "in future, ",
}

SCOPES: Final[dict[vocabulary.ScopeLevel, str]] = {
    "article": "this article",
    "component": "a part of this article",
    "section": "a section of the site",
    "site": "the site",
    "third_party": "somebody else's work",
    "quoted": "somebody else's words",
}

FILLS: Final[dict[Fills, str]] = {
    "part": "stand anywhere in a sentence",
    "start": "begin a sentence",
    "sentence": "be a whole sentence",
    "line": "be a whole paragraph",
    "segment": "stand between brackets, bars or the ends of a sentence, as a credit does",
}
"""What a match must do, after «must»."""

EFFECTS: Final[dict[Effect, str]] = {
    "quoted": "these are somebody else's words",
    "site_policy": "it tells a habit of the site",
    "third_party": "it tells of somebody else's work",
    "hedged": "it is not said for certain",
    "future": "it is a plan",
    "not_meant": "something else is meant",
}

REACHES: Final[dict[Reach, str]] = {
    "sentence": "in the sentence",
    "outside": "in the rest of the sentence",
    "before": "before it in the sentence",
    "lead_in": "in what leads in to it",
    "article": "in title and opening of the article",
}


def meaning_of(rule: Rule) -> str:
    """What a rule says of an article, as a sentence without its full stop."""
    about = OBJECTS[rule.object]
    match rule.activity:
        case "automated_nonai":
            told = f"a program without AI made {about}"
        case "none":
            told = f"no AI was used for {about}"
        case _:
            told = f"AI {ACTIVITIES[rule.activity]} {about}"
    if rule.polarity == "denied" and rule.activity != "none":
        told = f"it is denied that {told}"
    told = f"{MODALITIES[rule.modality]}{told}"
    if rule.degree != "unspecified":
        told += f" (degree: {rule.degree})"
    return told if rule.scope_level in ("article", "component") else f"{told}; said of {SCOPES[rule.scope_level]}"
