"""The blocks of the docs that are only shown: page and first line of the block, and why it is not run."""

from __future__ import annotations

_MACHINES = "needs three machines; `make ha` runs the same on one"
_POSTGRES = "needs a PostgreSQL at an address of the reader's; tests/cli and tests/history run the same on a local one"
_DOCKER = "needs a container engine"
_PERSON = "needs a person, and a real cloud"
_INSTALL = "installs; the tests run in what is installed"
_PICTURE = "a picture"

NOT_RUN = {
    ("README.md", "$ make quickstart"): "compared by test_the_readme_prints_what_quickstart_prints",
    ("README.md", "$ make test"): "runs the tests, of which this is one",
    ("CONTRIBUTING.md", "make test      # the tests; makes its own environment in .venv"): "each takes minutes",
    ("docs/database.md", "pip install '/path/to/the/checkout[postgres]'"): _POSTGRES,
    (
        "docs/database.md",
        "partnercenter serve --data node1 --host 0.0.0.0 --database postgresql://… --base-url https://partner.example",
    ): _POSTGRES,
    ("docs/high-availability.md", "partnercenter serve --base-url https://partners.example --data node1 \\"): _MACHINES,
    ("docs/high-availability.md", "ETCD_NAME=db1"): _MACHINES,
    (
        "docs/high-availability.md",
        'etcd: {hosts: ["10.0.0.1:2379", "10.0.0.2:2379", "10.0.0.3:2379"]}   # Patroni 3.0.3 and newer: etcd3',
    ): _MACHINES,
    (
        "docs/observability.md",
        "DEBUG:partnercenter:-> GET /v1/profiles/billing, attempt 1; MS-RequestId: 6f1c…; MS-CorrelationId: 08e2…; "
        "X-Locale: en-US; User-Agent: partnercenter-python/0.1.0",
    ): "what the block above prints, shortened; tests/client compares the lines",
    ("docs/recipes.md", "docker compose -f examples/compose/compose.yaml up --build --exit-code-from client"): _DOCKER,
    (
        "docs/recipes.md",
        'partnercenter serve --test --port 0 --data "$RUNNER_TEMP/partnercenter" '
        '> "$RUNNER_TEMP/partnercenter.log" 2>&1 &',
    ): "writes to the variables of a workflow; its steps are run from the workflow's own file by another test",
    (
        "docs/signing-in.md",
        "$ partnercenter --cloud global login --context production --tenant contoso.onmicrosoft.com "
        "--client-id <application>",
    ): _PERSON,
    (
        "docs/signing-in.md",
        "Production: cloud global, tenant contoso.onmicrosoft.com, user jo@contoso.onmicrosoft.com: "
        "update the billing profile.",
    ): _PERSON,
    ("docs/sample.md", "Partner profile samples"): "what a terminal shows; tests/cli drives one",
    ("docs/testing.md", 'pip install "/path/to/the/checkout[service]" pytest'): _INSTALL,
    ("docs/tutorial.md", "make quickstart"): _INSTALL,
    ("docs/tour.md", "wire/      what crosses the wire: shapes, headers, tags, codes. Pure."): _PICTURE,
    ("docs/tour.md", "lock the profile → replay? → If-Match 412 → shape 400 → body tag 400/2055 → rules 400"): _PICTURE,
}
