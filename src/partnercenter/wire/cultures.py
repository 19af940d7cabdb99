"""The cultures of each country or region (Partner Center, "Supported languages and locales").

Almost every row of the published table ends in en-US, and 56 have nothing else; only what tells them apart is here.
"""

from __future__ import annotations

from typing import Final

_DEFAULT: Final = "en-US"
# XE, XJ and XS are Microsoft's own codes, for islands that ISO 3166-1 counts to others.
_BEFORE_EN_US: Final = """
AF:ps-AF AX:sv-SE AL:sq-AL DZ:ar-DZ AD:ca-ES AO:pt-PT AR:es-AR AM:hy-AM AW:nl-NL AU:en-AU AT:de-AT AZ:az-Latn-AZ
BS:en-GB BH:ar-BH BD:bn-BD BB:en-GB BY:be-BY BE:fr-BE,nl-BE BZ:en-BZ BJ:fr-FR BM:en-GB BO:es-BO BQ:nl-NL BA:bs-Latn-BA
BW:en-GB BV:nb-NO BR:pt-BR BN:ms-BN BG:bg-BG BF:fr-FR BI:fr-FR CV:pt-CV KH:km-KH CM:fr-FR CA:fr-CA KY:en-GB
CF:fr-FR TD:fr-FR CL:es-CL CN:zh-CN CO:es-CO KM:fr-FR CG:fr-FR CD:fr-FR CR:es-CR CI:fr-FR HR:hr-HR CW:nl-NL CY:el-GR
CZ:cs-CZ DK:da-DK DJ:fr-FR DO:es-DO EC:es-EC EG:ar-EG SV:es-SV GQ:es-ES ER:ar-SA EE:et-EE ET:am-ET FO:fo-FO FJ:en-GB
FI:fi-FI,sv-FI FR:fr-FR GF:fr-FR PF:fr-FR TF:fr-FR GA:fr-FR GE:ka-GE DE:de-DE GH:en-GB GR:el-GR GL:da-DK GP:fr-FR
GT:es-GT GN:fr-FR GW:pt-PT HT:fr-FR HN:es-HN HK:zh-HK HU:hu-HU IS:is-IS IN:en-IN,hi-IN ID:id-ID IQ:ar-IQ IE:en-IE
IL:he-IL IT:it-IT JM:en-JM XJ:nb-NO JP:ja-JP JO:ar-JO KZ:kk-KZ KE:sw-KE KR:ko-KR KW:ar-KW KG:ky-KG LA:lo-LA LV:lv-LV
LB:ar-LB LY:ar-LY LI:de-LI LT:lt-LT LU:de-LU,fr-LU MO:zh-MO MK:mk-MK MG:fr-FR MY:en-MY MV:dv-MV ML:fr-FR MT:mt-MT
MQ:fr-FR MR:ar-SA MU:en-GB YT:fr-FR MX:es-MX MD:ro-RO MC:fr-MC MN:mn-MN ME:sr-Latn-ME MA:ar-MA NA:en-GB NP:ne-NP
NL:nl-NL NC:fr-FR NZ:en-NZ NI:es-NI NE:fr-FR NG:ha-Latn-NG NO:nb-NO OM:ar-OM PK:ur-PK PS:ar-SA PA:es-PA PY:es-PY
PE:es-PE PH:en-PH PL:pl-PL PT:pt-PT PR:es-PR QA:ar-QA RE:fr-FR RO:ro-RO RU:ru-RU RW:rw-RW XS:nl-NL KN:en-GB MF:fr-FR
PM:fr-FR BL:fr-FR SM:it-IT ST:pt-PT SA:ar-SA SN:wo-SN RS:sr-Latn-RS,sr-Cyrl-RS SG:en-SG,zh-SG XE:nl-NL SK:sk-SK
SI:sl-SI SO:ar-SA ZA:en-ZA ES:es-ES,ca-ES,eu-ES,gl-ES LK:si-LK SJ:nb-NO SE:sv-SE CH:de-CH,fr-CH,it-CH TW:zh-TW
TJ:tg-Cyrl-TJ TZ:en-GB TH:th-TH TL:pt-PT TG:fr-FR TT:en-TT TN:ar-TN TR:tr-TR TM:tk-TM UG:en-GB UA:uk-UA AE:ar-AE
GB:en-GB UY:es-UY UZ:uz-Latn-UZ VA:it-IT VE:es-VE VN:vi-VN WF:fr-FR YE:ar-YE ZM:en-GB ZW:en-ZW
"""
_EN_US_ALONE: Final = """
AG AI AN AQ AS BT CC CK CX DM FK FM GD GG GI GM GS GU GY HM IM IO JE KI LC LR LS MH MM MP MS MW NF NR NU PG PN
PW SB SC SH SL SS SX SZ TC TK TO TV UM VC VG VI VU WS XK
"""
# The rows that do not end in en-US.
_OTHERS: Final = {"MZ": ("pt-PT",), "SR": ("nl-NL",), "US": ("en-US", "es-US")}


def _table() -> dict[str, tuple[str, ...]]:
    rows = (row.partition(":") for row in _BEFORE_EN_US.split())
    table = {country: (*cultures.split(","), _DEFAULT) for country, _, cultures in rows}
    return table | dict.fromkeys(_EN_US_ALONE.split(), (_DEFAULT,)) | _OTHERS


_TABLE: Final = _table()

CULTURES: Final = frozenset(culture for cultures in _TABLE.values() for culture in cultures)
"""Every culture that is supported anywhere."""
COUNTRIES: Final = frozenset(_TABLE)
"""Every country or region of the published table."""


def cultures_of(country: str) -> tuple[str, ...]:
    """The cultures of a country or region, its default first. country: its code (`US`); en-US if it is in no row."""
    return _TABLE.get(country, (_DEFAULT,))


def languages_of(country: str) -> tuple[str, ...]:
    """The languages of those cultures (`en`, `es`), each once."""
    return tuple(dict.fromkeys(culture.partition("-")[0] for culture in cultures_of(country)))
