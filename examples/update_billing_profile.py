"""Give the partner's billing profile a new purchase order number, as the user that the environment names."""

import random

from partnercenter import PartnerCenter

with PartnerCenter.from_env() as partner:
    existing = partner.profiles.billing_profile.get()

    existing.purchase_order_number = str(random.randrange(9000, 10000))  # noqa: S311 - nothing secret

    updated = partner.profiles.billing_profile.update(existing)
    print(updated.purchase_order_number)
