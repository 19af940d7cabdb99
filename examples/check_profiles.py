"""Print what the service would not accept in the partner's own profiles, without sending any of them back."""

from partnercenter import PartnerCenter

with PartnerCenter.from_env() as partner:
    profiles = partner.profiles
    for resource in (profiles.billing_profile, profiles.legal_business_profile, profiles.organization_profile):
        profile = resource.get()
        print(f"{type(profile).__name__}: {len(profile.validate())} violations")
        for violation in profile.validate():
            print(f"  {violation}")
