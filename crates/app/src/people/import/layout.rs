//! Which column is what in one file: by the mapping first, then by the usual names. What is ambiguous is for a
//! person to decide; what is unknown is ignored and said.

use super::ImportKind;
use super::mapping::Mapping;
use super::mode::Mode;
use super::target::{FIELDS, Target, Topic, by_alias};
use crate::refusal::{Refusal, Result};
use hustings_domain::attribute::Attribute;
use hustings_domain::charter::Charter;
use hustings_domain::words::{Slug, nearest};

/// The columns of a file.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// By position in the row.
    pub(super) columns: Vec<Option<Target>>,
    /// Columns that nothing is made of, by their header.
    pub(super) ignored: Vec<String>,
    /// What each used column became.
    pub(super) used: Vec<(String, String)>,
    pub(super) kind: ImportKind,
}

impl Layout {
    /// Works out the columns of `header`.
    pub(super) fn of(
        header: &[String],
        stem: &str,
        mapping: &Mapping,
        wanted: Option<ImportKind>,
        mode: Option<Mode>,
        charter: &Charter,
        known: &[Attribute],
    ) -> Result<Self> {
        for name in mapping.columns.keys() {
            if !header.contains(name) {
                let refusal = Refusal::invalid(
                    "import.no-such-column",
                    format!("the mapping names `{name}`, which is no column of the file"),
                );
                return Err(match nearest(name, header.iter().map(String::as_str)) {
                    Some(near) => refusal.hint(format!("did you mean `{near}`?")),
                    None => refusal.hint(format!("its columns are {}", header.join(", "))),
                });
            }
        }
        let mut columns: Vec<Option<(Target, u8)>> = header
            .iter()
            .map(|name| match mapping.columns.get(name) {
                Some(target) => Some((target.clone(), 0)),
                None => by_alias(name)
                    .map(|(target, rank)| (target, rank + 1))
                    .or_else(|| by_purpose(name, charter))
                    .or_else(|| by_attribute(name, known)),
            })
            .collect();
        resolve(header, &mut columns)?;
        let mut columns: Vec<Option<Target>> = columns
            .into_iter()
            .map(|column| column.map(|(target, _)| target).filter(|t| purpose_known(t, charter)))
            .collect();
        let kind = wanted.or(mapping.kind).unwrap_or_else(|| guess(&columns, stem));
        if mode == Some(Mode::Suppress) {
            // The day that somebody signed up is not the day of the stop.
            let day = |target: &Target| matches!(target, Target::Time | Target::GiftDay);
            columns
                .iter_mut()
                .filter(|column| column.as_ref().is_some_and(day))
                .for_each(|column| *column = None);
        }
        settle(&mut columns, kind);
        let has = |target: &Target| columns.iter().flatten().any(|column| column == target);
        if kind == ImportKind::Areas {
            if !has(&Target::PostalCode) || !has(&Target::Area) {
                return Err(Refusal::invalid(
                    "import.no-areas",
                    "a table of areas needs a postal code and division ids",
                )
                .hint(
                    "columns such as `postal_code,state,sldl,place`, the ids beginning with `ocd-division/`",
                ));
            }
        } else if !has(&Target::Email) && !has(&Target::Phone) && !has(&Target::Attributes) {
            return Err(Refusal::invalid(
                "import.no-address-column",
                "no column holds an e-mail address or a phone number",
            )
            .because(format!("the columns are {}", header.join(", ")))
            .hint("name it with a mapping: `[columns]` and `\"Your column\" = \"email\"`"));
        }
        if kind == ImportKind::Gifts && !(has(&Target::Amount) && has(&Target::GiftDay)) {
            return Err(Refusal::invalid(
                "import.no-gifts",
                "a file of gifts needs a column for the amount and one for the day",
            )
            .hint("name them with a mapping: `amount` and `gift-day`"));
        }
        let pairs = || header.iter().zip(&columns);
        let ignored = pairs().filter(|(_, t)| t.is_none()).map(|(name, _)| name.clone()).collect();
        let used = pairs().filter_map(|(name, t)| Some((name.clone(), t.as_ref()?.name()))).collect();
        Ok(Self { columns, ignored, used, kind })
    }

    /// How many cells a row has.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }
}

/// A column that bears the name of a purpose.
fn by_purpose(name: &str, charter: &Charter) -> Option<(Target, u8)> {
    let name = Slug::from_free_text(name)?;
    let known = charter.purposes.iter().find(|purpose| purpose.id == name)?;
    Some((Target::Consent(Topic::Purpose(known.id.clone()), hustings_domain::consent::Channel::Email), 1))
}

/// A column that bears the name or the title of an attribute in use.
fn by_attribute(column: &str, known: &[Attribute]) -> Option<(Target, u8)> {
    let name = Slug::from_free_text(column)?;
    let meant = |attribute: &&Attribute| {
        attribute.retired.is_none()
            && (attribute.name == name || attribute.title.eq_ignore_ascii_case(column.trim()))
    };
    let found = known.iter().find(meant)?;
    Some((Target::of_attribute(found.kind, found.name.clone()), 1))
}

/// The purpose of the charter that a topic is about.
pub(super) fn purpose_of<'a>(topic: &Topic, charter: &'a Charter) -> Option<&'a Slug> {
    let found = match topic {
        Topic::News => charter.purposes.iter().find(|purpose| purpose.asks.is_empty()),
        Topic::Ask(ask) => charter.purpose_of(*ask),
        Topic::Purpose(name) => charter.purposes.iter().find(|purpose| purpose.id == *name),
    };
    found.map(|purpose| &purpose.id)
}

fn purpose_known(target: &Target, charter: &Charter) -> bool {
    match target {
        Target::Consent(topic, _) => purpose_of(topic, charter).is_some(),
        Target::Ignore => false,
        _ => true,
    }
}

/// Of two columns for one field the one that is named by the mapping or the better known name is used.
fn resolve(header: &[String], columns: &mut [Option<(Target, u8)>]) -> Result<()> {
    for later in 1..columns.len() {
        for earlier in 0..later {
            let (Some(Some((first, rank))), Some(Some((second, other)))) =
                (columns.get(earlier), columns.get(later))
            else {
                continue;
            };
            if first != second || !first.is_single() {
                continue;
            }
            if rank == other {
                let name = |at: usize| header.get(at).map_or("", String::as_str);
                return Err(Refusal::invalid(
                    "import.two-columns",
                    format!(
                        "`{}` and `{}` are both the field `{}`",
                        name(earlier),
                        name(later),
                        first.name()
                    ),
                )
                .hint("say which with a mapping, and map the other to `ignore`")
                .hint(format!("a column is one of {FIELDS}")));
            }
            let worse = if rank < other { later } else { earlier };
            if let Some(column) = columns.get_mut(worse) {
                *column = None;
            }
        }
    }
    Ok(())
}

fn guess(columns: &[Option<Target>], stem: &str) -> ImportKind {
    let has = |target: &Target| columns.iter().flatten().any(|column| column == target);
    let addressed = has(&Target::Email) || has(&Target::Phone);
    // A petition asks for reasons too: only a file of addresses, reasons and days is a list of stops by its columns.
    let narrow = columns.iter().flatten().all(|column| {
        matches!(
            column,
            Target::Email | Target::Phone | Target::Reason | Target::Since | Target::Time | Target::GiftDay
        )
    });
    let stem = stem.to_ascii_lowercase().replace(['_', ' '], "-");
    let stops = [
        "suppress",
        "unsubscribe",
        "blocklist",
        "blacklist",
        "do-not-mail",
        "do-not-contact",
        "opt-out",
        "optout",
    ];
    if !addressed && has(&Target::PostalCode) && has(&Target::Area) {
        ImportKind::Areas
    } else if (has(&Target::Reason) && has(&Target::Since) && narrow)
        || stops.iter().any(|word| stem.contains(word))
    {
        ImportKind::Suppressions
    } else if has(&Target::Amount) && has(&Target::GiftDay) {
        ImportKind::Gifts
    } else {
        ImportKind::Supporters
    }
}

/// Drops what a kind of file does not use; a lone `date` is when the person signed up.
fn settle(columns: &mut [Option<Target>], kind: ImportKind) {
    let has_time = columns.iter().flatten().any(|target| *target == Target::Time);
    for column in columns {
        let Some(target) = column else { continue };
        let keep = match kind {
            ImportKind::Gifts => !matches!(target, Target::Reason | Target::Since),
            ImportKind::Supporters => {
                if *target == Target::GiftDay && !has_time {
                    *target = Target::Time;
                }
                !matches!(target, Target::Reason | Target::Since | Target::Amount | Target::GiftDay)
            }
            ImportKind::Suppressions => {
                if matches!(target, Target::Time | Target::GiftDay) {
                    *target = Target::Since;
                }
                matches!(target, Target::Email | Target::Phone | Target::Reason | Target::Since)
            }
            ImportKind::Areas => matches!(target, Target::PostalCode | Target::Area),
        };
        if !keep {
            *column = None;
        }
    }
}
