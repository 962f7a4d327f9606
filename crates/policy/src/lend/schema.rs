//! What a rule may speak of: the kinds of things, their attributes and types, with the charter's own issues. A rule
//! that names anything else is refused when the charter is read.

use hustings_domain::borrower::BorrowerKind;
use hustings_domain::charter::Charter;
use hustings_domain::loan::Ask;

/// The attributes of borrower and request, as the page on rules shows them too.
const ATTRIBUTES: &str = r#"
entity Area in [Area];

entity Borrower = {
    "kind": Kind,
    "office": String,
    "area": Area,
    "good_standing": Bool,
    "positions": Set<Issue>,
    "sourced": Set<Issue>,
    "registered": datetime,
    "election"?: datetime,
    "open_loans": Long,
    "open_erasures": Long,
};

entity Request = {
    "records": Bool,
    "area"?: Area,
    "level"?: String,
    "ask": Ask,
    "issues": Set<Issue>,
    "people"?: Long,
    "fields": Set<String>,
    "opens": datetime,
    "closes": datetime,
};

action "ask" appliesTo {
    principal: [Borrower],
    resource: [Request],
    context: { "now": datetime },
};
"#;

/// The schema of `charter` in Cedar's own notation.
pub(crate) fn text(charter: &Charter) -> String {
    let kinds = names(BorrowerKind::ALL.iter().map(|kind| kind.as_str()));
    let asks = names(Ask::ALL.iter().map(|ask| ask.as_str()));
    let issues = names(charter.issues.iter().map(|issue| issue.id.as_str()));
    let issues = if issues.is_empty() { String::new() } else { format!(" enum [{issues}]") };
    format!("entity Kind enum [{kinds}];\nentity Ask enum [{asks}];\nentity Issue{issues};\n{ATTRIBUTES}")
}

fn names<'a>(of: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = of.map(|name| format!("\"{name}\"")).collect();
    quoted.join(", ")
}
