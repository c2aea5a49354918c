"""reports that are published: who counted, frozen to the person; who is due next by an index."""

import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

REFUSALS = {
    'report_published': ('UPDATE', 'report', 'OLD.published_at IS NOT NULL'),
    'report_kept': ('DELETE', 'report', 'OLD.published_at IS NOT NULL'),
    'report_line_fixed': ('UPDATE', 'report_line', 'OLD.report_id IS NOT NULL'),
    'report_line_kept': (
        'DELETE',
        'report_line',
        'EXISTS (SELECT 1 FROM report WHERE id = OLD.report_id AND published_at IS NOT NULL)',
    ),
    'report_line_late': (
        'INSERT',
        'report_line',
        'EXISTS (SELECT 1 FROM report WHERE id = NEW.report_id AND known_at IS NOT NULL)',
    ),
}


def refuse(name: str) -> None:
    """Have the database itself refuse what would change a report."""
    act, table, condition = REFUSALS[name]
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, 'a published report is not changed'); END"
        )
        return
    back = 'OLD' if act == 'DELETE' else 'NEW'
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION 'a published report is not changed' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {back}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def upgrade() -> None:
    op.create_table(
        'report',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('requirement_id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('document_number', sa.String(length=60), nullable=False),
        sa.Column('document_on', sa.Date(), nullable=False),
        sa.Column('asked_by_id', sa.Integer(), nullable=True),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('known_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('people_count', sa.Integer(), nullable=True),
        sa.Column('content', sa.JSON(none_as_null=True), nullable=True),
        sa.Column('digest', sa.String(length=64), nullable=True),
        sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('(known_at IS NULL) = (content IS NULL)', name=op.f('ck_report_collected_with_content')),
        sa.CheckConstraint('(known_at IS NULL) = (people_count IS NULL)', name=op.f('ck_report_collected_with_count')),
        sa.CheckConstraint('(published_at IS NULL) = (digest IS NULL)', name=op.f('ck_report_published_with_digest')),
        sa.CheckConstraint(
            'published_at IS NULL OR known_at IS NOT NULL', name=op.f('ck_report_collected_before_published')
        ),
        sa.CheckConstraint('people_count IS NULL OR people_count >= 0', name=op.f('ck_report_people_not_negative')),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_report_unit_id_unit')),
        sa.ForeignKeyConstraint(
            ['requirement_id'], ['requirement.id'], name=op.f('fk_report_requirement_id_requirement')
        ),
        sa.ForeignKeyConstraint(
            ['version_id'], ['requirement_version.id'], name=op.f('fk_report_version_id_requirement_version')
        ),
        sa.ForeignKeyConstraint(['asked_by_id'], ['user_account.id'], name=op.f('fk_report_asked_by_id_user_account')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_report')),
        sa.UniqueConstraint(
            'unit_id', 'requirement_id', 'document_number', name=op.f('uq_report_unit_id_requirement_id_document_number')
        ),
    )
    op.create_table(
        'report_line',
        sa.Column('report_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column(
            'standing',
            sa.Enum('o', 't', 'x', name='counted', native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column('duty_id', sa.Integer(), nullable=False),
        sa.Column('award_id', sa.Integer(), nullable=True),
        sa.CheckConstraint("(standing = 't') = (award_id IS NOT NULL)", name=op.f('ck_report_line_trained_by_award')),
        sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_report_line_report_id_report')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_report_line_person_id_person')),
        sa.ForeignKeyConstraint(['duty_id'], ['duty.id'], name=op.f('fk_report_line_duty_id_duty')),
        sa.ForeignKeyConstraint(['award_id'], ['award.id'], name=op.f('fk_report_line_award_id_award')),
        sa.PrimaryKeyConstraint('report_id', 'person_id', name=op.f('pk_report_line')),
        sqlite_with_rowid=False,
    )
    op.create_index(
        'ix_duty_requirement_id_due_on_current',
        'duty',
        ['requirement_id', 'due_on', 'started_on', 'id'],
        sqlite_where=sa.text('superseded_at IS NULL'),
        postgresql_where=sa.text('superseded_at IS NULL'),
    )
    for name in REFUSALS:
        refuse(name)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        for name, (_act, table, _condition) in REFUSALS.items():
            op.execute(f'DROP TRIGGER {name} ON {table}')
            op.execute(f'DROP FUNCTION {name}()')
    op.drop_index('ix_duty_requirement_id_due_on_current', table_name='duty')
    op.drop_table('report_line')
    op.drop_table('report')
