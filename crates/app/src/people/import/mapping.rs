//! A mapping file: which column is what, where the program would not know or would guess otherwise.

use super::ImportKind;
use super::target::{FIELDS, Target};
use crate::refusal::{Refusal, Result};
use hustings_domain::facts::Origin;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A mapping file, read: `[columns]` with `"Header" = "field"`, and `kind`, `origin` and `separator` above it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    pub(super) columns: BTreeMap<String, Target>,
    pub(super) kind: Option<ImportKind>,
    pub(super) origin: Option<Origin>,
    pub(super) separator: Option<u8>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Text {
    kind: Option<ImportKind>,
    origin: Option<Origin>,
    separator: Option<char>,
    #[serde(default)]
    columns: BTreeMap<String, String>,
}

impl Mapping {
    /// Reads a mapping file's text.
    pub fn from_toml(text: &str) -> Result<Self> {
        let wrong = |message: String| {
            Refusal::invalid("import.mapping", message).hint(format!("a column is one of {FIELDS}"))
        };
        let read: Text = toml::from_str(text)
            .map_err(|error| wrong("the mapping cannot be read".to_owned()).because(error.message()))?;
        let mut columns = BTreeMap::new();
        for (header, field) in read.columns {
            let target = field
                .parse()
                .map_err(|()| wrong(format!("`{header}` is mapped to `{field}`, which is no field")))?;
            columns.insert(header, target);
        }
        let separator = match read.separator {
            None => None,
            Some(letter) => Some(
                u8::try_from(letter)
                    .ok()
                    .filter(|byte| super::detect::SEPARATORS.contains(byte))
                    .ok_or_else(|| {
                        wrong(format!("`{letter}` is not a separator: comma, semicolon, tab or bar"))
                    })?,
            ),
        };
        Ok(Self { columns, kind: read.kind, origin: read.origin, separator })
    }

    /// Corrects it by `My column=email`; the column's name may have `=` in it, the field's has none.
    pub fn correct(&mut self, correction: &str) -> Result<()> {
        let wrong = |message: String| {
            Refusal::invalid("import.mapping", message).hint(format!("a column is one of {FIELDS}"))
        };
        let (header, field) = correction
            .rsplit_once('=')
            .map(|(header, field)| (header.trim(), field.trim()))
            .filter(|(header, _)| !header.is_empty())
            .ok_or_else(|| wrong(format!("`{correction}` is not written as `My column=email`")))?;
        let target = field
            .parse()
            .map_err(|()| wrong(format!("`{header}` is mapped to `{field}`, which is no field")))?;
        self.columns.insert(header.to_owned(), target);
        Ok(())
    }

    /// As the text of a mapping file.
    pub fn to_toml(&self) -> Result<String> {
        let text = Text {
            kind: self.kind,
            origin: self.origin,
            separator: self.separator.map(char::from),
            columns: self.columns.iter().map(|(header, target)| (header.clone(), target.name())).collect(),
        };
        toml::to_string(&text)
            .map_err(|error| Refusal::internal("a mapping cannot be written").because(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_reads_and_says_what_is_wrong() {
        let mapping = Mapping::from_toml(
            "kind = \"supporters\"\norigin = \"imported\"\nseparator = \";\"\n[columns]\n\"Correo\" = \"email\"\n",
        )
        .unwrap();
        assert_eq!(mapping.columns.get("Correo"), Some(&Target::Email));
        assert_eq!((mapping.kind, mapping.separator), (Some(ImportKind::Supporters), Some(b';')));
        let refusal = Mapping::from_toml("[columns]\nx = \"colour\"\n").unwrap_err();
        assert_eq!(refusal.message, "`x` is mapped to `colour`, which is no field");
        assert_eq!(Mapping::from_toml(&mapping.to_toml().unwrap()).unwrap(), mapping);
        assert!(Mapping::from_toml("separator = \"x\"").is_err());
        assert!(Mapping::from_toml("colums = 1").is_err());
    }

    #[test]
    fn a_correction_reads_from_its_end() {
        let mut mapping = Mapping::default();
        mapping.correct(" a=b = number:birth-year").unwrap();
        mapping.correct("Correo=email").unwrap();
        mapping.correct("Correo=ignore").unwrap();
        let names: Vec<_> =
            mapping.columns.iter().map(|(header, target)| (header.as_str(), target.name())).collect();
        assert_eq!(names, [("Correo", "ignore".to_owned()), ("a=b", "number:birth-year".to_owned())]);
        for wrong in ["Correo", "=email", "Correo=colour", ""] {
            assert_eq!(mapping.correct(wrong).unwrap_err().code, "import.mapping", "{wrong}");
        }
    }
}
