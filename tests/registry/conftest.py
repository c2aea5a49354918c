"""What tests of the registry share: one province with a commune, and people who lead."""

import pytest

from lms.accounts.models import Role
from tests.support import make


@pytest.fixture
def commune(app):
    """Xã Tân Lợi, Đồng Nai: where the rows of `sheetfiles` are."""
    return make.commune("Tân Lợi", within=make.province("Đồng Nai", code="75"), code="25993")


@pytest.fixture
def elsewhere(app):
    """Phường Thủy Xuân, Huế."""
    return make.commune("Thủy Xuân", within=make.province("Huế", code="46"), code="19777")


@pytest.fixture
def administrator(commune):
    return make.role(make.user("Lê Văn Quản"), Role.ADMINISTRATOR, unit_id=make.country().id)


@pytest.fixture
def coordinator(commune):
    """Leads Đồng Nai."""
    return make.role(make.user("Trần Thị Phối"), Role.COORDINATOR, unit_id=commune.parent_id)
