"""Figures of communes by every cut."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('coverage_mixture',
    sa.Column('requirement_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('bucket', sa.Integer(), nullable=False),
    sa.Column('mix', sa.String(length=500), nullable=False),
    sa.Column('obliged', sa.Integer(), nullable=False),
    sa.Column('trained', sa.Integer(), nullable=False),
    sa.Column('excused', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_coverage_mixture_requirement_id_requirement')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_coverage_mixture_unit_id_unit')),
    sa.PrimaryKeyConstraint('requirement_id', 'unit_id', 'bucket', 'mix', name=op.f('pk_coverage_mixture')),
    sqlite_with_rowid=False
    )


def downgrade() -> None:
    op.drop_table('coverage_mixture')
