"""units over time: earlier extents, names to search by, resolutions entered here."""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('extent_of_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_unit_extent_of_id_unit'), 'unit', ['extent_of_id'], ['id'])
        batch_op.create_check_constraint(
            batch_op.f('ck_unit_earlier_extents_ended'), 'extent_of_id IS NULL OR valid_to IS NOT NULL'
        )
        batch_op.create_index(batch_op.f('ix_unit_extent_of_id'), ['extent_of_id'], unique=False)

    with op.batch_alter_table('unit_name', schema=None) as batch_op:
        batch_op.add_column(sa.Column('match_key', sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column('search_key', sa.String(length=100), nullable=True))
        batch_op.create_index(batch_op.f('ix_unit_name_parent_id'), ['parent_id'], unique=False)
    # Loading the units, which follows, writes the keys as they should be.
    op.execute("UPDATE unit_name SET match_key = lower(name), search_key = lower(name)")
    with op.batch_alter_table('unit_name', schema=None) as batch_op:
        batch_op.alter_column('match_key', existing_type=sa.String(length=100), nullable=False)
        batch_op.alter_column('search_key', existing_type=sa.String(length=100), nullable=False)

    with op.batch_alter_table('unit_succession', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_unit_succession_from_unit_id_to_unit_id'), type_='unique')
        batch_op.create_unique_constraint(
            batch_op.f('uq_unit_succession_from_unit_id_to_unit_id_succeeded_on'),
            ['from_unit_id', 'to_unit_id', 'succeeded_on'],
        )
        batch_op.create_check_constraint(batch_op.f('ck_unit_succession_two_units'), 'from_unit_id <> to_unit_id')

    with op.batch_alter_table('position', schema=None) as batch_op:
        batch_op.create_index(
            'ix_position_settled_unit_id', ['settled_unit_id'], unique=False,
            sqlite_where=sa.text('settled_unit_id IS NOT NULL'),
            postgresql_where=sa.text('settled_unit_id IS NOT NULL'),
        )

    op.create_table('unit_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('rename', 'merge', 'split', 'move', name='change_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('legal_basis', sa.String(length=200), nullable=False),
    sa.Column('asked', sa.JSON(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=True),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_by_id', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdraw_reason', sa.String(length=300), nullable=True),
    sa.CheckConstraint('(withdrawn_at IS NULL) = (withdraw_reason IS NULL)', name=op.f('ck_unit_change_withdrawn_with_reason')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['user_account.id'], name=op.f('fk_unit_change_entered_by_id_user_account')),
    sa.ForeignKeyConstraint(['withdrawn_by_id'], ['user_account.id'], name=op.f('fk_unit_change_withdrawn_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_change'))
    )
    op.create_table('unit_change_unit',
    sa.Column('change_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['change_id'], ['unit_change.id'], name=op.f('fk_unit_change_unit_change_id_unit_change')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_unit_change_unit_unit_id_unit')),
    sa.PrimaryKeyConstraint('change_id', 'unit_id', name=op.f('pk_unit_change_unit'))
    )
    with op.batch_alter_table('unit_change_unit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unit_change_unit_unit_id'), ['unit_id'], unique=False)


def downgrade() -> None:
    # What was entered here would be lost, and units would stay half changed.
    if op.get_bind().execute(sa.text('SELECT count(*) FROM unit_change WHERE withdrawn_at IS NULL')).scalar():
        raise RuntimeError('resolutions were entered: take them back first')
    with op.batch_alter_table('unit_change_unit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_change_unit_unit_id'))
    op.drop_table('unit_change_unit')
    op.drop_table('unit_change')

    with op.batch_alter_table('position', schema=None) as batch_op:
        batch_op.drop_index('ix_position_settled_unit_id')

    with op.batch_alter_table('unit_succession', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_unit_succession_two_units'), type_='check')
        batch_op.drop_constraint(batch_op.f('uq_unit_succession_from_unit_id_to_unit_id_succeeded_on'), type_='unique')
        batch_op.create_unique_constraint(
            batch_op.f('uq_unit_succession_from_unit_id_to_unit_id'), ['from_unit_id', 'to_unit_id']
        )

    with op.batch_alter_table('unit_name', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_name_parent_id'))
        batch_op.drop_column('search_key')
        batch_op.drop_column('match_key')

    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_extent_of_id'))
        batch_op.drop_constraint(batch_op.f('ck_unit_earlier_extents_ended'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_unit_extent_of_id_unit'), type_='foreignkey')
        batch_op.drop_column('extent_of_id')
