"""listing exports: what left the house, who asked for it and what for."""

import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('listing_export',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('listing', sa.String(length=40), nullable=False),
    sa.Column('format', sa.String(length=10), nullable=False),
    sa.Column('purpose', sa.String(length=300), nullable=True),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('row_count', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("format IN ('xlsx', 'csv')", name=op.f('ck_listing_export_format_known')),
    sa.CheckConstraint('(made_at IS NULL) = (row_count IS NULL)', name=op.f('ck_listing_export_made_with_rows')),
    sa.CheckConstraint('file_id IS NULL OR made_at IS NOT NULL', name=op.f('ck_listing_export_made_with_file')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user_account.id'], name=op.f('fk_listing_export_asked_by_id_user_account')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_listing_export_file_id_stored_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_listing_export'))
    )
    with op.batch_alter_table('listing_export', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_listing_export_asked_by_id_id'), ['asked_by_id', 'id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('listing_export', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_listing_export_asked_by_id_id'))

    op.drop_table('listing_export')
