//! Every template: its words, its settings, what it refuses.

use super::fill::{Given, join, words_of};
use super::settings::{Param, Takes};
use super::{Filled, Template};
use hustings_domain::loan::Ask;
use hustings_domain::money::group_thousands;
use jiff::Span;
use jiff::civil::Date;

const fn needs(key: &'static str, takes: Takes) -> Param {
    Param { key, takes, needed: true }
}

const fn may_have(key: &'static str, takes: Takes) -> Param {
    Param { key, takes, needed: false }
}

const DAYS: Param = needs("days", Takes::Number(1, 730));

/// Every template, in the order in which people look for them.
pub const TEMPLATES: &[Template] = &[
    Template {
        id: "own-area",
        words: "<borrowers> ask only within their own area",
        purpose: "A candidate reaches the people of her own district, a state party those of its state.",
        params: &[],
        example: "borrower = \"candidate\"",
        write: |given| {
            Filled::new(
                "resource has area && !(resource.area in principal.area)",
                format!("{} ask only within their own area{}", given.who(), given.when_asking()),
                "ask for `{area}` or a part of it",
            )
            .with_area()
        },
    },
    Template {
        id: "only-areas",
        words: "<borrowers> ask only within <areas>",
        purpose: "Lend in some places alone.",
        params: &[needs("areas", Takes::Areas)],
        example: "areas = [\"ocd-division/country:us/state:vt\"]",
        write: |given| {
            let inside: Vec<String> =
                given.names.iter().map(|area| format!("resource.area in Area::\"{area}\"")).collect();
            Filled::new(
                format!("resource has area && !({})", inside.join(" || ")),
                format!(
                    "{} ask only within {}{}",
                    given.who(),
                    join(&given.names, "or"),
                    given.when_asking()
                ),
                format!("ask for {} or a part of it", join(&given.names, "or")),
            )
            .with_area()
        },
    },
    Template {
        id: "never-areas",
        words: "<borrowers> never ask in <areas>, nor in an area that holds one of them",
        purpose: "Keep a place out: a sister organisation's, or one where no lending was agreed.",
        params: &[needs("areas", Takes::Areas)],
        example: "areas = [\"ocd-division/country:us/state:vt/county:essex\"]",
        write: never_areas,
    },
    Template {
        id: "only-levels",
        words: "<borrowers> ask only for areas of the levels <levels>",
        purpose: "Lend to the statehouse and below, not to whole states.",
        params: &[needs("levels", Takes::Levels)],
        example: "levels = [\"sldl\", \"sldu\"]",
        write: |given| {
            let levels: Vec<String> = given.names.iter().map(|level| format!("\"{level}\"")).collect();
            Filled::new(
                format!("resource has level && !([{}].contains(resource.level))", levels.join(", ")),
                format!(
                    "{} ask only for areas of the level {}{}",
                    given.who(),
                    join(&given.names, "or"),
                    given.when_asking()
                ),
                format!("name an area whose id ends in {}", join(&given.names, "or")),
            )
            .with_area()
        },
    },
    Template {
        id: "may-not-ask",
        words: "<borrowers> may not ask people to <asks>",
        purpose: "Party committees may not ask for money.",
        params: &[needs("asks", Takes::Asks)],
        example: "borrower = \"party-committee\"\nasks = [\"give\"]",
        write: |given| {
            let asks = given.asks.clone().unwrap_or_default();
            let named: Vec<String> = asks.iter().map(|ask| format!("Ask::\"{ask}\"")).collect();
            let left: Vec<Ask> = Ask::ALL.into_iter().filter(|ask| !asks.contains(ask)).collect();
            let instead = if left.is_empty() {
                "there is nothing else to ask for".to_owned()
            } else {
                format!("ask people to {}", join(&words_of(&left), "or"))
            };
            Filled::new(
                format!("[{}].contains(resource.ask)", named.join(", ")),
                format!("{} may not ask people to {}", given.who(), join(&words_of(&asks), "or")),
                instead,
            )
        },
    },
    Template {
        id: "quiet-before",
        words: "nobody is asked within <days> days before <day>, nor on it",
        purpose: "No appeal reaches anybody in the last days before an election or an event.",
        params: &[DAYS, needs("day", Takes::Day)],
        example: "days = 7\nday = 2026-11-03",
        write: quiet_before,
    },
    Template {
        id: "quiet-after",
        words: "nobody is asked on <day> nor within <days> days after it",
        purpose: "People are left in peace after an election.",
        params: &[DAYS, needs("day", Takes::Day)],
        example: "days = 14\nday = 2026-11-03",
        write: quiet_after,
    },
    Template {
        id: "issue-required",
        words: "<borrowers> select people by an issue that they declared",
        purpose: "Only people who said that they care about something hear about it.",
        params: &[],
        example: "asks = [\"give\"]",
        write: |given| {
            Filled::new(
                "resource.issues.isEmpty()",
                format!("{} select people by an issue they declared{}", given.who(), given.when_asking()),
                "name one of: {issues}",
            )
        },
    },
    Template {
        id: "position-required",
        words: "<borrowers> have stated a position on each issue that they name",
        purpose: "Who asks people of an issue has said where they stand on it.",
        params: &[],
        example: "borrower = [\"candidate\", \"party-committee\"]",
        write: |given| {
            Filled::new(
                "!principal.positions.containsAll(resource.issues)",
                format!("{} have stated a position on {{named}}{}", given.who(), given.when_asking()),
                "state the position on {unstated} in public and have a steward enter it",
            )
        },
    },
    Template {
        id: "position-on-one",
        words: "<borrowers> have stated a position on one of our issues (or of <issues>)",
        purpose: "Nobody borrows who has said nothing on what this list stands for.",
        params: &[may_have("issues", Takes::Issues)],
        example: "issues = [\"housing\", \"climate\"]",
        write: |given| {
            let issues = if given.names.is_empty() { &given.all_issues } else { &given.names };
            let named: Vec<String> = issues.iter().map(|issue| format!("Issue::\"{issue}\"")).collect();
            let condition = if named.is_empty() {
                "principal.positions.isEmpty()".to_owned()
            } else {
                format!("!principal.positions.containsAny([{}])", named.join(", "))
            };
            Filled::new(
                condition,
                format!(
                    "{} have stated a position on one of: {}{}",
                    given.who(),
                    issues.join(", "),
                    given.when_asking()
                ),
                format!(
                    "state a position on one of {} in public and have a steward enter it",
                    issues.join(", ")
                ),
            )
        },
    },
    Template {
        id: "position-sourced",
        words: "<borrowers> have a public source on file for their position on each issue that they name",
        purpose: "A position counts when anybody can read where it was stated.",
        params: &[],
        example: "borrower = \"candidate\"",
        write: |given| {
            Filled::new(
                "!principal.sourced.containsAll(resource.issues)",
                format!(
                    "{} have a public source on file for their position on {{named}}{}",
                    given.who(),
                    given.when_asking()
                ),
                "send the steward the address of the page where the position on {unsourced} stands",
            )
        },
    },
    Template {
        id: "most-people",
        words: "<borrowers> ask for at most <people> people at a time",
        purpose: "A tighter cap than that of `[[lending]]`, for some borrowers or some asks.",
        params: &[needs("people", Takes::Number(1, 4_294_967_295))],
        example: "asks = [\"give\"]\npeople = 5000",
        write: |given| {
            let most = group_thousands(u64::try_from(given.number).unwrap_or_default());
            // A request that names no number means as many as may be.
            Filled::new(
                format!("!(resource has people && resource.people <= {})", given.number),
                format!("{} ask for at most {most} people{}", given.who(), given.when_asking()),
                format!("set `cap` to {most} or fewer"),
            )
        },
    },
    Template {
        id: "only-fields",
        words: "<borrowers> are passed nothing with a yes but <fields>",
        purpose: "No telephone number passes, say.",
        params: &[needs("fields", Takes::Fields)],
        example: "fields = [\"email\", \"given-name\"]",
        write: |given| {
            let fields: Vec<String> = given.names.iter().map(|field| format!("\"{field}\"")).collect();
            Filled::new(
                format!("!([{}].containsAll(resource.fields))", fields.join(", ")),
                format!(
                    "{} are passed nothing with a yes but {}{}",
                    given.who(),
                    join(&given.names, "and"),
                    given.when_asking()
                ),
                format!("name no `fields` but {}", given.names.join(", ")),
            )
        },
    },
    Template {
        id: "notice",
        words: "<borrowers> ask at least <days> days before their window opens",
        purpose: "The board has time to meet.",
        params: &[DAYS],
        example: "days = 5",
        write: |given| {
            Filled::new(
                format!("resource.opens < context.now.offset(duration(\"{}d\"))", given.number),
                format!(
                    "{} ask at least {} before the window opens{}",
                    given.who(),
                    days(given.number),
                    given.when_asking()
                ),
                format!("set `opens` {} from now or later", days(given.number)),
            )
        },
    },
    Template {
        id: "longest-window",
        words: "<borrowers> ask for a window of at most <days> days",
        purpose: "Reach is lent for an occasion, not for a season.",
        params: &[DAYS],
        example: "days = 30",
        write: |given| {
            Filled::new(
                format!("resource.closes > resource.opens.offset(duration(\"{}d\"))", given.number),
                format!(
                    "{} ask for a window of at most {}{}",
                    given.who(),
                    days(given.number),
                    given.when_asking()
                ),
                format!("set `closes` within {} of `opens`", days(given.number)),
            )
        },
    },
    Template {
        id: "ends-by-election",
        words: "the window of <borrowers> closes by the end of their election day",
        purpose: "Nothing goes out for a campaign that is over.",
        params: &[],
        example: "borrower = \"candidate\"",
        write: |given| {
            Filled::new(
                "principal has election && resource.closes > principal.election.offset(duration(\"1d\"))",
                format!(
                    "the window of {} closes by the end of their election day{}",
                    given.who(),
                    given.when_asking()
                ),
                "the election on file is on {election}: set `closes` to the end of that day or sooner",
            )
        },
    },
    Template {
        id: "election-on-file",
        words: "<borrowers> have the day of their election on file",
        purpose: "Every campaign's end is known before it asks.",
        params: &[],
        example: "borrower = \"candidate\"",
        write: |given| {
            Filled::new(
                "!(principal has election)",
                format!("{} have the day of their election on file{}", given.who(), given.when_asking()),
                "send the steward the day, who enters it with `hustings borrower election`",
            )
        },
    },
    Template {
        id: "registered-for",
        words: "<borrowers> have been registered for <days> days",
        purpose: "Nobody registers today and asks today.",
        params: &[DAYS],
        example: "days = 3",
        write: |given| {
            Filled::new(
                format!("context.now < principal.registered.offset(duration(\"{}d\"))", given.number),
                format!(
                    "{} have been registered for {}{}",
                    given.who(),
                    days(given.number),
                    given.when_asking()
                ),
                format!("ask again {} after registering", days(given.number)),
            )
        },
    },
    Template {
        id: "loans-at-once",
        words: "<borrowers> have at most <loans> loans open at once",
        purpose: "One campaign does not fill the board's table.",
        params: &[needs("loans", Takes::Number(1, 1000))],
        example: "loans = 2",
        write: |given| {
            let loans =
                if given.number == 1 { "one loan".to_owned() } else { format!("{} loans", given.number) };
            Filled::new(
                format!("principal.open_loans >= {}", given.number),
                format!("{} have at most {loans} open at once{}", given.who(), given.when_asking()),
                "wait until a loan is settled or refused",
            )
        },
    },
    Template {
        id: "erasures-first",
        words: "<borrowers> have acknowledged every erasure before they ask again",
        purpose: "Who was told to forget somebody says that it is done.",
        params: &[],
        example: "",
        write: |given| {
            Filled::new(
                "principal.open_erasures > 0",
                format!("{} have acknowledged every erasure{}", given.who(), given.when_asking()),
                "acknowledge the erasures on your desk first",
            )
        },
    },
];

fn days(number: i64) -> String {
    if number == 1 { "1 day".to_owned() } else { format!("{number} days") }
}

fn never_areas(given: &Given) -> Filled {
    let touches: Vec<String> = given
        .names
        .iter()
        .map(|area| {
            // An area that holds this one is told by its id alone, so no place file is needed.
            let holders: Vec<String> = area
                .match_indices('/')
                .skip(1)
                .filter_map(|(at, _)| area.get(..at))
                .map(|holder| format!("Area::\"{holder}\""))
                .collect();
            if holders.is_empty() {
                format!("resource.area in Area::\"{area}\"")
            } else {
                format!(
                    "resource.area in Area::\"{area}\" || [{}].contains(resource.area)",
                    holders.join(", ")
                )
            }
        })
        .collect();
    Filled::new(
        format!("resource has area && ({})", touches.join(" || ")),
        format!("{} never ask in {}{}", given.who(), join(&given.names, "or"), given.when_asking()),
        format!("name an area apart from {}", join(&given.names, "and")),
    )
    .with_area()
}

fn nobody(given: &Given) -> String {
    if given.kinds.is_some() { format!("{} ask nobody", given.who()) } else { "nobody is asked".to_owned() }
}

fn later(day: Date, days: i64) -> Date {
    day.saturating_add(Span::new().days(days))
}

fn touches(from: Date, until: Date) -> String {
    format!("resource.opens < datetime(\"{until}\") && resource.closes > datetime(\"{from}\")")
}

fn quiet_before(given: &Given) -> Filled {
    let Some(day) = &given.day else { return Filled::new("true", "", "") };
    let from = later(day.day, -given.number);
    Filled::new(
        touches(from, later(day.day, 1)),
        format!(
            "{} within {} before {}{}",
            nobody(given),
            days(given.number),
            day.label,
            given.when_asking()
        ),
        format!("set a window that closes before {from} or opens after {}", day.day),
    )
}

fn quiet_after(given: &Given) -> Filled {
    let Some(day) = &given.day else { return Filled::new("true", "", "") };
    let until = later(day.day, given.number + 1);
    Filled::new(
        touches(day.day, until),
        format!("{} within {} after {}{}", nobody(given), days(given.number), day.label, given.when_asking()),
        format!("set a window that closes before {} or opens on {until} or later", day.day),
    )
}
