"""Which continent a country is counted with: the macro regions of the United Nations' M49."""

from __future__ import annotations

AFRICA, AMERICAS, ASIA, EUROPE, OCEANIA = "002", "019", "142", "150", "009"
REGIONS = (AFRICA, AMERICAS, ASIA, EUROPE, OCEANIA)
"""M49's own numbers, by which CLDR knows the names in every language."""

_COUNTRIES = {
    AFRICA: "AC AO BF BI BJ BW CD CF CG CI CM CV DG DJ DZ EA EG EH ER ET GA GH GM GN GQ GW IC IO KE KM LR LS LY MA MG"
    " ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TA TD TF TG TN TZ UG YT ZA ZM ZW",
    AMERICAS: "AG AI AR AW BB BL BM BO BQ BR BS BV BZ CA CL CO CP CR CU CW DM DO EC FK GD GF GL GP GS GT GY HN HT JM"
    " KN KY LC MF MQ MS MX NI PA PE PM PR PY SR SV SX TC TT US UY VC VE VG VI",
    ASIA: "AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH"
    " PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE",
    EUROPE: "AD AL AT AX BA BE BG BY CH CQ CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD"
    " ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK",
    OCEANIA: "AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
}
_REGION = {country: region for region, countries in _COUNTRIES.items() for country in countries.split()}


def region_of(country: str) -> str:
    """The region of a country by its ISO 3166-1 code; "" where nobody lives (AQ) and for what is no country."""
    return _REGION.get(country, "")
