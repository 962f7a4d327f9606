//! One suite of small behaviours that every backend must show. Each runs on an empty store of its own; an
//! assertion that fails names what was promised.

#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "assertions are its purpose")]

pub mod audiences;
pub mod board;
pub mod calendar;
pub mod cluster;
pub mod consents;
pub mod copies;
pub mod damage;
pub mod guarded;
pub mod keys;
pub mod ledger;
pub mod lending;
pub mod notes;
pub mod owed;
pub mod people;
pub mod places;
pub mod removal;
mod samples;
pub mod sends;
pub mod suppressions;
pub mod transactions;
pub mod users;
pub mod whole;

use crate::handle::Store;

/// Every behaviour.
pub const BEHAVIOURS: &[fn(&Store)] = &[
    transactions::a_commit_is_kept_and_an_error_leaves_nothing,
    transactions::a_panic_leaves_nothing_and_the_store_goes_on,
    transactions::a_step_that_failed_cannot_be_passed_over,
    transactions::a_read_sees_one_state_throughout,
    transactions::a_read_may_not_write,
    transactions::writes_do_not_interleave,
    transactions::a_failing_write_leaves_its_neighbours_alone,
    transactions::a_copy_is_of_one_state,
    people::records_read_back_and_change,
    people::several_people_read_as_each_alone,
    people::positions_are_never_reused,
    people::a_rollback_uses_no_position_up,
    people::blind_indexes_answer_in_the_order_asked,
    people::a_blind_index_belongs_to_one_person,
    people::a_blind_index_is_replaced_and_the_old_one_is_free,
    people::facts_of_every_kind_read_back,
    people::words_of_a_rollback_are_not_remembered,
    people::a_gift_read_twice_is_kept_once,
    people::a_profile_brings_it_all_together,
    people::profiles_come_in_pages_without_the_removed,
    people::the_change_feed_has_no_gaps,
    people::a_source_is_made_once,
    people::shreds_wait_until_they_are_cleared,
    removal::removing_takes_everything_that_is_the_persons,
    removal::a_stop_survives_removal_and_finds_the_person_again,
    removal::everything_that_a_person_is_found_by_goes,
    consents::the_statement_added_last_is_in_force,
    consents::no_statement_is_lost,
    consents::statements_of_several_people_may_be_mixed,
    consents::a_notice_is_kept_by_its_hash,
    suppressions::a_stop_stays_as_it_was,
    suppressions::stops_are_told_apart_by_scope,
    suppressions::everything_is_asked_for_in_order,
    suppressions::every_reason_reads_back,
    ledger::the_ledger_only_grows,
    ledger::entries_come_in_order,
    board::keys_are_replaced_under_their_id,
    board::a_statement_is_taken_once_and_in_time,
    board::delegations_and_proposals_are_replaced_and_stay,
    guarded::acts_asked_for_are_replaced_and_stay,
    lending::charters_are_versions,
    lending::loans_have_numbers_of_their_own,
    lending::a_borrowers_loans_are_found_without_the_others,
    lending::requests_are_kept_and_the_last_come_first,
    lending::borrowers_read_back_and_change,
    lending::what_the_board_said_is_replaced_whole,
    lending::answers_are_kept_and_the_first_is_found,
    sends::an_audience_is_frozen_once,
    sends::claims_go_in_order_and_stop_at_the_wave,
    sends::a_claim_of_another_epoch_is_left_alone,
    sends::what_was_claimed_before_a_crash_is_found_and_settled_once,
    sends::a_doubt_is_resolved_by_whoever_has_the_journal,
    sends::the_process_that_writes_is_live,
    sends::the_deferred_come_back_when_they_have_waited,
    sends::a_try_is_counted_and_a_giving_back_is_not,
    sends::counts_of_the_whole_and_of_a_part_agree,
    sends::people_are_counted_who_were_addressed,
    sends::signals_count_once_a_person,
    sends::who_is_still_to_be_mailed_is_known,
    sends::numbers_of_a_send_are_replaced,
    sends::a_person_finds_what_sends_know_of_them,
    copies::a_copy_has_a_number_of_its_own,
    copies::a_person_finds_the_copies_with_them,
    copies::a_file_can_be_dropped_and_the_copy_stays,
    copies::an_answer_is_replaced_by_a_later_one,
    owed::duties_are_kept_in_order_and_stay,
    owed::an_outcome_is_kept_once_and_goes_with_its_person,
    users::an_address_belongs_to_one_user,
    users::a_link_is_used_once_and_in_time,
    users::sessions_end,
    users::everything_of_a_user_ends_at_once,
    users::a_token_is_found_until_it_ends,
    notes::alarms_and_imports_come_newest_first,
    notes::a_value_is_replaced,
    audiences::versions_follow_each_other_and_stay,
    audiences::an_audience_is_retired_once_and_taken_back_by_a_version,
    calendar::the_owners_mail_is_planned_and_cancelled,
    calendar::a_sharing_is_kept_for_ever,
    places::attributes_read_back_and_change,
    places::divisions_are_put_once_and_listed_by_what_they_lie_in,
    places::a_load_ends_what_it_does_not_say_again,
    places::what_a_code_lies_in_is_found_from_both_sides,
    keys::a_key_is_put_once_and_read_back,
    keys::keys_come_with_their_people,
    keys::a_destroyed_key_is_gone_and_its_place_can_be_taken_again,
    keys::many_keys_are_destroyed_at_once,
    keys::a_sweep_takes_what_was_never_committed,
    keys::a_header_is_replaced,
    keys::a_copy_of_the_keys_can_be_opened_by_itself,
];

/// Runs every behaviour, each on a store that `make` has just made.
pub fn run(make: &mut dyn FnMut() -> Store) {
    for behaviour in BEHAVIOURS {
        behaviour(&make());
    }
}
