"""The reply of `GET /v1/countryvalidationrules/{country}`, in the flat shape of the recorded one."""

from __future__ import annotations

from dataclasses import dataclass, field

from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.profiles import ResourceAttributes
from partnercenter.wire.shapes import Shape


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class CountryValidationRules(Shape):
    """What an address and a tax id of one country must look like (Partner Center, country validation rules).

    iso2_code: ISO 3166-1 alpha-2 code. The regular expressions are anchored.
    is_state_required, is_postal_code_required, is_city_required: `true` or `false`, as are the other four.
    supported_states_list: texts; empty if any state is taken. country_calling_codes_list: digits as texts.
    vat_id_regex, tax_id_format, tax_id_sample: absent where nothing is known.
    """

    iso2_code: str | None = None
    default_culture: str | None = None
    is_state_required: bool | None = None
    supported_states_list: list[JsonValue] | None = None
    supported_languages_list: list[JsonValue] | None = None
    supported_cultures_list: list[JsonValue] | None = None
    is_postal_code_required: bool | None = None
    postal_code_regex: str | None = None
    is_city_required: bool | None = None
    is_vat_id_supported: bool | None = None
    tax_id_format: str | None = None
    tax_id_sample: str | None = None
    vat_id_regex: str | None = None
    phone_number_regex: str | None = None
    is_tax_id_supported: bool | None = None
    is_tax_id_optional: bool | None = None
    country_calling_codes_list: list[JsonValue] | None = None
    attributes: ResourceAttributes = field(default_factory=ResourceAttributes)
