"""The names of the headers that this API gives a meaning to (Partner Center REST headers; RFC 9110)."""

from typing import Final

AUTHORIZATION: Final = "Authorization"
ACCEPT: Final = "Accept"
CACHE_CONTROL: Final = "Cache-Control"
CONNECTION: Final = "Connection"
CONTENT_ENCODING: Final = "Content-Encoding"
CONTENT_LENGTH: Final = "Content-Length"
CONTENT_TYPE: Final = "Content-Type"
ETAG: Final = "ETag"
EXPECT: Final = "Expect"
IF_MATCH: Final = "If-Match"
MS_CORRELATION_ID: Final = "MS-CorrelationId"
MS_REQUEST_ID: Final = "MS-RequestId"
APPLICATION_NAME: Final = "MS-PartnerCenter-Application"
RETRY_AFTER: Final = "Retry-After"
TRANSFER_ENCODING: Final = "Transfer-Encoding"
VARY: Final = "Vary"
WWW_AUTHENTICATE: Final = "WWW-Authenticate"
X_LOCALE: Final = "X-Locale"

JSON: Final = "application/json; charset=utf-8"
