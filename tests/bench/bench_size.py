"""How large the deployment is; boto3 comes from the runtime."""

from infra.package import package
from tests.bench.rows import Row


def measure() -> list[Row]:
    """The zip that AWS gets."""
    size = package("prod", for_aws=True).code.stat().st_size
    return [Row("deployment zip, MB", size / 1e6, 25)]
