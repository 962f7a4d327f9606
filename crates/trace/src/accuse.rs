//! Names the copy that a leak came from, or nobody.
//!
//! For each candidate an e-value is computed: a number whose mean is at most 1 when the candidate is innocent.
//! It is an average, over ways that a leak can come about (one leaker, coalitions that keep what they share, mix or
//! put together what they have, rows dropped, rows from elsewhere), of products of likelihood ratios against the
//! candidate's own independent keyed draws: who was held back for the candidate, which shared seeds the candidate
//! holds, and which unique decoys are the candidate's. Half of it ([`whole`]) takes one way for all three, half lets
//! each of the three be averaged by itself.
//!
//! Why no attack can raise the chance of accusing an innocent: whatever is in the leak, and however the leakers
//! or a forger made it, it was made without the innocent's secret draws, so given the leak these are still what
//! the key made them: independent coins. Each ratio's mean over those coins is 1, hence so is the mean of the
//! average of their products. By Markov's inequality an innocent's e-value reaches n / epsilon with a chance of
//! at most epsilon / n, and any of n innocents with a chance of at most epsilon. Attacks not thought of here
//! cost power, never the bound.
//!
//! What it rests on: the keys are secret until opened, the candidate's draw did not shape the leak by another
//! way (if having been mailed for one borrower made people more likely to say yes to the leaking borrower, the
//! ratios' means would move by that much), and a stray decoy, in a leak by other ways than the copy, is no
//! likelier than [`STRAY_CHANCE`]. It names a copy and not a culprit: the borrower may have been robbed.

pub mod evidence;
mod weigh;
mod whole;

use evidence::Evidence;
use hustings_domain::ids::BorrowerId;
use serde::{Deserialize, Serialize};

pub use weigh::STRAY_CHANCE;

/// Everything an accusation looks at. The candidates must be all borrowers who hold a copy of the season, not
/// a selection made after seeing the leak: their number is part of the bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// What the leak says about each candidate.
    pub candidates: Vec<Evidence>,
    /// Different leaked addresses at the seed domain that are no shared decoy ([`crate::Sightings`]).
    pub unique_candidates: u64,
    /// Of those, addresses that are no decoy of the season's key either: sealed ones are among them.
    #[serde(default)]
    pub unexplained: u64,
}

/// Why no verdict was reached.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AccuseError {
    /// The chance of accusing an innocent must be a chance.
    #[error("`{0}` is no chance of accusing an innocent: use a number between 0 and 1, such as 0.000001")]
    Epsilon(f64),
    /// Nobody holds a copy.
    #[error("there is no candidate: nobody holds a copy in this season")]
    NoCandidate,
    /// Two entries for one borrower would count the borrower's evidence twice.
    #[error("borrower {0} is a candidate twice: put the evidence of a borrower's copies together")]
    Twice(BorrowerId),
}

/// One candidate, weighed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    /// Who.
    pub borrower: BorrowerId,
    /// Natural logarithm of the e-value; above 0 speaks for having leaked, below 0 against.
    pub log_e_value: f64,
    /// Whether the e-value reached n / epsilon.
    pub accused: bool,
    /// Leaked people in the audience, each a keyed coin.
    pub rows_counted: u64,
    /// Of those, held back for this borrower: each speaks against.
    pub held_back_seen: u64,
    /// Leaked decoys that this borrower holds, shared and unique.
    pub seeds_seen: u64,
    /// Of those, in this borrower's copies alone.
    pub unique_seeds_seen: u64,
    /// Decoys of this borrower's copies whose key only the trustees can open together.
    pub sealed_slots: u64,
    /// Of those, in the leak.
    pub sealed_seen: u64,
    /// The same logarithm from the sealed decoys alone: evidence that nobody in the owner's house could have made up.
    pub log_e_sealed: f64,
    /// Leaked people in the copies handed to this borrower. Ordinary evidence: told, not multiplied in.
    pub in_copy: u64,
    /// Leaked people outside the audience, about whom the draw says nothing.
    pub outside: u64,
}

/// The candidates in order of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Most evidence first.
    pub ranked: Vec<Suspect>,
    /// ln(n / epsilon).
    pub threshold_ln: f64,
    /// n.
    pub candidates: u64,
    /// The bound on the chance that any innocent is accused.
    pub epsilon: f64,
}

impl Verdict {
    /// Those accused, most evidence first; several, when copies were put together.
    pub fn accused(&self) -> impl Iterator<Item = &Suspect> {
        self.ranked.iter().filter(|suspect| suspect.accused)
    }
}

/// Weighs every candidate and accuses at an e-value of n / `epsilon`.
///
/// INVARIANT (promise 6): the chance that any innocent is accused is at most `epsilon`.
pub fn accuse(case: &Case, epsilon: f64) -> Result<Verdict, AccuseError> {
    if !(epsilon > 0.0 && epsilon < 1.0) {
        return Err(AccuseError::Epsilon(epsilon));
    }
    let mut borrowers: Vec<_> = case.candidates.iter().map(|evidence| evidence.borrower).collect();
    borrowers.sort_unstable();
    if let Some([twice, _]) = borrowers.array_windows().find(|[one, two]| one == two) {
        return Err(AccuseError::Twice(*twice));
    }
    let candidates = borrowers.len() as u64;
    if candidates == 0 {
        return Err(AccuseError::NoCandidate);
    }
    let threshold_ln = weigh::real(candidates).ln() - epsilon.ln();
    let mut ranked: Vec<_> =
        case.candidates.iter().map(|evidence| weighed(evidence, case, threshold_ln)).collect();
    ranked.sort_by(|a, b| b.log_e_value.total_cmp(&a.log_e_value).then(a.borrower.cmp(&b.borrower)));
    Ok(Verdict { ranked, threshold_ln, candidates, epsilon })
}

/// Half the product of three averages, which bends to any mixture of ways; half the average over whole ways of
/// leaking, which pays for its choice once instead of three times.
pub(crate) fn ln_e_value(evidence: &Evidence, unique_candidates: u64) -> f64 {
    let (rows, seeds, sealed) = (&evidence.rows, &evidence.seeds, &evidence.sealed);
    let apart = weigh::ln_rows(evidence.share.fraction(), rows.not_held_back, rows.held_back)
        + weigh::ln_shared(&seeds.shared)
        + weigh::ln_unique(
            seeds.unique_slots + sealed.slots,
            seeds.unique_seen + sealed.seen,
            unique_candidates,
        );
    weigh::ln_sum([apart, whole::ln_whole(evidence, unique_candidates)].into_iter()) - 2.0_f64.ln()
}

fn weighed(evidence: &Evidence, case: &Case, threshold_ln: f64) -> Suspect {
    let (rows, seeds, sealed) = (&evidence.rows, &evidence.seeds, &evidence.sealed);
    let log_e_value = ln_e_value(evidence, case.unique_candidates);
    let shared_seen = seeds.shared.iter().filter(|slot| slot.held && slot.seen).count() as u64;
    Suspect {
        borrower: evidence.borrower,
        log_e_value,
        accused: log_e_value >= threshold_ln,
        rows_counted: rows.not_held_back + rows.held_back,
        held_back_seen: rows.held_back,
        seeds_seen: shared_seen + seeds.unique_seen + sealed.seen,
        unique_seeds_seen: seeds.unique_seen + sealed.seen,
        sealed_slots: sealed.slots,
        sealed_seen: sealed.seen,
        log_e_sealed: weigh::ln_unique(sealed.slots, sealed.seen, case.unexplained),
        in_copy: rows.in_copy,
        outside: rows.outside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Share;
    use crate::accuse::evidence::{RowEvidence, SealedEvidence, SeedEvidence};

    fn evidence(number: u32, not_held_back: u64, held_back: u64) -> Evidence {
        Evidence {
            borrower: format!("{number:032x}").parse().unwrap(),
            share: Share::NORMAL,
            rows: RowEvidence { not_held_back, held_back, outside: 3, in_copy: 2 },
            seeds: SeedEvidence::default(),
            sealed: SealedEvidence::default(),
        }
    }

    #[test]
    fn rows_alone_name_the_leaker_and_clear_the_others() {
        let candidates = vec![evidence(1, 950, 50), evidence(2, 1_000, 0), evidence(3, 940, 60)];
        let verdict = accuse(&Case { candidates, unique_candidates: 0, unexplained: 0 }, 1e-6).unwrap();
        let accused: Vec<_> = verdict.accused().map(|suspect| suspect.borrower.to_string()).collect();
        assert_eq!(accused, ["00000000-0000-0000-0000-000000000002"]);
        assert!((verdict.threshold_ln - 3e6_f64.ln()).abs() < 1e-9);
        assert_eq!(verdict.ranked[0].rows_counted, 1_000);
        assert!(verdict.ranked[1..].iter().all(|suspect| suspect.log_e_value < 0.0));
    }

    #[test]
    fn nothing_seen_accuses_nobody() {
        let case = Case { candidates: vec![evidence(1, 0, 0)], unique_candidates: 0, unexplained: 0 };
        let verdict = accuse(&case, 0.5).unwrap();
        assert!(verdict.ranked[0].log_e_value.abs() < 1e-9 && verdict.accused().next().is_none());
    }

    #[test]
    fn a_case_must_be_sound() {
        let case = |candidates| Case { candidates, unique_candidates: 0, unexplained: 0 };
        for epsilon in [0.0, 1.0, -1.0, f64::NAN] {
            assert!(matches!(accuse(&case(vec![evidence(1, 1, 0)]), epsilon), Err(AccuseError::Epsilon(_))));
        }
        assert_eq!(accuse(&case(vec![]), 0.1), Err(AccuseError::NoCandidate));
        let twice = case(vec![evidence(1, 1, 0), evidence(2, 1, 0), evidence(1, 5, 0)]);
        assert_eq!(accuse(&twice, 0.1), Err(AccuseError::Twice(evidence(1, 0, 0).borrower)));
    }
}
