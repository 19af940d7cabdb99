"""The request and the response of the published page, as it prints them (facts, quoted with their source).

Source: "Update a partner billing profile", Partner Center developer documentation, request and response example.
"""

REQUEST_HEAD = """\
PUT https://api.partnercenter.microsoft.com/v1/profiles/billing HTTP/1.1
Authorization: Bearer <token>
Accept: application/json
MS-RequestId: 9231559e-ed95-41e4-810b-e754ae32dc2f
MS-CorrelationId: cb9f3209-d020-4bf9-871c-e1f1c75348f8
Content-Length: 613
Expect: 100-continue
"""

BODY = """\
{
    "CompanyName":"TEST_TEST_BugBash1",
    "Address":{
        "Country":"US",
        "Region":null,
        "City":"Redmond",
        "State":"WA",
        "AddressLine1":"1 Microsoft Way",
        "AddressLine2":"","PostalCode":"98052",
        "FirstName":null,
        "LastName":null,
        "PhoneNumber":null
    },
    "PrimaryContact":{
        "FirstName":"Test",
        "LastName":"Customer",
        "Email":null,
        "PhoneNumber":""
    },
    "PurchaseOrderNumber":"9888",
    "TaxId":<TaxId>,
    "BillingCurrency":"USD",
    "Links":{
        "Self":{
            "Uri":"/profiles/billing",
            "Method":"GET","Headers":[]
        }
    },
    "Attributes":{
        "Etag":<etag>,
        "ObjectType":"BillingProfile"
    }
}
"""

TAX_ID = '"12-345678"'


def request(token: str, etag: str) -> tuple[bytes, bytes]:
    """Head and body of the page's request, with its three placeholders filled in and the length that this makes."""
    body = BODY.replace("<TaxId>", TAX_ID).replace("<etag>", f'"{etag}"').encode()
    head = REQUEST_HEAD.replace("<token>", token).replace("613", str(len(body)))
    return head.replace("\n", "\r\n").encode() + b"\r\n", body
