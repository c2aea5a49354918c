"""Names of organisations for searching and in order; merges that follow a merge; posts entered by mistake

Revision ID: 0004
"""
import sqlalchemy as sa
from alembic import op

from lms.registry.rules.names import search_key, title_key

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

POST = ['person_id', 'kind', 'unit_id', 'workplace_key', 'started_on']
ONE_STANDING = 'uq_position_person_id_kind_unit_id_workplace_key_standing'
STANDING = sa.text('withdrawn_at IS NULL')
TWO_PERSONS = 'from_id <> into_id AND from_id <> same_as_id'


def upgrade():
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('search_key', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('sort_key', sa.String(length=400), nullable=True))
    connection = op.get_bind()
    names = connection.execute(sa.text('SELECT id, name FROM organisation')).all()
    for row in names:
        connection.execute(
            sa.text('UPDATE organisation SET search_key = :search_key, sort_key = :sort_key WHERE id = :id'),
            {'id': row.id, 'search_key': search_key(row.name), 'sort_key': title_key(row.name)},
        )
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.alter_column('search_key', existing_type=sa.String(length=200), nullable=False)
        batch_op.alter_column('sort_key', existing_type=sa.String(length=400), nullable=False)
        batch_op.create_index(batch_op.f('ix_organisation_sort_key_id'), ['sort_key', 'id'], unique=False)

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_phone_birth_on'), ['phone', 'birth_on'], unique=False)

    with op.batch_alter_table('person_merge', schema=None) as batch_op:
        batch_op.add_column(sa.Column('same_as_id', sa.Integer(), nullable=True))
    op.execute('UPDATE person_merge SET same_as_id = into_id')
    with op.batch_alter_table('person_merge', schema=None) as batch_op:
        batch_op.alter_column('same_as_id', existing_type=sa.Integer(), nullable=False)
        batch_op.create_foreign_key(batch_op.f('fk_person_merge_same_as_id_person'), 'person', ['same_as_id'], ['id'])
        batch_op.drop_constraint(batch_op.f('ck_person_merge_two_persons'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_person_merge_two_persons'), TWO_PERSONS)

    with op.batch_alter_table('position', schema=None) as batch_op:
        batch_op.add_column(sa.Column('withdrawn_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('withdraw_reason', sa.String(length=300), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_position_withdrawn_by_id_user_account'), 'user_account', ['withdrawn_by_id'], ['id'])
        batch_op.drop_constraint(batch_op.f('uq_position_person_id_kind_unit_id_workplace_key_started_on'), type_='unique')
        batch_op.create_index(ONE_STANDING, POST, unique=True, sqlite_where=STANDING, postgresql_where=STANDING)
        batch_op.create_check_constraint(batch_op.f('ck_position_withdrawn_with_reason'), '(withdrawn_at IS NULL) = (withdraw_reason IS NULL)')
        batch_op.create_check_constraint(batch_op.f('ck_position_withdrawn_is_held_no_more'), 'withdrawn_at IS NULL OR ended_on IS NOT NULL')


def downgrade():
    with op.batch_alter_table('position', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_position_withdrawn_is_held_no_more'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_position_withdrawn_with_reason'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_position_withdrawn_by_id_user_account'), type_='foreignkey')
        batch_op.drop_index(ONE_STANDING, sqlite_where=STANDING, postgresql_where=STANDING)
        batch_op.create_unique_constraint(batch_op.f('uq_position_person_id_kind_unit_id_workplace_key_started_on'), POST)
        batch_op.drop_column('withdraw_reason')
        batch_op.drop_column('withdrawn_at')
        batch_op.drop_column('withdrawn_by_id')

    with op.batch_alter_table('person_merge', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_person_merge_two_persons'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_person_merge_two_persons'), 'from_id <> into_id')
        batch_op.drop_constraint(batch_op.f('fk_person_merge_same_as_id_person'), type_='foreignkey')
        batch_op.drop_column('same_as_id')

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_phone_birth_on'))

    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organisation_sort_key_id'))
        batch_op.drop_column('sort_key')
        batch_op.drop_column('search_key')
