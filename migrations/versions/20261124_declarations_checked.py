"""declarations: what was decided upon was seen, and was decided by another."""

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('declaration', schema=None) as batch_op:
        batch_op.add_column(sa.Column('revision', sa.Integer(), nullable=True))
    op.execute("UPDATE declaration SET revision = 1")
    with op.batch_alter_table('declaration', schema=None) as batch_op:
        batch_op.alter_column('revision', existing_type=sa.Integer(), nullable=False)
        batch_op.drop_constraint(batch_op.f('ck_declaration_locked_with_instant'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_declaration_locked_with_instant'), "(locked_at IS NOT NULL) = (state IN ('locked', 'received', 'superseded'))")
        batch_op.create_check_constraint(batch_op.f('ck_declaration_revision_from_one'), 'revision > 0')
        batch_op.create_check_constraint(batch_op.f('ck_declaration_returned_with_reason'), "state <> 'returned' OR return_reason IS NOT NULL")
        batch_op.create_check_constraint(batch_op.f('ck_declaration_locked_by_another'), 'locked_by_id IS NULL OR locked_by_id <> submitted_by_id')
        batch_op.create_check_constraint(batch_op.f('ck_declaration_superseded_with_instant'), "(superseded_at IS NOT NULL) = (state = 'superseded')")
    with op.batch_alter_table('declared_count', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_declared_count_count_not_negative'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_declared_count_count_within_reason'), 'count BETWEEN 0 AND 99999')


def downgrade() -> None:
    with op.batch_alter_table('declared_count', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_declared_count_count_within_reason'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_declared_count_count_not_negative'), 'count >= 0')
    with op.batch_alter_table('declaration', schema=None) as batch_op:
        for name in ('revision_from_one', 'returned_with_reason', 'locked_by_another', 'superseded_with_instant', 'locked_with_instant'):
            batch_op.drop_constraint(batch_op.f(f'ck_declaration_{name}'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_declaration_locked_with_instant'), "state NOT IN ('locked', 'received') OR locked_at IS NOT NULL")
        batch_op.drop_column('revision')
