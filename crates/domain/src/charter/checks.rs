//! What a charter must hold besides being well-formed.

use super::Charter;
use crate::clearance::Signing;
use crate::estimate::RhoMillionths;
use crate::loan::Ask;
use std::collections::BTreeSet;
use std::fmt;

/// One thing wrong with a charter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CharterProblem {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What is allowed.
    pub allowed: String,
}

impl fmt::Display for CharterProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {} (allowed: {})", self.line, self.what, self.allowed)
    }
}

/// Collects problems and finds the lines of the keys they are about.
struct Checker<'a> {
    text: &'a str,
    problems: Vec<CharterProblem>,
}

pub(super) fn check(charter: &Charter, text: &str) -> Vec<CharterProblem> {
    let mut checker = Checker { text, problems: Vec::new() };
    checker.names(charter);
    checker.board(charter);
    checker.lending(charter);
    checker.numbers(charter);
    checker.owner(charter);
    checker.sections(charter);
    checker.problems
}

impl Checker<'_> {
    fn problem(&mut self, section: &str, key: &str, what: impl Into<String>, allowed: impl Into<String>) {
        let line = self.line(section, key);
        self.problems.push(CharterProblem { line, what: what.into(), allowed: allowed.into() });
    }

    /// The line of `key` inside `[section]` or `[[section]]`, or of the section, or the first.
    fn line(&self, section: &str, key: &str) -> usize {
        let (mut inside, mut section_line) = (section.is_empty(), None);
        for (number, line) in self.text.lines().enumerate() {
            let line = line.trim_start();
            if line.starts_with('[') {
                let head = line.split('#').next().unwrap_or_default();
                inside = head.trim_matches(|c| c == '[' || c == ']' || c == ' ') == section;
                if inside && section_line.is_none() {
                    section_line = Some(number + 1);
                }
            } else if inside && line.starts_with(key) {
                let rest = line.get(key.len()..).unwrap_or_default().trim_start();
                if rest.starts_with('=') {
                    return number + 1;
                }
            }
        }
        section_line.unwrap_or(1)
    }

    /// The line of the `nth` `[[section]]` whose `key` holds `value`.
    fn line_of_value(&self, value: &str) -> usize {
        let quoted = format!("\"{value}\"");
        let found: Vec<usize> = self
            .text
            .lines()
            .enumerate()
            .filter(|(_, line)| line.contains(&quoted))
            .map(|(number, _)| number + 1)
            .collect();
        found.last().copied().unwrap_or(1)
    }

    fn names(&mut self, charter: &Charter) {
        let purposes: Vec<&str> = charter.purposes.iter().map(|purpose| purpose.id.as_str()).collect();
        let issues: Vec<&str> = charter.issues.iter().map(|issue| issue.id.as_str()).collect();
        let wings: Vec<&str> = charter.wings.iter().map(crate::words::Slug::as_str).collect();
        for (kind, names) in [("purpose", purposes), ("issue", issues), ("wing", wings)] {
            let mut seen = BTreeSet::new();
            for name in names {
                if !seen.insert(name) {
                    self.problems.push(CharterProblem {
                        line: self.line_of_value(name),
                        what: format!("the {kind} `{name}` stands here twice"),
                        allowed: format!("each {kind} once"),
                    });
                }
            }
        }
        for ask in Ask::ALL {
            let under: Vec<&str> = charter
                .purposes
                .iter()
                .filter(|purpose| purpose.asks.contains(&ask))
                .map(|purpose| purpose.id.as_str())
                .collect();
            if under.len() > 1 {
                self.problem(
                    "purposes",
                    "asks",
                    format!("the ask `{ask}` falls under two purposes: {}", under.join(" and ")),
                    "each ask under one purpose, so that a person knows what a yes covers",
                );
            }
        }
        if !charter.purposes.iter().any(|purpose| purpose.asks.is_empty()) {
            self.problem(
                "purposes",
                "asks",
                "every purpose covers asks of borrowers",
                "at least one purpose of the owner's own, with no asks",
            );
        }
    }

    fn board(&mut self, charter: &Charter) {
        if charter.board.quorum == 0 {
            self.problem("board", "quorum", "`quorum` is 0: nobody would have to vote", "1 or more votes");
        }
        let wings = u32::try_from(charter.wings.len()).unwrap_or(u32::MAX);
        if charter.board.wings_needed > wings {
            self.problem(
                "board",
                "wings_needed",
                format!("`wings_needed` is {}, but the board has {wings}", charter.board.wings_needed),
                format!("0 to {wings}"),
            );
        }
        self.procedure(charter);
    }

    fn procedure(&mut self, charter: &Charter) {
        let rules = &charter.board;
        if rules.signed == Signing::Required && rules.quorum == 1 {
            self.problem(
                "board",
                "quorum",
                "votes are signed, and keys are confirmed by another trustee",
                "2 or more votes beside `signed = \"required\"`",
            );
        }
        let days = [
            ("decide_days", rules.decide_days, 90),
            ("delegation_days", rules.delegation_days, 366),
            ("pause_hours", rules.pause_hours, 720),
            ("review_days", rules.review_days, 366),
            ("grant_hours", rules.grant_hours, 168),
        ];
        for (key, found, most) in days {
            if found == 0 || found > most {
                self.problem("board", key, format!("`{key}` is {found}"), format!("1 to {most}"));
            }
        }
        if rules.remind_days >= rules.decide_days {
            self.problem(
                "board",
                "remind_days",
                "trustees would be reminded before they are asked",
                format!("0 to {}", rules.decide_days.saturating_sub(1)),
            );
        }
        let (mut names, mut asks) = (BTreeSet::new(), BTreeSet::new());
        for panel in &rules.panels {
            let section = "board.panels";
            if !names.insert(&panel.name) {
                self.problem(
                    section,
                    "name",
                    format!("the panel `{}` stands here twice", panel.name),
                    "each panel once",
                );
            }
            if panel.quorum == 0 {
                self.problem(
                    section,
                    "quorum",
                    "`quorum` is 0: nobody would have to vote",
                    "1 or more votes",
                );
            }
            for ask in &panel.asks {
                if !asks.insert(*ask) {
                    self.problem(
                        section,
                        "asks",
                        format!("the ask `{ask}` goes to two panels"),
                        "each ask to one panel",
                    );
                }
            }
            let fewest = usize::try_from(panel.quorum).unwrap_or(usize::MAX);
            if !panel.trustees.is_empty() && panel.trustees.len() < fewest {
                self.problem(
                    section,
                    "trustees",
                    format!(
                        "the panel `{}` needs {} votes and names {}",
                        panel.name,
                        panel.quorum,
                        panel.trustees.len()
                    ),
                    "as many trustees as votes, or none for the whole board",
                );
            }
            if panel.wings_needed as usize > charter.wings.len() {
                self.problem(
                    section,
                    "wings_needed",
                    format!(
                        "`wings_needed` is {}, but the board has {}",
                        panel.wings_needed,
                        charter.wings.len()
                    ),
                    format!("0 to {}", charter.wings.len()),
                );
            }
        }
    }

    fn lending(&mut self, charter: &Charter) {
        let mut seen = BTreeSet::new();
        for rule in &charter.lending {
            if !seen.insert(rule.borrower) {
                self.problem(
                    "lending",
                    "borrower",
                    format!("`{}` has two lending rules", rule.borrower),
                    "one rule for each kind of borrower",
                );
            }
            for ask in &rule.asks {
                if charter.purpose_of(*ask).is_none() {
                    self.problem(
                        "lending",
                        "asks",
                        format!("`{}` may ask people to `{ask}`, but no purpose covers that", rule.borrower),
                        "an ask that a purpose names, because people consent to purposes",
                    );
                }
            }
            if rule.position_required && !rule.issue_required {
                self.problem(
                    "lending",
                    "position_required",
                    format!("`{}` needs positions on issues it need not name", rule.borrower),
                    "`issue_required = true` beside `position_required = true`",
                );
            }
        }
    }

    fn numbers(&mut self, charter: &Charter) {
        let money = charter.fatigue.money;
        let appeals = charter.fatigue.appeals;
        let looser = u64::from(money.times) * u64::from(appeals.days)
            > u64::from(appeals.times) * u64::from(money.days);
        if looser {
            self.problem(
                "fatigue.money",
                "times",
                "people could be asked for money more often than they may be addressed at all",
                format!("at most {} times in {} days", appeals.times, appeals.days),
            );
        }
        for (section, cap) in [("fatigue.appeals", appeals), ("fatigue.money", money)] {
            if cap.days == 0 {
                self.problem(section, "days", "a cap over 0 days caps nothing", "1 to 365 days");
            }
        }
        let estimates = &charter.estimates;
        if estimates.question.0 == 0 {
            self.problem(
                "estimates",
                "question",
                "a question that costs nothing gives exact counts away",
                "1 or more millionths",
            );
        }
        if estimates.question > RhoMillionths::DEAREST {
            self.problem(
                "estimates",
                "question",
                "so dear a question has so little noise that it tells more than it is charged for",
                format!("at most {}", RhoMillionths::DEAREST.0),
            );
        }
        if estimates.question > estimates.borrower_budget {
            self.problem(
                "estimates",
                "borrower_budget",
                "a borrower could not ask a single question",
                format!("at least {}", estimates.question.0),
            );
        }
        if estimates.season_budget < estimates.borrower_budget {
            self.problem(
                "estimates",
                "season_budget",
                "all borrowers together have less than one of them",
                format!("at least {}", estimates.borrower_budget.0),
            );
        }
        if charter.sending.pilot_per_mille > 1_000 {
            self.problem("sending", "pilot_per_mille", "the pilot is more than everybody", "0 to 1000");
        }
        let rates = [
            ("usual_complaints_per_100k", charter.sending.usual_complaints_per_100k),
            ("usual_unsubscribes_per_100k", charter.sending.usual_unsubscribes_per_100k),
            ("usual_bounces_per_100k", charter.sending.usual_bounces_per_100k),
        ];
        for (key, rate) in rates {
            // The stop rule tests up to twenty times the usual rate, which must stay a probability.
            if rate == 0 || rate > 4_999 {
                self.problem("sending", key, format!("{rate} in 100,000 is not a usual rate"), "1 to 4999");
            }
        }
        self.prices(charter);
    }

    fn prices(&mut self, charter: &Charter) {
        let card = &charter.rate_card;
        if card.base_per_thousand.0 <= 0 {
            self.problem(
                "rate_card",
                "base_per_thousand",
                "reach that costs nothing is a gift nobody priced",
                "1 cent or more",
            );
        }
        for (key, price) in
            [("selection_per_thousand", card.selection_per_thousand), ("introduction", card.introduction)]
        {
            if price.0 < 0 {
                let what = format!("`{key}` is {price}: a price below nothing would pay the borrower");
                self.problem("rate_card", key, what, "0 cents or more");
            }
        }
    }

    fn sections(&mut self, charter: &Charter) {
        for (key, what, allowed) in charter.sharing.problems() {
            self.problem("sharing", key, what, allowed);
        }
        for (key, what, allowed) in charter.duties.problems() {
            self.problem("duties", key, what, allowed);
        }
        if let Err(problem) = charter.jurisdiction.profile() {
            let what = format!("the jurisdiction cannot be kept: {}", problem.what);
            self.problem("jurisdiction", "profile", what, problem.allowed);
        }
        let card = &charter.rate_card;
        if card.net_name_per_mille > 1_000 {
            let what = format!("{} per mille of the people cannot be paid for", card.net_name_per_mille);
            self.problem("rate_card", "net_name_per_mille", what, "0 to 1000");
        }
        if card.repeat_per_thousand.0 < 0 || card.repeat_per_thousand > card.base_per_thousand {
            let what = format!("a repeat at {} a thousand", card.repeat_per_thousand);
            self.problem("rate_card", "repeat_per_thousand", what, "0 cents to `base_per_thousand`");
        }
    }

    fn owner(&mut self, charter: &Charter) {
        let owner = &charter.owner;
        let domain_of_address = owner.from_address.rsplit('@').next().unwrap_or_default();
        if !owner.from_address.contains('@') || domain_of_address != owner.domain {
            self.problem(
                "owner",
                "from_address",
                format!("`{}` is not an address at `{}`", owner.from_address, owner.domain),
                "an address of the domain that signs, or mailbox providers refuse the mail",
            );
        }
        let site_ok = owner.site.starts_with("https://")
            || owner.site.starts_with("http://127.0.0.1")
            || owner.site.starts_with("http://localhost");
        if !site_ok || owner.site.ends_with('/') {
            self.problem(
                "owner",
                "site",
                format!("`{}` cannot be the site", owner.site),
                "https://… without a slash at the end",
            );
        }
        for (key, text) in [("name", &owner.name), ("postal_address", &owner.postal_address)] {
            if text.trim().is_empty() {
                self.problem("owner", key, format!("`{key}` is empty"), "the words people know the owner by");
            }
        }
    }
}
