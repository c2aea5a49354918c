"""Persons who may be one: two more ways of being alike, found by name without marks and by unit

Revision ID: 0009
"""
import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

BEFORE = ('name_and_birth', 'name_and_phone', 'phone_and_birth')
NOW = ('name_and_birth', 'plain_name_and_birth', 'name_and_phone', 'phone_and_birth', 'name_and_unit')
WAITING = sa.text('decided_at IS NULL')


def _check(values):
    return f"likeness IN ({', '.join(repr(value) for value in values)})"


def _hold_likeness_to(values):
    with op.batch_alter_table('duplicate_pair', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_duplicate_pair_likeness'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_duplicate_pair_likeness'), _check(values))


def upgrade():
    _hold_likeness_to(NOW)
    with op.batch_alter_table('duplicate_pair', schema=None) as batch_op:
        batch_op.create_index('ix_duplicate_pair_waiting', ['id'], sqlite_where=WAITING, postgresql_where=WAITING)
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_search_key_birth_on'), ['search_key', 'birth_on'], unique=False)


def downgrade():
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_search_key_birth_on'))
    with op.batch_alter_table('duplicate_pair', schema=None) as batch_op:
        batch_op.drop_index('ix_duplicate_pair_waiting', sqlite_where=WAITING, postgresql_where=WAITING)
    op.execute("DELETE FROM duplicate_pair WHERE likeness NOT IN ('name_and_birth', 'name_and_phone', 'phone_and_birth')")
    _hold_likeness_to(BEFORE)
