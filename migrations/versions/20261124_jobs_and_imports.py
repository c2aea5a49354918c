"""jobs, and imports of every table."""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('queued', 'running')")


def upgrade() -> None:
    op.create_table('job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('arguments', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('queued', 'running', 'done', 'failed', 'stopped', name='job_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('worker', sa.String(length=120), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stop_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stop_asked_by_id', sa.Integer(), nullable=True),
    sa.Column('step', sa.String(length=40), nullable=False),
    sa.Column('done_count', sa.Integer(), nullable=False),
    sa.Column('total_count', sa.Integer(), nullable=True),
    sa.Column('memo', sa.JSON(), nullable=False),
    sa.Column('fault', sa.JSON(none_as_null=True), nullable=True),
    sa.CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name=op.f('ck_job_leased_while_running')),
    sa.CheckConstraint("(state IN ('queued', 'running')) = (finished_at IS NULL)", name=op.f('ck_job_finished_unless_open')),
    sa.CheckConstraint("(state = 'failed') = (fault IS NOT NULL)", name=op.f('ck_job_failed_with_fault')),
    sa.CheckConstraint('done_count >= 0', name=op.f('ck_job_done_not_negative')),
    sa.CheckConstraint('total_count IS NULL OR done_count <= total_count', name=op.f('ck_job_done_at_most_all')),
    sa.CheckConstraint('fence >= 0 AND tries >= 0', name=op.f('ck_job_counts_not_negative')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user_account.id'], name=op.f('fk_job_asked_by_id_user_account')),
    sa.ForeignKeyConstraint(['stop_asked_by_id'], ['user_account.id'], name=op.f('fk_job_stop_asked_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_job_asked_by_id_id'), ['asked_by_id', 'id'], unique=False)
        batch_op.create_index('ix_job_open', ['id'], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index('uq_job_kind_subject_id_open', ['kind', 'subject_id'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index('uq_job_kind_subject_id_open', sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.drop_index('ix_job_open', sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.drop_index(batch_op.f('ix_job_asked_by_id_id'))

    op.drop_table('job')
