"""history, requirements in versions, kept figures."""

import sqlalchemy as sa
from alembic import op


OLD_KINDS = ('country', 'tinh', 'thanh_pho', 'xa', 'phuong', 'dac_khu')
KINDS = (*OLD_KINDS, 'quan', 'huyen', 'thi_xa', 'thi_tran')
OLD_SOURCES = ('course', 'paper_record')
SOURCES = ('course', 'class', 'prior_training', 'paper_record', 'equivalence')

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    op.create_table('coverage_figure',
    sa.Column('requirement_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('cut_key', sa.String(length=60), nullable=False),
    sa.Column('bucket', sa.Integer(), nullable=False),
    sa.Column('obliged', sa.Integer(), nullable=False),
    sa.Column('trained', sa.Integer(), nullable=False),
    sa.Column('excused', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_coverage_figure_requirement_id_requirement')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_coverage_figure_unit_id_unit')),
    sa.PrimaryKeyConstraint('requirement_id', 'unit_id', 'cut_key', 'bucket', name=op.f('pk_coverage_figure')),
    sqlite_with_rowid=False
    )
    op.create_table('declaration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'submitted', 'returned', 'locked', 'received', 'superseded', name='declaration_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('counted_on', sa.Date(), nullable=False),
    sa.Column('document_number', sa.String(length=60), nullable=False),
    sa.Column('document_on', sa.Date(), nullable=False),
    sa.Column('correction_reason', sa.String(length=300), nullable=True),
    sa.Column('return_reason', sa.String(length=300), nullable=True),
    sa.Column('drafted_by_id', sa.Integer(), nullable=True),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_by_id', sa.Integer(), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('locked_by_id', sa.Integer(), nullable=True),
    sa.Column('locked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('received_by_id', sa.Integer(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(submitted_at IS NULL) = (state = 'draft')", name=op.f('ck_declaration_submitted_unless_draft')),
    sa.CheckConstraint("state <> 'received' OR received_at IS NOT NULL", name=op.f('ck_declaration_received_with_instant')),
    sa.CheckConstraint("state NOT IN ('locked', 'received') OR locked_at IS NOT NULL", name=op.f('ck_declaration_locked_with_instant')),
    sa.CheckConstraint('number = 1 OR correction_reason IS NOT NULL', name=op.f('ck_declaration_later_version_with_reason')),
    sa.CheckConstraint('number > 0', name=op.f('ck_declaration_number_from_one')),
    sa.CheckConstraint('received_at IS NULL OR locked_at IS NOT NULL', name=op.f('ck_declaration_locked_before_received')),
    sa.ForeignKeyConstraint(['drafted_by_id'], ['user_account.id'], name=op.f('fk_declaration_drafted_by_id_user_account')),
    sa.ForeignKeyConstraint(['locked_by_id'], ['user_account.id'], name=op.f('fk_declaration_locked_by_id_user_account')),
    sa.ForeignKeyConstraint(['received_by_id'], ['user_account.id'], name=op.f('fk_declaration_received_by_id_user_account')),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['user_account.id'], name=op.f('fk_declaration_submitted_by_id_user_account')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_declaration_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_declaration')),
    sa.UniqueConstraint('unit_id', 'number', name=op.f('uq_declaration_unit_id_number'))
    )
    with op.batch_alter_table('declaration', schema=None) as batch_op:
        batch_op.create_index('uq_declaration_unit_id_counting', ['unit_id'], unique=True, sqlite_where=sa.text("state IN ('locked', 'received')"), postgresql_where=sa.text("state IN ('locked', 'received')"))
        batch_op.create_index('uq_declaration_unit_id_open', ['unit_id'], unique=True, sqlite_where=sa.text("state IN ('draft', 'submitted', 'returned')"), postgresql_where=sa.text("state IN ('draft', 'submitted', 'returned')"))

    op.create_table('requirement_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('requirement_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('legal_basis', sa.String(length=300), nullable=False),
    sa.Column('clauses', sa.JSON(), nullable=False),
    sa.Column('needed', sa.Enum('all', 'some', 'hours', name='needed', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('needed_count', sa.Integer(), nullable=True),
    sa.Column('needed_hours', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('due_days', sa.Integer(), nullable=True),
    sa.Column('valid_months', sa.Integer(), nullable=True),
    sa.Column('window_days', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('published_by_id', sa.Integer(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(needed = 'hours') = (needed_hours IS NOT NULL)", name=op.f('ck_requirement_version_hours_when_hours')),
    sa.CheckConstraint("(needed = 'some') = (needed_count IS NOT NULL)", name=op.f('ck_requirement_version_count_when_some')),
    sa.CheckConstraint('due_days IS NULL OR due_days >= 0', name=op.f('ck_requirement_version_due_days_not_negative')),
    sa.CheckConstraint('due_on IS NULL OR due_days IS NULL', name=op.f('ck_requirement_version_due_one_way')),
    sa.CheckConstraint('needed_count IS NULL OR needed_count > 0', name=op.f('ck_requirement_version_count_above_zero')),
    sa.CheckConstraint('needed_hours IS NULL OR needed_hours > 0', name=op.f('ck_requirement_version_hours_above_zero')),
    sa.CheckConstraint('number > 0', name=op.f('ck_requirement_version_number_from_one')),
    sa.CheckConstraint('valid_months IS NULL OR valid_months > 0', name=op.f('ck_requirement_version_valid_months_above_zero')),
    sa.CheckConstraint('window_days IS NULL OR valid_months IS NOT NULL', name=op.f('ck_requirement_version_window_of_what_expires')),
    sa.ForeignKeyConstraint(['published_by_id'], ['user_account.id'], name=op.f('fk_requirement_version_published_by_id_user_account')),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_requirement_version_requirement_id_requirement')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requirement_version')),
    sa.UniqueConstraint('requirement_id', 'number', name=op.f('uq_requirement_version_requirement_id_number'))
    )
    op.create_table('unit_reach',
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('within_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_unit_reach_unit_id_unit')),
    sa.ForeignKeyConstraint(['within_id'], ['unit.id'], name=op.f('fk_unit_reach_within_id_unit')),
    sa.PrimaryKeyConstraint('unit_id', 'within_id', name=op.f('pk_unit_reach'))
    )
    with op.batch_alter_table('unit_reach', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unit_reach_within_id'), ['within_id'], unique=False)

    op.create_table('coverage_share',
    sa.Column('requirement_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('spells', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_coverage_share_person_id_person')),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_coverage_share_requirement_id_requirement')),
    sa.PrimaryKeyConstraint('requirement_id', 'person_id', name=op.f('pk_coverage_share'))
    )
    with op.batch_alter_table('coverage_share', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_coverage_share_person_id'), ['person_id'], unique=False)

    op.create_table('declared_count',
    sa.Column('declaration_id', sa.Integer(), nullable=False),
    sa.Column('group_key', sa.String(length=40), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.CheckConstraint('count >= 0', name=op.f('ck_declared_count_count_not_negative')),
    sa.ForeignKeyConstraint(['declaration_id'], ['declaration.id'], name=op.f('fk_declared_count_declaration_id_declaration'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('declaration_id', 'group_key', name=op.f('pk_declared_count'))
    )
    op.create_table('duplicate_pair',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_id', sa.Integer(), nullable=False),
    sa.Column('second_id', sa.Integer(), nullable=False),
    sa.Column('likeness', sa.Enum('name_and_birth', 'name_and_phone', 'phone_and_birth', name='likeness', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('is_same', sa.Boolean(), nullable=True),
    sa.CheckConstraint('(decided_at IS NULL) = (is_same IS NULL)', name=op.f('ck_duplicate_pair_decided_with_answer')),
    sa.CheckConstraint('first_id < second_id', name=op.f('ck_duplicate_pair_lower_id_first')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_duplicate_pair_decided_by_id_user_account')),
    sa.ForeignKeyConstraint(['first_id'], ['person.id'], name=op.f('fk_duplicate_pair_first_id_person')),
    sa.ForeignKeyConstraint(['second_id'], ['person.id'], name=op.f('fk_duplicate_pair_second_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duplicate_pair')),
    sa.UniqueConstraint('first_id', 'second_id', name=op.f('uq_duplicate_pair_first_id_second_id'))
    )
    with op.batch_alter_table('duplicate_pair', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_duplicate_pair_second_id'), ['second_id'], unique=False)

    op.create_table('ethnicity',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_ethnicity_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_ethnicity'))
    )
    op.create_table('person_merge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('from_id', sa.Integer(), nullable=False),
    sa.Column('into_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('merged_by_id', sa.Integer(), nullable=True),
    sa.Column('merged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undo_reason', sa.String(length=300), nullable=True),
    sa.CheckConstraint('(undone_at IS NULL) = (undo_reason IS NULL)', name=op.f('ck_person_merge_undone_with_reason')),
    sa.CheckConstraint('from_id <> into_id', name=op.f('ck_person_merge_two_persons')),
    sa.ForeignKeyConstraint(['from_id'], ['person.id'], name=op.f('fk_person_merge_from_id_person')),
    sa.ForeignKeyConstraint(['into_id'], ['person.id'], name=op.f('fk_person_merge_into_id_person')),
    sa.ForeignKeyConstraint(['merged_by_id'], ['user_account.id'], name=op.f('fk_person_merge_merged_by_id_user_account')),
    sa.ForeignKeyConstraint(['undone_by_id'], ['user_account.id'], name=op.f('fk_person_merge_undone_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_merge'))
    )
    with op.batch_alter_table('person_merge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_merge_into_id'), ['into_id'], unique=False)
        batch_op.create_index('uq_person_merge_from_id_open', ['from_id'], unique=True, sqlite_where=sa.text('undone_at IS NULL'), postgresql_where=sa.text('undone_at IS NULL'))

    op.create_table('requirement_qualification',
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('qualification_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['qualification_id'], ['qualification.id'], name=op.f('fk_requirement_qualification_qualification_id_qualification')),
    sa.ForeignKeyConstraint(['version_id'], ['requirement_version.id'], name=op.f('fk_requirement_qualification_version_id_requirement_version')),
    sa.PrimaryKeyConstraint('version_id', 'qualification_id', name=op.f('pk_requirement_qualification'))
    )
    with op.batch_alter_table('requirement_qualification', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_requirement_qualification_qualification_id'), ['qualification_id'], unique=False)

    op.create_table('attainment',
    sa.Column('requirement_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('award_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.Enum('course', 'class', 'prior_training', 'paper_record', 'equivalence', name='award_source', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint('ended_on IS NULL OR ended_on >= started_on', name=op.f('ck_attainment_ends_after_start')),
    sa.ForeignKeyConstraint(['award_id'], ['award.id'], name=op.f('fk_attainment_award_id_award')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_attainment_person_id_person')),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_attainment_requirement_id_requirement')),
    sa.PrimaryKeyConstraint('requirement_id', 'person_id', 'started_on', name=op.f('pk_attainment'))
    )
    with op.batch_alter_table('attainment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attainment_award_id'), ['award_id'], unique=False)

    op.create_table('award_evidence',
    sa.Column('award_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['award_id'], ['award.id'], name=op.f('fk_award_evidence_award_id_award')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_award_evidence_file_id_stored_file')),
    sa.PrimaryKeyConstraint('award_id', 'file_id', name=op.f('pk_award_evidence'))
    )
    op.create_table('excuse',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('position_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('long_leave', 'maternity', 'illness', 'retiring', 'seconded', 'other', name='excuse_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=True),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_by_id', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdraw_reason', sa.String(length=300), nullable=True),
    sa.CheckConstraint('(withdrawn_at IS NULL) = (withdraw_reason IS NULL)', name=op.f('ck_excuse_withdrawn_with_reason')),
    sa.CheckConstraint('ended_on IS NULL OR ended_on >= started_on', name=op.f('ck_excuse_ends_after_start')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['user_account.id'], name=op.f('fk_excuse_entered_by_id_user_account')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_excuse_person_id_person')),
    sa.ForeignKeyConstraint(['position_id'], ['position.id'], name=op.f('fk_excuse_position_id_position')),
    sa.ForeignKeyConstraint(['withdrawn_by_id'], ['user_account.id'], name=op.f('fk_excuse_withdrawn_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_excuse'))
    )
    with op.batch_alter_table('excuse', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_excuse_person_id'), ['person_id'], unique=False)

    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.add_column(sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('corrects_id', sa.Integer(), nullable=True))
    op.execute(
        "UPDATE award SET revoked_at = coalesce((SELECT max(at) FROM audit_entry"
        " WHERE action = 'records.revoke_award' AND subject_kind = 'award' AND subject_id = award.id), entered_at)"
        " WHERE revoked_on IS NOT NULL"
    )
    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_award_award_source'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_award_award_source'), one_of('source', SOURCES))
        batch_op.create_check_constraint(batch_op.f('ck_award_revoked_with_instant'), '(revoked_on IS NULL) = (revoked_at IS NULL)')
        batch_op.create_check_constraint(batch_op.f('ck_award_not_its_own_correction'), 'corrects_id IS NULL OR corrects_id <> id')
        batch_op.create_check_constraint(batch_op.f('ck_award_hours_above_zero'), 'hours IS NULL OR hours > 0')
        batch_op.create_unique_constraint(batch_op.f('uq_award_corrects_id'), ['corrects_id'])
        batch_op.create_foreign_key(batch_op.f('fk_award_corrects_id_award'), 'award', ['corrects_id'], ['id'])

    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    clauses = "'[{\"kind\": \"' || position_kind || '\"}]'"
    clauses = clauses if is_sqlite else f'CAST({clauses} AS JSON)'
    now = "strftime('%Y-%m-%d %H:%M:%f', 'now')" if is_sqlite else 'now()'
    op.execute(
        "INSERT INTO requirement_version (requirement_id, number, effective_from, legal_basis, clauses, needed, reason, published_at)"
        " SELECT id, 1, valid_from, legal_basis, " + clauses + ", 'all', 'Kế hoạch ban đầu', "
        + now + " FROM requirement"
    )
    op.execute(
        "INSERT INTO requirement_qualification (version_id, qualification_id) SELECT requirement_version.id, qualification_id"
        " FROM requirement JOIN requirement_version ON requirement_version.requirement_id = requirement.id"
    )
    with op.batch_alter_table('duty', schema=None) as batch_op:
        batch_op.add_column(sa.Column('version_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('clause', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('unit_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('due_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('cause', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('superseded_cause', sa.String(length=40), nullable=True))
    op.execute(
        "UPDATE duty SET clause = 0, cause = 'position',"
        " version_id = (SELECT id FROM requirement_version WHERE requirement_version.requirement_id = duty.requirement_id),"
        " unit_id = (SELECT unit_id FROM position WHERE position.id = duty.position_id),"
        " recorded_at = (SELECT created_at FROM person WHERE person.id = duty.person_id)"
    )
    with op.batch_alter_table('duty', schema=None) as batch_op:
        for name, kind in (('version_id', sa.Integer()), ('clause', sa.Integer()), ('unit_id', sa.Integer()),
                           ('cause', sa.String(length=40)), ('recorded_at', sa.DateTime(timezone=True))):
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        causes = ('position', 'requirement', 'place', 'organisation')
        batch_op.create_check_constraint(batch_op.f('ck_duty_duty_cause'), one_of('cause', causes))
        batch_op.create_check_constraint(batch_op.f('ck_duty_superseded_cause'), one_of('superseded_cause', causes))
        batch_op.create_check_constraint(batch_op.f('ck_duty_superseded_with_cause'), '(superseded_at IS NULL) = (superseded_cause IS NULL)')
        batch_op.drop_constraint(batch_op.f('uq_duty_requirement_id_position_id'), type_='unique')
        batch_op.create_index(batch_op.f('ix_duty_unit_id_requirement_id'), ['unit_id', 'requirement_id'], unique=False)
        batch_op.create_index('uq_duty_version_id_position_id_current', ['version_id', 'position_id'], unique=True, sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))
        batch_op.create_foreign_key(batch_op.f('fk_duty_unit_id_unit'), 'unit', ['unit_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_duty_version_id_requirement_version'), 'requirement_version', ['version_id'], ['id'])

    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('owner_id_sealed', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('owner_id_index', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('product_group_2019', sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column('origin', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('left_on', sa.Date(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_organisation_owner_id_index'), ['owner_id_index'])
        batch_op.create_check_constraint(batch_op.f('ck_organisation_origin'), one_of('origin', ('existing', 'new')))
        batch_op.create_check_constraint(batch_op.f('ck_organisation_owner_id_sealed_and_indexed'), '(owner_id_sealed IS NULL) = (owner_id_index IS NULL)')
        batch_op.create_check_constraint(batch_op.f('ck_organisation_owner_id_of_households_only'), "owner_id_index IS NULL OR kind = 'household'")
        batch_op.create_check_constraint(batch_op.f('ck_organisation_leaves_after_joining'), 'left_on IS NULL OR joined_on IS NULL OR left_on >= joined_on')

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('merged_into_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_person_merged_into_id'), ['merged_into_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_person_merged_into_id_person'), 'person', ['merged_into_id'], ['id'])
        batch_op.create_check_constraint(batch_op.f('ck_person_not_merged_into_itself'), 'merged_into_id IS NULL OR merged_into_id <> id')

    with op.batch_alter_table('position', schema=None) as batch_op:
        batch_op.add_column(sa.Column('settled_unit_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_position_settled_unit_id_unit'), 'unit', ['settled_unit_id'], ['id'])

    with op.batch_alter_table('requirement', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_requirement_qualification_id_qualification'), type_='foreignkey')
        batch_op.drop_column('qualification_id')
        batch_op.drop_column('valid_from')
        batch_op.drop_column('legal_basis')
        batch_op.drop_constraint(batch_op.f('ck_requirement_position_kind'), type_='check')
        batch_op.drop_column('position_kind')

    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_unit_unit_kind'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_unit_unit_kind'), one_of('kind', KINDS))
    with op.batch_alter_table('unit_name', schema=None) as batch_op:
        batch_op.add_column(sa.Column('parent_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_unit_name_parent_id_unit'), 'unit', ['parent_id'], ['id'])
        batch_op.drop_constraint(batch_op.f('ck_unit_name_unit_kind'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_unit_name_unit_kind'), one_of('kind', KINDS))
    op.execute("UPDATE unit_name SET parent_id = (SELECT parent_id FROM unit WHERE unit.id = unit_name.unit_id)")

    with op.batch_alter_table('unit_succession', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=40), nullable=True))
    op.execute(
        "UPDATE unit_succession SET kind = CASE WHEN to_unit_id IN (SELECT to_unit_id FROM unit_succession"
        " GROUP BY to_unit_id HAVING count(*) > 1) THEN 'merge' ELSE 'continue' END"
    )
    with op.batch_alter_table('unit_succession', schema=None) as batch_op:
        batch_op.alter_column('kind', existing_type=sa.String(length=40), nullable=False)
        batch_op.create_check_constraint(batch_op.f('ck_unit_succession_succession_kind'), one_of('kind', ('continue', 'merge', 'split', 'abolish')))



def downgrade() -> None:
    with op.batch_alter_table('unit_succession', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_unit_succession_succession_kind'), type_='check')
        batch_op.drop_column('kind')

    with op.batch_alter_table('unit_name', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_unit_name_parent_id_unit'), type_='foreignkey')
        batch_op.drop_column('parent_id')
        batch_op.drop_constraint(batch_op.f('ck_unit_name_unit_kind'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_unit_name_unit_kind'), one_of('kind', OLD_KINDS))
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_unit_unit_kind'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_unit_unit_kind'), one_of('kind', OLD_KINDS))

    with op.batch_alter_table('requirement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('position_kind', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('legal_basis', sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column('valid_from', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('qualification_id', sa.Integer(), nullable=True))
    op.execute(
        "UPDATE requirement SET position_kind = 'leader',"
        " legal_basis = (SELECT legal_basis FROM requirement_version WHERE requirement_id = requirement.id AND number = 1),"
        " valid_from = (SELECT effective_from FROM requirement_version WHERE requirement_id = requirement.id AND number = 1),"
        " qualification_id = (SELECT min(qualification_id) FROM requirement_qualification JOIN requirement_version"
        " ON requirement_version.id = version_id WHERE requirement_id = requirement.id AND number = 1)"
    )
    op.execute(
        "UPDATE requirement SET position_kind = 'official' WHERE id IN (SELECT requirement_id FROM requirement_version"
        " WHERE number = 1 AND CAST(clauses AS TEXT) LIKE '%official%')"
    )
    with op.batch_alter_table('requirement', schema=None) as batch_op:
        for name, kind in (('position_kind', sa.String(length=40)), ('legal_basis', sa.String(length=300)),
                           ('valid_from', sa.Date()), ('qualification_id', sa.Integer())):
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        batch_op.create_check_constraint(batch_op.f('ck_requirement_position_kind'), one_of('position_kind', ('official', 'leader')))
        batch_op.create_foreign_key(batch_op.f('fk_requirement_qualification_id_qualification'), 'qualification', ['qualification_id'], ['id'])

    with op.batch_alter_table('position', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_position_settled_unit_id_unit'), type_='foreignkey')
        batch_op.drop_column('settled_unit_id')

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_person_not_merged_into_itself'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_person_merged_into_id_person'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_person_merged_into_id'))
        batch_op.drop_column('merged_into_id')

    with op.batch_alter_table('organisation', schema=None) as batch_op:
        for name in ('origin', 'owner_id_sealed_and_indexed', 'owner_id_of_households_only', 'leaves_after_joining'):
            batch_op.drop_constraint(batch_op.f(f'ck_organisation_{name}'), type_='check')
        batch_op.drop_constraint(batch_op.f('uq_organisation_owner_id_index'), type_='unique')
        batch_op.drop_column('left_on')
        batch_op.drop_column('origin')
        batch_op.drop_column('product_group_2019')
        batch_op.drop_column('owner_id_index')
        batch_op.drop_column('owner_id_sealed')

    op.execute("DELETE FROM duty WHERE superseded_at IS NOT NULL OR version_id NOT IN"
               " (SELECT id FROM requirement_version WHERE number = 1)")
    with op.batch_alter_table('duty', schema=None) as batch_op:
        for name in ('duty_cause', 'superseded_cause', 'superseded_with_cause'):
            batch_op.drop_constraint(batch_op.f(f'ck_duty_{name}'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_duty_version_id_requirement_version'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_duty_unit_id_unit'), type_='foreignkey')
        batch_op.drop_index('uq_duty_version_id_position_id_current', sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_duty_unit_id_requirement_id'))
        batch_op.create_unique_constraint(batch_op.f('uq_duty_requirement_id_position_id'), ['requirement_id', 'position_id'])
        batch_op.drop_column('superseded_cause')
        batch_op.drop_column('superseded_at')
        batch_op.drop_column('recorded_at')
        batch_op.drop_column('cause')
        batch_op.drop_column('due_on')
        batch_op.drop_column('unit_id')
        batch_op.drop_column('clause')
        batch_op.drop_column('version_id')

    op.execute("UPDATE award SET source = 'paper_record' WHERE source NOT IN ('course', 'paper_record')")
    with op.batch_alter_table('award', schema=None) as batch_op:
        for name in ('award_source', 'revoked_with_instant', 'not_its_own_correction', 'hours_above_zero'):
            batch_op.drop_constraint(batch_op.f(f'ck_award_{name}'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_award_award_source'), one_of('source', OLD_SOURCES))
        batch_op.drop_constraint(batch_op.f('fk_award_corrects_id_award'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_award_corrects_id'), type_='unique')
        batch_op.drop_column('corrects_id')
        batch_op.drop_column('revoked_at')

    with op.batch_alter_table('excuse', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_excuse_person_id'))

    op.drop_table('excuse')
    op.drop_table('award_evidence')
    with op.batch_alter_table('attainment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attainment_award_id'))

    op.drop_table('attainment')
    with op.batch_alter_table('requirement_qualification', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_requirement_qualification_qualification_id'))

    op.drop_table('requirement_qualification')
    with op.batch_alter_table('person_merge', schema=None) as batch_op:
        batch_op.drop_index('uq_person_merge_from_id_open', sqlite_where=sa.text('undone_at IS NULL'), postgresql_where=sa.text('undone_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_person_merge_into_id'))

    op.drop_table('person_merge')
    op.drop_table('ethnicity')
    with op.batch_alter_table('duplicate_pair', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_duplicate_pair_second_id'))

    op.drop_table('duplicate_pair')
    op.drop_table('declared_count')
    with op.batch_alter_table('coverage_share', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_coverage_share_person_id'))

    op.drop_table('coverage_share')
    with op.batch_alter_table('unit_reach', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_reach_within_id'))

    op.drop_table('unit_reach')
    op.drop_table('requirement_version')
    with op.batch_alter_table('declaration', schema=None) as batch_op:
        batch_op.drop_index('uq_declaration_unit_id_open', sqlite_where=sa.text("state IN ('draft', 'submitted', 'returned')"), postgresql_where=sa.text("state IN ('draft', 'submitted', 'returned')"))
        batch_op.drop_index('uq_declaration_unit_id_counting', sqlite_where=sa.text("state IN ('locked', 'received')"), postgresql_where=sa.text("state IN ('locked', 'received')"))

    op.drop_table('declaration')
    op.drop_table('coverage_figure')
