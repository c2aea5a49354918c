"""People merged into others are found by an index of those alone, so that lists by name are read in their order."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

MERGED = sa.text('merged_into_id IS NOT NULL')


def upgrade() -> None:
    op.drop_index(op.f('ix_person_merged_into_id'), table_name='person')
    op.create_index(
        op.f('ix_person_merged_into_id'), 'person', ['merged_into_id'], sqlite_where=MERGED, postgresql_where=MERGED
    )


def downgrade() -> None:
    op.drop_index(op.f('ix_person_merged_into_id'), table_name='person')
    op.create_index(op.f('ix_person_merged_into_id'), 'person', ['merged_into_id'])
