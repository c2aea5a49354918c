"""classes on paper: one document, many people, and the awards made on it."""

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('paper_class',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('qualification_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('issuer', sa.String(length=200), nullable=False),
    sa.Column('document_number', sa.String(length=60), nullable=False),
    sa.Column('document_on', sa.Date(), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('draft', 'entered', 'revoked', name='paper_class_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=True),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_by_id', sa.Integer(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoke_reason', sa.String(length=300), nullable=True),
    sa.Column('corrects_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(state = 'draft') = (entered_at IS NULL)", name=op.f('ck_paper_class_entered_with_instant')),
    sa.CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name=op.f('ck_paper_class_revoked_with_instant')),
    sa.CheckConstraint('(revoked_at IS NULL) = (revoke_reason IS NULL)', name=op.f('ck_paper_class_revoked_with_reason')),
    sa.CheckConstraint('corrects_id IS NULL OR corrects_id <> id', name=op.f('ck_paper_class_not_its_own_correction')),
    sa.CheckConstraint('hours IS NULL OR hours > 0', name=op.f('ck_paper_class_hours_above_zero')),
    sa.CheckConstraint('revision > 0', name=op.f('ck_paper_class_revision_from_one')),
    sa.ForeignKeyConstraint(['corrects_id'], ['paper_class.id'], name=op.f('fk_paper_class_corrects_id_paper_class')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['user_account.id'], name=op.f('fk_paper_class_entered_by_id_user_account')),
    sa.ForeignKeyConstraint(['made_by_id'], ['user_account.id'], name=op.f('fk_paper_class_made_by_id_user_account')),
    sa.ForeignKeyConstraint(['qualification_id'], ['qualification.id'], name=op.f('fk_paper_class_qualification_id_qualification')),
    sa.ForeignKeyConstraint(['revoked_by_id'], ['user_account.id'], name=op.f('fk_paper_class_revoked_by_id_user_account')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_paper_class_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_class')),
    sa.UniqueConstraint('corrects_id', name=op.f('uq_paper_class_corrects_id')),
    sa.UniqueConstraint('key', name=op.f('uq_paper_class_key'))
    )
    with op.batch_alter_table('paper_class', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_paper_class_unit_id'), ['unit_id'], unique=False)

    op.create_table('paper_class_evidence',
    sa.Column('paper_class_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_paper_class_evidence_file_id_stored_file')),
    sa.ForeignKeyConstraint(['paper_class_id'], ['paper_class.id'], name=op.f('fk_paper_class_evidence_paper_class_id_paper_class')),
    sa.PrimaryKeyConstraint('paper_class_id', 'file_id', name=op.f('pk_paper_class_evidence'))
    )
    op.create_table('paper_class_person',
    sa.Column('paper_class_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['paper_class_id'], ['paper_class.id'], name=op.f('fk_paper_class_person_paper_class_id_paper_class')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_paper_class_person_person_id_person')),
    sa.PrimaryKeyConstraint('paper_class_id', 'person_id', name=op.f('pk_paper_class_person'))
    )
    with op.batch_alter_table('paper_class_person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_paper_class_person_person_id'), ['person_id'], unique=False)

    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.add_column(sa.Column('paper_class_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_award_paper_class_id'), ['paper_class_id'], unique=False)
        batch_op.create_check_constraint(batch_op.f('ck_award_paper_class_by_source'), "paper_class_id IS NULL OR source = 'class'")
        batch_op.create_foreign_key(batch_op.f('fk_award_paper_class_id_paper_class'), 'paper_class', ['paper_class_id'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_award_paper_class_by_source'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_award_paper_class_id_paper_class'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_award_paper_class_id'))
        batch_op.drop_column('paper_class_id')

    with op.batch_alter_table('paper_class_person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_paper_class_person_person_id'))

    op.drop_table('paper_class_person')
    op.drop_table('paper_class_evidence')
    with op.batch_alter_table('paper_class', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_paper_class_unit_id'))

    op.drop_table('paper_class')
