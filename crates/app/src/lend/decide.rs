//! Trustees speak on a loan: vote, recuse, challenge, rule on a challenge. What follows from it follows at once.

use super::load;
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::canonical::ContentHash;
use hustings_domain::charter::Charter;
use hustings_domain::clearance::{Ballot, Challenge, Decision, Proceedings, Recusal, Vote, ruling};
use hustings_domain::ids::{LoanNumber, UserId};
use hustings_domain::loan::{Loan, LoanState};
use hustings_policy::permit;
use hustings_store::Tx;
use jiff::Timestamp;
use serde_json::{Value, json};

/// What a trustee says.
#[derive(Debug, Clone)]
pub enum Said {
    /// A vote on the content with this hash, as the trustee saw it.
    Vote {
        /// The vote.
        ballot: Ballot,
        /// What was on the page.
        content: ContentHash,
    },
    /// I have an interest.
    Recuse {
        /// Which.
        reason: String,
    },
    /// Another has an interest.
    Challenge {
        /// Who.
        against: UserId,
        /// Which.
        reason: String,
    },
}

/// A trustee speaks; returns where the decision stands then.
pub fn say(app: &App, actor: &Actor, number: LoanNumber, said: Said) -> Result<Decision> {
    let trustee = seat(actor)?;
    let now = app.now();
    app.store.write(|tx| {
        let (charter, loan) = open_loan(tx, actor, number, now)?;
        let mut proceedings = tx.proceedings(loan.id)?;
        let recused = |who: UserId| proceedings.recusals.iter().any(|recusal| recusal.trustee == who);
        if recused(trustee) {
            return Err(Refusal::conflict("vote.recused", "you have recused yourself from this loan"));
        }
        let (kind, body) = match said {
            Said::Vote { ballot, content } => {
                let current = loan.content_hash()?;
                if content != current {
                    return Err(Refusal::conflict(
                        "vote.old-text",
                        format!(
                            "the text has changed: you read {}, it now is {}",
                            content.short(),
                            current.short()
                        ),
                    )
                    .hint("read it again, then vote"));
                }
                kept_out(tx, &proceedings, trustee)?;
                checked_reason(match &ballot {
                    Ballot::Approve => None,
                    Ballot::ApproveIf { condition } => Some(condition),
                    Ballot::Refuse { reason } => Some(reason),
                })?;
                let body =
                    json!({"loan": number, "content": content, "ballot": ballot.word(), "wing": actor.wing});
                proceedings.votes.push(Vote { trustee, ballot, content, at: now });
                ("vote.cast", body)
            }
            Said::Recuse { reason } => {
                checked_reason(Some(&reason))?;
                proceedings.recusals.push(Recusal { trustee, reason, at: now });
                ("trustee.recused", json!({"loan": number, "wing": actor.wing}))
            }
            Said::Challenge { against, reason } => {
                checked_reason(Some(&reason))?;
                challenged(
                    tx,
                    &mut proceedings,
                    Challenge { against, by: trustee, reason, at: now, rulings: vec![] },
                )?;
                ("trustee.challenged", json!({"loan": number, "against": against}))
            }
        };
        tx.put_proceedings(loan.id, &proceedings)?;
        enter(tx, now, actor, kind, body)?;
        follow_up(tx, app, &charter, loan)
    })
}

/// One of the others rules on a challenge: `upheld` keeps the challenged trustee out of this decision.
pub fn rule_on_challenge(
    app: &App,
    actor: &Actor,
    number: LoanNumber,
    against: UserId,
    upheld: bool,
) -> Result<Decision> {
    let trustee = seat(actor)?;
    let now = app.now();
    app.store.write(|tx| {
        let (charter, loan) = open_loan(tx, actor, number, now)?;
        let mut proceedings = tx.proceedings(loan.id)?;
        if proceedings.recusals.iter().any(|recusal| recusal.trustee == trustee) {
            return Err(Refusal::conflict("vote.recused", "you have recused yourself from this loan"));
        }
        if proceedings.challenges.iter().any(|challenge| challenge.against == trustee) {
            return Err(Refusal::conflict(
                "challenge.own",
                "a challenged trustee does not rule on a challenge",
            ));
        }
        let challenge =
            proceedings.challenges.iter_mut().find(|challenge| challenge.against == against).ok_or_else(
                || Refusal::not_found("challenge.unknown", "nobody challenged that trustee here"),
            )?;
        challenge.rulings.retain(|(who, _)| *who != trustee);
        challenge.rulings.push((trustee, upheld));
        let challenge = challenge.clone();
        tx.put_proceedings(loan.id, &proceedings)?;
        let standing = ruling(&challenge, &load::board(tx)?, &proceedings);
        let body = json!({"loan": number, "against": against, "upheld": upheld,
            "standing": format!("{standing:?}").to_lowercase()});
        enter(tx, now, actor, "challenge.ruled", body)?;
        follow_up(tx, app, &charter, loan)
    })
}

fn seat(actor: &Actor) -> Result<UserId> {
    permit(actor, Action::Decide)?;
    actor.user.filter(|_| actor.wing.is_some()).ok_or_else(|| {
        Refusal::new(crate::Kind::Denied, "vote.no-seat", "only a trustee with a seat in a wing may decide")
    })
}

fn open_loan(tx: &mut dyn Tx, actor: &Actor, number: LoanNumber, now: Timestamp) -> Result<(Charter, Loan)> {
    let loan = load::loan_numbered(tx, actor, number)?;
    if loan.state != LoanState::Requested {
        return Err(Refusal::conflict(
            "vote.closed",
            format!("loan `{number}` is {}, not waiting for votes", loan.state),
        ));
    }
    if now >= loan.terms.closes {
        return Err(Refusal::conflict(
            "loan.expired",
            format!("loan `{number}` expired on {}", loan.terms.closes),
        )
        .hint("the borrower may ask again with another window"));
    }
    Ok((load::charter(tx)?, loan))
}

fn kept_out(tx: &mut dyn Tx, proceedings: &Proceedings, trustee: UserId) -> Result<()> {
    let board = load::board(tx)?;
    let out = proceedings.challenges.iter().any(|challenge| {
        challenge.against == trustee
            && ruling(challenge, &board, proceedings) == hustings_domain::clearance::Ruling::Upheld
    });
    if out {
        return Err(Refusal::conflict(
            "vote.kept-out",
            "the others decided that you have an interest in this loan",
        ));
    }
    Ok(())
}

fn challenged(tx: &mut dyn Tx, proceedings: &mut Proceedings, challenge: Challenge) -> Result<()> {
    if challenge.against == challenge.by {
        return Err(Refusal::invalid("challenge.self", "to step out yourself, recuse yourself"));
    }
    if load::board(tx)?.iter().all(|trustee| trustee.id != challenge.against) {
        return Err(Refusal::not_found("challenge.no-trustee", "there is no such trustee"));
    }
    if proceedings.challenges.iter().any(|known| known.against == challenge.against) {
        return Err(Refusal::conflict("challenge.twice", "that trustee is challenged already"));
    }
    proceedings.challenges.push(challenge);
    Ok(())
}

fn checked_reason(reason: Option<&String>) -> Result<()> {
    match reason {
        Some(text) if text.trim().is_empty() || text.chars().count() > 2_000 => {
            Err(Refusal::invalid("vote.reason", "say why, in 1 to 2,000 characters"))
        }
        _ => Ok(()),
    }
}

/// Moves the loan when the board has decided.
fn follow_up(tx: &mut dyn Tx, app: &App, charter: &Charter, loan: Loan) -> Result<Decision> {
    let (decision, _) = load::decision(tx, charter, &loan)?;
    let number = loan.number;
    let content = loan.content_hash()?;
    let moved: Option<(Loan, &str, Value)> = match &decision {
        Decision::Cleared(clearance) => {
            let body = json!({"loan": number, "content": content, "approvals": clearance.approvals(),
                "wings": clearance.wings()});
            Some((loan.clear(clearance)?, "loan.cleared", body))
        }
        Decision::Refused { reasons } => {
            let body = json!({"loan": number, "content": content, "refusals": reasons.len()});
            Some((loan.refuse(reasons.join("; "))?, "loan.refused", body))
        }
        Decision::Open { .. } | Decision::Unreachable { .. } => None,
    };
    if let Some((loan, kind, body)) = moved {
        tx.put_loan(&loan)?;
        enter(tx, app.now(), &Actor::machine(), kind, body)?;
    }
    Ok(decision)
}
