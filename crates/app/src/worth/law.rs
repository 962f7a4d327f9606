//! Holding requests and sends against the jurisdiction profile of the charter: what is forbidden is not lent, what is
//! over the limit of an election is not sent, and an appeal without a disclaimer that it needs is not voted on.

use super::value::value_under;
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::borrower::{Borrower, BorrowerKind};
use hustings_domain::charter::Charter;
use hustings_domain::ids::BorrowerId;
use hustings_domain::jurisdiction::{Judged, NO_ADVICE, Profile, Standing, missing_disclaimers, rule_for};
use hustings_domain::loan::{Appeal, Loan, LoanState};
use hustings_domain::money::Cents;
use hustings_store::Tx;
use jiff::tz::TimeZone;

/// The profile that the charter names.
pub(super) fn profile(charter: &Charter) -> Result<Profile> {
    charter.jurisdiction.profile().map_err(|problem| {
        Refusal::conflict("worth.profile", "the charter's jurisdiction profile cannot be used")
            .because(problem)
    })
}

/// A value held against the rule for this kind of borrower.
pub(super) fn judged(
    charter: &Charter,
    profile: &Profile,
    kind: BorrowerKind,
    lent: Cents,
) -> Result<Judged> {
    let rule = rule_for(profile, &charter.jurisdiction, kind)
        .ok_or_else(|| Refusal::internal("no rule of the profile is for this borrower"))?;
    Ok(Judged::of(rule, lent))
}

/// Whether a loan counts for the election that the charter names.
pub(super) fn counts(charter: &Charter, loan: &Loan) -> bool {
    let asked = loan.requested.to_zoned(TimeZone::UTC).date();
    charter.jurisdiction.since.is_none_or(|since| since <= asked)
}

/// What a borrower was lent for the election, by the rate card.
fn lent(tx: &mut dyn Tx, charter: &Charter, borrower: BorrowerId) -> Result<Cents> {
    let mut sum = 0_i64;
    for loan in tx.loans_of(borrower)? {
        let begun = !matches!(loan.state, LoanState::Requested | LoanState::Cleared | LoanState::Refused);
        if begun && counts(charter, &loan) {
            sum = sum.saturating_add(value_under(tx, charter, &loan)?.value.0);
        }
    }
    Ok(Cents(sum))
}

/// Refuses what may not be lent at all, and an appeal that lacks words which so many messages need.
pub(crate) fn expect_lawful_request(
    charter: &Charter,
    borrower: &Borrower,
    appeal: &Appeal,
    cap: u32,
) -> Result<()> {
    let profile = profile(charter)?;
    let judged = judged(charter, &profile, borrower.kind, Cents(0))?;
    if judged.standing == Standing::Forbidden {
        return Err(Refusal::new(
            Kind::Denied,
            "worth.forbidden",
            format!("under `{}` nothing is lent to a {}", profile.id, borrower.kind.label()),
        )
        .because(format!("{} ({})", judged.rule.why, judged.rule.source))
        .hint(NO_ADVICE));
    }
    if let Some(disclaimer) = missing_disclaimers(&profile, appeal, cap).first() {
        return Err(Refusal::invalid(
            "appeal.no-disclaimer",
            format!("the appeal must say one of: {}", disclaimer.any_of.join("; ")),
        )
        .because(format!("{} ({})", disclaimer.why, disclaimer.source))
        .hint("put it into `paid_for_by`, which stands under every mail"));
    }
    Ok(())
}

// INVARIANT: nothing is sent that the profile forbids or that goes over the limit of an election.
/// Refuses a send of `planned` messages that the profile does not allow.
pub(crate) fn expect_lawful_send(
    tx: &mut dyn Tx,
    charter: &Charter,
    borrower: &Borrower,
    loan: &Loan,
    planned: u32,
) -> Result<()> {
    expect_lawful_request(charter, borrower, &loan.appeal, planned)?;
    let profile = profile(charter)?;
    let before = lent(tx, charter, borrower.id)?;
    let more = charter.rate_card.value(u64::from(planned), 0, loan.terms.selections(), 0);
    let sum = Cents(before.0.saturating_add(more.0));
    let judged = judged(charter, &profile, borrower.kind, sum)?;
    if let Standing::Over { by } = judged.standing {
        return Err(Refusal::new(
            Kind::Denied,
            "worth.over-limit",
            format!(
                "it would be worth {more} to {}, which is {by} over the limit of the election",
                borrower.name
            ),
        )
        .because(format!("{before} was lent before; {} ({})", judged.rule.why, judged.rule.source))
        .hint("a smaller cap is worth less")
        .hint(NO_ADVICE));
    }
    Ok(())
}
