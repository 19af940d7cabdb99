"""Path and method → endpoint."""

from __future__ import annotations

import pytest

from partnercenter.service.endpoints import routes
from partnercenter.service.gate.permission import Access
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire.messages import Request

FOUND = {
    "get": ("GET", "/v1/profiles/billing", Access.READ),
    "put": ("PUT", "/v1/profiles/billing", Access.WRITE),
    "H24-head": ("HEAD", "/v1/profiles/billing", Access.READ),
    "D23-other-version": ("PUT", "/v1.0/profiles/billing", Access.WRITE),
    "audit": ("GET", "/v1/auditrecords", Access.READ),
    "audit-other-version": ("GET", "/v1.0/auditrecords", Access.READ),
    "H29-query": ("GET", "/v1/profiles/billing?tenantId=x&tenantId=y", Access.READ),
    "H29-empty-query": ("GET", "/v1/profiles/billing?", Access.READ),
}


@pytest.mark.parametrize(("method", "target", "access"), FOUND.values(), ids=FOUND.keys())
def test_the_route_is_found(method: str, target: str, access: Access) -> None:
    assert routes.find(Request(method, target)).access is access


NOT_FOUND = {
    "H27-nothing": "/v1/profiles/nothing",
    "H28-other-case": "/v1/profiles/Billing",
    "F35-dots": "/v1/profiles/../profiles/billing",
    "F35-encoded-dots": "/v1/profiles/%2e%2e/billing",
    "F35-encoded-slash": "/v1/profiles%2fbilling",
    "F35-encoded-letter": "/v1/profiles/%62illing",
    "F35-two-slashes": "/v1//profiles/billing",
    "F35-trailing-slash": "/v1/profiles/billing/",
    "F35-parameter": "/v1/profiles/billing;x=1",
    "root-of-the-version": "/v1/",
    "longer": "/v1/profiles/billing/x",
}


@pytest.mark.parametrize("target", NOT_FOUND.values(), ids=NOT_FOUND.keys())
def test_a_path_is_not_normalised(target: str) -> None:
    with pytest.raises(Refusal) as refused:
        routes.find(Request("GET", target))
    assert refused.value.reason is Reason.NOT_FOUND


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "TRACE", "BREW", "get"])
def test_h25_another_method_is_not_allowed(method: str) -> None:
    with pytest.raises(Refusal) as refused:
        routes.find(Request(method, "/v1/profiles/billing"))
    assert refused.value.reason is Reason.METHOD_NOT_ALLOWED


@pytest.mark.parametrize(
    ("target", "allow"),
    [("/v1/profiles/billing", "GET, HEAD, OPTIONS, PUT"), ("/v1.0/auditrecords", "GET, HEAD, OPTIONS")],
)
def test_h25_the_refusal_names_the_methods_that_are_allowed(target: str, allow: str) -> None:
    with pytest.raises(Refusal) as refused:
        routes.find(Request("DELETE", target))
    assert dict(refused.value.lines) == {"Allow": allow}
