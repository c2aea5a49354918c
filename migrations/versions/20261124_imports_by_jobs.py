"""imports by jobs: looked through later than sent, applied a portion at a time, with what differs."""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('roster_import', schema=None) as batch_op:
        batch_op.add_column(sa.Column('looked_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('fault', sa.JSON(none_as_null=True), nullable=True))
        batch_op.drop_constraint(batch_op.f('ck_roster_import_roster_kind'), type_='check')
    # Until now a file was looked through when it was sent.
    op.execute("UPDATE roster_import SET looked_at = uploaded_at")
    with op.batch_alter_table('roster_import', schema=None) as batch_op:
        batch_op.create_check_constraint(batch_op.f('ck_roster_import_looked_through_before_applied'), 'applied_at IS NULL OR looked_at IS NOT NULL')
        batch_op.create_check_constraint(batch_op.f('ck_roster_import_faulty_is_not_looked_through'), 'fault IS NULL OR looked_at IS NULL')

    with op.batch_alter_table('roster_row', schema=None) as batch_op:
        batch_op.add_column(sa.Column('changes', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('is_applied', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('subject_id', sa.Integer(), nullable=True))
    op.execute("UPDATE roster_row SET changes = '[]'")
    op.execute(
        "UPDATE roster_row SET is_applied = roster_row.outcome NOT IN ('review', 'refused') AND EXISTS (SELECT 1 FROM "
        "roster_import WHERE roster_import.id = roster_row.roster_import_id AND roster_import.applied_at IS NOT NULL)"
    )
    with op.batch_alter_table('roster_row', schema=None) as batch_op:
        batch_op.alter_column('changes', existing_type=sa.JSON(), nullable=False)
        batch_op.alter_column('is_applied', existing_type=sa.Boolean(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table('roster_row', schema=None) as batch_op:
        batch_op.drop_column('subject_id')
        batch_op.drop_column('is_applied')
        batch_op.drop_column('changes')

    # What was sent for other tables, or never looked through to its end, has no place in the older state.
    gone = "SELECT id FROM roster_import WHERE kind NOT IN ('officials', 'leaders') OR looked_at IS NULL"
    op.execute(f"DELETE FROM roster_row WHERE roster_import_id IN ({gone})")
    op.execute("DELETE FROM roster_import WHERE kind NOT IN ('officials', 'leaders') OR looked_at IS NULL")
    with op.batch_alter_table('roster_import', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_roster_import_faulty_is_not_looked_through'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_roster_import_looked_through_before_applied'), type_='check')
        batch_op.drop_column('fault')
        batch_op.drop_column('looked_at')
        batch_op.create_check_constraint(batch_op.f('ck_roster_import_roster_kind'), "kind IN ('officials', 'leaders')")
