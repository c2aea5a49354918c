"""units: a resolution holds several changes; an organisation of a divided unit is settled as a post is."""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('settled_unit_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f('fk_organisation_settled_unit_id_unit'), 'unit', ['settled_unit_id'], ['id']
        )
        batch_op.create_index(
            'ix_organisation_settled_unit_id', ['settled_unit_id'], unique=False,
            sqlite_where=sa.text('settled_unit_id IS NOT NULL'),
            postgresql_where=sa.text('settled_unit_id IS NOT NULL'),
        )
    with op.batch_alter_table('unit_change', schema=None) as batch_op:
        batch_op.add_column(sa.Column('entered_with_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f('fk_unit_change_entered_with_id_unit_change'), 'unit_change', ['entered_with_id'], ['id']
        )
        batch_op.create_index(batch_op.f('ix_unit_change_entered_with_id'), ['entered_with_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('unit_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_change_entered_with_id'))
        batch_op.drop_constraint(batch_op.f('fk_unit_change_entered_with_id_unit_change'), type_='foreignkey')
        batch_op.drop_column('entered_with_id')
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.drop_index('ix_organisation_settled_unit_id')
        batch_op.drop_constraint(batch_op.f('fk_organisation_settled_unit_id_unit'), type_='foreignkey')
        batch_op.drop_column('settled_unit_id')
