"""The languages in which letters are written."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError

TONGUES = {
    "en": "English",
    "ja": "日本語",
    "ko": "한국어",
    "fr": "Français",
    "es": "Español",
    "ar": "العربية",
}
"""Code -> the language's own name."""
LOCALES = {"en": "en_GB", "ja": "ja_JP", "ko": "ko_KR", "fr": "fr_FR", "es": "es_ES", "ar": "ar_AR"}
"""Code -> as social media call it, which know each language in some country alone (Open Graph, og:locale)."""


def locale_of(language: str) -> Locale:
    """What the code means ("pt-BR"); English for one that means nothing, for a letter in English beats no letter."""
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")


def tongue(language: str) -> str:
    """The one of `TONGUES` in which somebody who asked for this language is written to: "fr" for "fr-CA"."""
    spoken = str(locale_of(language).language)
    return spoken if spoken in TONGUES else "en"
