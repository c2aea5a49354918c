"""recognition of training done elsewhere: applications, equivalences, and awards of a part."""

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('equivalence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('qualification_id', sa.Integer(), nullable=False),
    sa.Column('issuer', sa.String(length=200), nullable=False),
    sa.Column('course', sa.String(length=200), nullable=False),
    sa.Column('least_hours', sa.Integer(), nullable=True),
    sa.Column('completed_from', sa.Date(), nullable=True),
    sa.Column('completed_to', sa.Date(), nullable=True),
    sa.Column('is_partial', sa.Boolean(), nullable=False),
    sa.Column('credited_hours', sa.Integer(), nullable=True),
    sa.Column('legal_basis', sa.String(length=300), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('ended_by_id', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sa.String(length=300), nullable=True),
    sa.CheckConstraint('(ended_at IS NULL) = (end_reason IS NULL)', name=op.f('ck_equivalence_ended_with_reason')),
    sa.CheckConstraint('(number = 1) = (replaces_id IS NULL)', name=op.f('ck_equivalence_replaces_after_first')),
    sa.CheckConstraint('completed_from IS NULL OR completed_to IS NULL OR completed_to >= completed_from', name=op.f('ck_equivalence_completed_to_after_from')),
    sa.CheckConstraint('credited_hours IS NOT NULL OR NOT is_partial', name=op.f('ck_equivalence_partial_with_hours')),
    sa.CheckConstraint('credited_hours IS NULL OR credited_hours > 0', name=op.f('ck_equivalence_credited_hours_above_zero')),
    sa.CheckConstraint('least_hours IS NULL OR least_hours > 0', name=op.f('ck_equivalence_least_hours_above_zero')),
    sa.CheckConstraint('number > 0', name=op.f('ck_equivalence_number_from_one')),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_equivalence_valid_to_after_from')),
    sa.ForeignKeyConstraint(['ended_by_id'], ['user_account.id'], name=op.f('fk_equivalence_ended_by_id_user_account')),
    sa.ForeignKeyConstraint(['made_by_id'], ['user_account.id'], name=op.f('fk_equivalence_made_by_id_user_account')),
    sa.ForeignKeyConstraint(['qualification_id'], ['qualification.id'], name=op.f('fk_equivalence_qualification_id_qualification')),
    sa.ForeignKeyConstraint(['replaces_id'], ['equivalence.id'], name=op.f('fk_equivalence_replaces_id_equivalence')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_equivalence')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_equivalence_replaces_id'))
    )
    with op.batch_alter_table('equivalence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_equivalence_qualification_id'), ['qualification_id'], unique=False)

    op.create_table('application',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=False),
    sa.Column('applicant_account_id', sa.Integer(), nullable=True),
    sa.Column('follows_id', sa.Integer(), nullable=True),
    sa.Column('qualification_id', sa.Integer(), nullable=True),
    sa.Column('issuer', sa.String(length=200), nullable=False),
    sa.Column('course', sa.String(length=200), nullable=False),
    sa.Column('certificate_number', sa.String(length=60), nullable=False),
    sa.Column('completed_on', sa.Date(), nullable=True),
    sa.Column('hours', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=1000), nullable=False),
    sa.Column('state', sa.Enum('draft', 'submitted', 'granted', 'partly_granted', 'refused', name='application_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decision_reason', sa.String(length=500), nullable=True),
    sa.Column('equivalence_id', sa.Integer(), nullable=True),
    sa.Column('award_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name=op.f('ck_application_submitted_with_instant')),
    sa.CheckConstraint("(state IN ('granted', 'partly_granted')) = (award_id IS NOT NULL)", name=op.f('ck_application_granted_with_award')),
    sa.CheckConstraint("(state IN ('granted', 'partly_granted', 'refused')) = (decided_at IS NOT NULL)", name=op.f('ck_application_decided_with_instant')),
    sa.CheckConstraint("state <> 'refused' OR decision_reason IS NOT NULL", name=op.f('ck_application_refused_with_reason')),
    sa.CheckConstraint("state = 'draft' OR (qualification_id IS NOT NULL AND completed_on IS NOT NULL AND hours IS NOT NULL AND issuer <> '' AND course <> '')", name=op.f('ck_application_whole_when_submitted')),
    sa.CheckConstraint('(decided_at IS NULL) = (decided_by_id IS NULL)', name=op.f('ck_application_decided_by_somebody')),
    sa.CheckConstraint('decided_by_id IS NULL OR (decided_by_id <> entered_by_id AND (applicant_account_id IS NULL OR decided_by_id <> applicant_account_id))', name=op.f('ck_application_decided_by_another')),
    sa.CheckConstraint('follows_id IS NULL OR follows_id <> id', name=op.f('ck_application_does_not_follow_itself')),
    sa.CheckConstraint('hours IS NULL OR hours > 0', name=op.f('ck_application_hours_above_zero')),
    sa.CheckConstraint('revision > 0', name=op.f('ck_application_revision_from_one')),
    sa.ForeignKeyConstraint(['applicant_account_id'], ['user_account.id'], name=op.f('fk_application_applicant_account_id_user_account')),
    sa.ForeignKeyConstraint(['award_id'], ['award.id'], name=op.f('fk_application_award_id_award')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_application_decided_by_id_user_account')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['user_account.id'], name=op.f('fk_application_entered_by_id_user_account')),
    sa.ForeignKeyConstraint(['equivalence_id'], ['equivalence.id'], name=op.f('fk_application_equivalence_id_equivalence')),
    sa.ForeignKeyConstraint(['follows_id'], ['application.id'], name=op.f('fk_application_follows_id_application')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_application_person_id_person')),
    sa.ForeignKeyConstraint(['qualification_id'], ['qualification.id'], name=op.f('fk_application_qualification_id_qualification')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application')),
    sa.UniqueConstraint('award_id', name=op.f('uq_application_award_id')),
    sa.UniqueConstraint('follows_id', name=op.f('uq_application_follows_id')),
    sa.UniqueConstraint('key', name=op.f('uq_application_key'))
    )
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_entered_by_id'), ['entered_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_state_submitted_at_id'), ['state', 'submitted_at', 'id'], unique=False)

    op.create_table('application_evidence',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_evidence_application_id_application')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_application_evidence_file_id_stored_file')),
    sa.PrimaryKeyConstraint('application_id', 'file_id', name=op.f('pk_application_evidence'))
    )
    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_partial', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.alter_column('is_partial', existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
        batch_op.create_check_constraint(batch_op.f('ck_award_partial_with_hours'), 'hours IS NOT NULL OR NOT is_partial')


def downgrade() -> None:
    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_award_partial_with_hours'), type_='check')
        batch_op.drop_column('is_partial')

    op.drop_table('application_evidence')
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_state_submitted_at_id'))
        batch_op.drop_index(batch_op.f('ix_application_person_id'))
        batch_op.drop_index(batch_op.f('ix_application_entered_by_id'))

    op.drop_table('application')
    with op.batch_alter_table('equivalence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_equivalence_qualification_id'))

    op.drop_table('equivalence')
