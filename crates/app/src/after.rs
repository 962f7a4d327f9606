//! After the send: what supporters answer and stop, who is introduced in which numbered copy, what must be
//! erased, where a leak came from, and the ledger as anybody can check it.

mod alarms;
mod answer_text;
mod copies;
mod corrections;
mod dashboard;
mod duties;
mod introduce;
mod keyed;
mod my_page;
mod opening;
mod outcomes;
mod place;
mod publish;
mod reports;
mod respond;
mod season;
mod seed_mail;
mod stops;
mod table;
mod take_back;
mod trace;
mod trace_key;
mod unsubscribe;
mod verify_trace;
mod witnesses;
mod yes_receipt;

pub use alarms::alarms;
pub(crate) use copies::fetched_at;
pub use copies::{CopyView, act_of_fetching, copies, copy_view, fetch_copy, fetch_copy_by_program};
pub(crate) use corrections::tell_of_correction;
pub use corrections::{CorrectionNotice, corrections, take_correction};
pub use dashboard::{ConsentCount, Dashboard, dashboard};
pub use duties::{
    Acknowledged, DutyLine, DutyMail, DutyStage, Kept, MOST_PROCESSORS, Mark, Said, acknowledge, duties,
    duty_mailed, duty_mails, keep_duties, mark_of,
};
pub(crate) use duties::{Owed, carry_over, owe, stopped_by_mark};
pub use hustings_trace::{Accused, CopyMatch, TraceReport, TrusteeShare};
pub use introduce::export_copy;
pub use my_page::{
    HeldAttribute, HeldField, Introduction, LoanLine, MyPage, PurposeLine, correct_me, correct_my_attribute,
    forget_me, my_export, my_page, set_consent,
};
pub use opening::{OpenedCase, act_of_opening, open_case};
pub use outcomes::{
    MOST_OUTCOME_BYTES, MOST_OUTCOME_ROWS, OutcomeReason, OutcomeReject, OutcomeReport, OutcomeRow,
    ToldOutcome, log_outcome, log_outcomes, outcome_form, read_outcomes,
};
pub(crate) use outcomes::{OutcomeCounts, counted as outcomes_counted, told_of};
pub(crate) use publish::{FOLDER as LEDGER_FOLDER, verifier_of};
pub use publish::{publish_ledger, receipt, verifier_key};
pub use reports::{Report, reports};
pub(crate) use respond::report_context;
pub use respond::{AnswerPage, Answered, OfferedField, answer, answer_page};
pub use season::seed_domain;
pub use seed_mail::seed_mail;
pub(crate) use table::harmless;
pub use take_back::{TakenBack, YesTakenBack, take_back, take_back_yes};
pub use trace::{may_trace, trace, trace_with};
pub(crate) use trace_key::is_split;
pub use trace_key::{ShareHolder, SplitKey, TraceKeyState, act_of_splitting, split_trace_key, trace_key};
pub use unsubscribe::{StopPage, StopScope, Stopped, unsubscribe, unsubscribe_page};
pub use verify_trace::{TraceCase, TraceEntries, VerifiedTrace, verify_trace};
pub(crate) use witnesses::standing_in as witnesses_of;
pub use witnesses::{
    AskWitness, OverHttp, WitnessStanding, WitnessState, ask_witnesses, published_checkpoint,
    witness_standing,
};
pub use yes_receipt::{YesReceipt, yes_receipt};
