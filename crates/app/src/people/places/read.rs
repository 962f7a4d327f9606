//! Reading files of places, line by line in constant memory: divisions as the register of Open Civic Data has them
//! (`id,name,sameAs,sameAsNote,validThrough,validFrom`), and postal codes with the areas that they lie in.

mod lines;

use crate::people::import::{date, mend_postal, postal_key};
use crate::refusal::{Refusal, Result};
use hustings_domain::area::{AreaId, Division};
use hustings_store::records::PostalPlace;
use hustings_vault::{PostalCode, Region};
use jiff::civil::Date;
use lines::{Line, next_line, split};
use std::borrow::Cow;
use std::fmt;
use std::io::BufRead;

/// The longest line, in bytes.
pub const MAX_LINE: usize = 16 * 1024;
/// The most rows of one file.
const MOST_ROWS: u64 = 5_000_000;
/// The longest name of a division, in characters.
const MAX_NAME: usize = 200;

/// Why a row is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BadRow {
    /// Longer than [`MAX_LINE`].
    TooLong,
    /// No UTF-8.
    NotText,
    /// A quote that is not closed on its line.
    OpenQuote,
    /// More cells than the header has columns.
    TooManyColumns,
    /// No division id.
    NotAnArea,
    /// `sameAs` is no division id, or the division itself.
    NotAnAlias,
    /// A day that is none.
    NotADay,
    /// Valid through a day before the one that it is valid from.
    EndsBeforeItBegins,
    /// No postal code.
    NotACode,
    /// A country that is none.
    NotACountry,
    /// No share between nothing and all.
    NotAShare,
    /// The file has said it before.
    SaidBefore,
}

impl BadRow {
    /// In a sentence, with what is allowed.
    pub fn words(self) -> &'static str {
        match self {
            Self::TooLong => "the line is longer than 16 KiB",
            Self::NotText => "the line is not UTF-8",
            Self::OpenQuote => "a quote is not closed on its line",
            Self::TooManyColumns => "the row has more cells than the header",
            Self::NotAnArea => "the area is not a division id such as ocd-division/country:us/state:vt",
            Self::NotAnAlias => "sameAs is not the id of another division",
            Self::NotADay => "a day is not written as 2013-01-03 or 2013",
            Self::EndsBeforeItBegins => "it is valid through a day before the one that it is valid from",
            Self::NotACode => "the row has no postal code",
            Self::NotACountry => "the country is not two letters such as us",
            Self::NotAShare => "the share is not a number from 0 to 1, or from 0% to 100%",
            Self::SaidBefore => "an earlier row of the file says it already, and that one counts",
        }
    }
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// One row: its line, its text, and what it says or why it says nothing.
pub type Row<'a, T> = (u64, &'a str, std::result::Result<T, BadRow>);

/// Reads a register of divisions; `each` gets every row, in order, and may end the reading.
pub fn read_divisions(file: impl BufRead, each: impl FnMut(Row<'_, Division>) -> Result<()>) -> Result<()> {
    let find = |header: &Header| {
        let id = header.column(&["id", "ocdid", "ocddivisionid"]);
        Ok(Divisions {
            id: id.ok_or_else(|| Refusal::invalid("places.no-id", "a register of divisions needs a column `id`")
                .hint("columns as in the repository ocd-division-ids: id,name,sameAs,sameAsNote,validThrough,validFrom"))?,
            name: header.column(&["name"]),
            same_as: header.column(&["sameas"]),
            from: header.column(&["validfrom"]),
            through: header.column(&["validthrough"]),
        })
    };
    rows(file, find, division, each)
}

/// Reads a table of postal codes; one code may have several rows.
pub fn read_postcodes(
    file: impl BufRead,
    each: impl FnMut(Row<'_, PostalPlace>) -> Result<()>,
) -> Result<()> {
    let find = |header: &Header| {
        let need = |found: Option<usize>, what: &str| {
            found.ok_or_else(|| {
                Refusal::invalid("places.no-code", format!("a table of postal codes needs a column for {what}"))
                    .hint("columns such as country,postal_code,area,share,valid_from,valid_through; the last three may be missing")
            })
        };
        Ok(Codes {
            country: header.column(&["country", "countrycode"]),
            code: need(
                header.column(&["postalcode", "postcode", "zip", "zipcode", "zcta", "zcta5", "code"]),
                "the code",
            )?,
            area: need(
                header.column(&["area", "areaid", "ocdid", "ocddivision", "ocddivisionid", "division", "id"]),
                "the area",
            )?,
            share: header.column(&["share", "ratio", "weight"]),
            from: header.column(&["validfrom"]),
            through: header.column(&["validthrough"]),
        })
    };
    rows(file, find, postal_place, each)
}

struct Divisions {
    id: usize,
    name: Option<usize>,
    same_as: Option<usize>,
    from: Option<usize>,
    through: Option<usize>,
}

struct Codes {
    country: Option<usize>,
    code: usize,
    area: usize,
    share: Option<usize>,
    from: Option<usize>,
    through: Option<usize>,
}

/// The first line of a file.
struct Header(Vec<String>);

impl Header {
    /// The column of one of these names, written in whatever way.
    fn column(&self, names: &[&str]) -> Option<usize> {
        let plain = |name: &String| -> String {
            name.chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|letter| letter.to_ascii_lowercase())
                .collect()
        };
        self.0.iter().position(|name| names.contains(&plain(name).as_str()))
    }
}

type Cells<'a> = [Cow<'a, str>];

fn rows<C, T>(
    mut file: impl BufRead,
    find: impl FnOnce(&Header) -> Result<C>,
    read: fn(&C, &Cells<'_>) -> std::result::Result<T, BadRow>,
    mut each: impl FnMut(Row<'_, T>) -> Result<()>,
) -> Result<()> {
    let mut bytes = Vec::new();
    let first = next_line(&mut file, &mut bytes)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default().trim_start_matches('\u{feff}');
    if !matches!(first, Some(Line::Whole)) || text.trim().is_empty() {
        return Err(Refusal::invalid(
            "places.no-header",
            "the file does not begin with a line of column names",
        )
        .hint("it is a table with cells between commas, semicolons or tabs, in UTF-8"));
    }
    let separator = [',', '\t', ';']
        .into_iter()
        .max_by_key(|sign| (text.matches(*sign).count(), *sign == ','))
        .unwrap_or(',');
    let header =
        split(text, separator).unwrap_or_default().into_iter().map(|name| name.trim().to_owned()).collect();
    let header = Header(header);
    let columns = find(&header)?;
    let (mut line, mut taken) = (1, 0);
    while let Some(read_so) = next_line(&mut file, &mut bytes)? {
        line += 1;
        let text = match (read_so, std::str::from_utf8(&bytes)) {
            (Line::TooLong, _) => {
                each((line, "", Err(BadRow::TooLong)))?;
                continue;
            }
            (Line::Whole, Err(_)) => {
                each((line, "", Err(BadRow::NotText)))?;
                continue;
            }
            (Line::Whole, Ok(text)) => text,
        };
        if text.trim().is_empty() {
            continue;
        }
        taken += 1;
        if taken > MOST_ROWS {
            return Err(Refusal::invalid(
                "places.too-many",
                format!("the file has more than {MOST_ROWS} rows"),
            )
            .hint("cut it into several files, each with the header"));
        }
        let found = match split(text, separator) {
            None => Err(BadRow::OpenQuote),
            Some(cells)
                if cells.len() > header.0.len()
                    && cells.iter().skip(header.0.len()).any(|cell| !cell.trim().is_empty()) =>
            {
                Err(BadRow::TooManyColumns)
            }
            Some(cells) => read(&columns, &cells),
        };
        each((line, text, found))?;
    }
    Ok(())
}

fn cell<'a>(cells: &'a Cells<'_>, column: Option<usize>) -> &'a str {
    column.and_then(|column| cells.get(column)).map_or("", |cell| cell.trim())
}

fn division(columns: &Divisions, cells: &Cells<'_>) -> std::result::Result<Division, BadRow> {
    let id = area(cell(cells, Some(columns.id))).ok_or(BadRow::NotAnArea)?;
    let (valid_from, valid_through) = days(cells, columns.from, columns.through)?;
    let same_as = match cell(cells, columns.same_as) {
        "" => None,
        text => Some(area(text).filter(|other| *other != id).ok_or(BadRow::NotAnAlias)?),
    };
    let name: String = cell(cells, columns.name)
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(MAX_NAME)
        .collect();
    let name = if name.is_empty() { id.label() } else { name };
    Ok(Division { id, name, same_as, valid_from, valid_through })
}

fn postal_place(columns: &Codes, cells: &Cells<'_>) -> std::result::Result<PostalPlace, BadRow> {
    let area = area(cell(cells, Some(columns.area))).ok_or(BadRow::NotAnArea)?;
    let text = cell(cells, Some(columns.code));
    // `us/05401`, or a column of its own, or else the country of the area.
    let (named, text) = match text.split_once('/') {
        Some((country, code)) => (country, code),
        None => (cell(cells, columns.country), text),
    };
    let country = if named.is_empty() { area.country().to_owned() } else { named.to_lowercase() };
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err(BadRow::NotACountry);
    }
    let region = if country == "us" { Region::NorthAmerica } else { Region::International };
    let code = PostalCode::parse(&mend_postal(text, region)).map_err(|_| BadRow::NotACode)?;
    let code = postal_key(code.reveal()).to_owned();
    let (valid_from, valid_through) = days(cells, columns.from, columns.through)?;
    let share = match cell(cells, columns.share) {
        "" => None,
        text => Some(share(text).ok_or(BadRow::NotAShare)?),
    };
    Ok(PostalPlace { country, code, area, valid_from, valid_through, share })
}

fn area(text: &str) -> Option<AreaId> {
    text.to_lowercase().parse().ok()
}

type Days = (Option<Date>, Option<Date>);

fn days(cells: &Cells<'_>, from: Option<usize>, through: Option<usize>) -> std::result::Result<Days, BadRow> {
    let from = day(cell(cells, from), (1, 1))?;
    let through = day(cell(cells, through), (12, 31))?;
    match (from, through) {
        (Some(from), Some(through)) if through < from => Err(BadRow::EndsBeforeItBegins),
        days => Ok(days),
    }
}

/// A day; of a year alone, the one of it that is meant.
fn day(text: &str, (month, of_month): (i8, i8)) -> std::result::Result<Option<Date>, BadRow> {
    if text.is_empty() {
        return Ok(None);
    }
    let year = (text.len() == 4).then(|| text.parse::<i16>().ok()).flatten();
    let found = year.and_then(|year| Date::new(year, month, of_month).ok()).or_else(|| date(text));
    // The register knows nothing of before the common era, and the store keeps no year 0.
    found.filter(|day| day.year() > 0).map(Some).ok_or(BadRow::NotADay)
}

/// A share in thousands.
fn share(text: &str) -> Option<u16> {
    let (text, whole) = text.strip_suffix('%').map_or((text, 1.0), |text| (text.trim_end(), 100.0));
    let part: f64 = text.parse().ok()?;
    let part = part / whole;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between nothing and a thousand"
    )]
    (0.0..=1.0).contains(&part).then(|| (part * 1000.0).round() as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divisions(text: &str) -> Vec<(u64, std::result::Result<Division, BadRow>)> {
        let mut found = Vec::new();
        read_divisions(text.as_bytes(), |(line, _, row)| {
            found.push((line, row));
            Ok(())
        })
        .unwrap();
        found
    }

    fn postcodes(text: &str) -> Vec<std::result::Result<PostalPlace, BadRow>> {
        let mut found = Vec::new();
        read_postcodes(text.as_bytes(), |(_, _, row)| {
            found.push(row);
            Ok(())
        })
        .unwrap();
        found
    }

    #[test]
    fn a_register_reads_and_says_which_lines_are_bad() {
        let long = "x".repeat(MAX_LINE + 5);
        let text = format!(
            "\u{feff}id,name,sameAs,sameAsNote,validThrough,validFrom\r\n\
             ocd-division/country:us/state:vt,\"Vermont, \"\"the\"\" state\",,,,\r\n\
             \n\
             ocd-division/country:us/state:il/cd:19,Gone,,,2013-01-03,1873\n\
             vermont,x,,,,\n\
             ocd-division/country:us/state:nh,x,,,tomorrow,\n\
             ocd-division/country:us/state:nh,x,,,2010,2012\n\
             ocd-division/country:us/state:nh,x,elsewhere,,,\n\
             ocd-division/country:us/state:nh,\"x,,,,\n\
             ocd-division/country:us/state:nh,x,,,,,,more\n\
             {long}\n\
             ocd-division/country:us/state:me,Maine,ocd-division/country:us/state:nh,,,"
        );
        let found = divisions(&text);
        let day = |text: &str| Some(text.parse::<Date>().unwrap());
        let first = found[0].1.clone().unwrap();
        assert_eq!((found[0].0, first.name.as_str()), (2, "Vermont, \"the\" state"));
        let gone = found[1].1.clone().unwrap();
        assert_eq!(
            (found[1].0, gone.valid_from, gone.valid_through),
            (4, day("1873-01-01"), day("2013-01-03"))
        );
        let bad: Vec<_> = found.iter().filter_map(|(line, row)| Some((*line, row.clone().err()?))).collect();
        assert_eq!(
            bad,
            [
                (5, BadRow::NotAnArea),
                (6, BadRow::NotADay),
                (7, BadRow::EndsBeforeItBegins),
                (8, BadRow::NotAnAlias),
                (9, BadRow::OpenQuote),
                (10, BadRow::TooManyColumns),
                (11, BadRow::TooLong),
            ]
        );
        assert_eq!(found[9].1.clone().unwrap().same_as.unwrap().last(), "nh");
    }

    #[test]
    fn a_table_of_codes_reads() {
        let found = postcodes(
            "country;postal_code;area;share;valid_from;valid_through\n\
             US;5401-1234;ocd-division/country:us/state:vt;;2023-01-01;\n\
             ;us/05402;OCD-division/country:us/state:vt;75%;;\n\
             ;K1A 0B1;ocd-division/country:ca;0.25;;\n\
             usa;05401;ocd-division/country:us;;;\n\
             ;;ocd-division/country:us;;;\n\
             ;05401;ocd-division/country:us;1.5;;\n\
             ;05401;ocd-division/country:us;NaN;;\n",
        );
        let codes: Vec<_> = found.iter().take(3).map(|row| row.clone().unwrap()).collect();
        let shown: Vec<_> =
            codes.iter().map(|row| (row.country.as_str(), row.code.as_str(), row.share)).collect();
        assert_eq!(shown, [("us", "05401", None), ("us", "05402", Some(750)), ("ca", "K1A 0B1", Some(250))]);
        let bad: Vec<_> = found.iter().skip(3).map(|row| row.clone().unwrap_err()).collect();
        assert_eq!(bad, [BadRow::NotACountry, BadRow::NotACode, BadRow::NotAShare, BadRow::NotAShare]);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_stop_a_reader(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let file = [b"id,name,sameAs,validThrough,validFrom\n", bytes.as_slice()].concat();
            let (mut before, mut rows) = (1, 0);
            let read = read_divisions(file.as_slice(), |(line, text, _)| {
                assert!(line > before && text.len() <= MAX_LINE);
                (before, rows) = (line, rows + 1);
                Ok(())
            });
            assert!(read.is_ok(), "{read:?}");
            assert!(rows <= bytes.split(|byte| *byte == b'\n').count());
            let file = [b"country;zip;area;share\n", bytes.as_slice()].concat();
            assert!(read_postcodes(file.as_slice(), |_| Ok(())).is_ok());
        }
    }

    #[test]
    fn a_file_without_the_columns_is_refused_whole() {
        for (text, code) in [("", "places.no-header"), ("name\nx\n", "places.no-id")] {
            assert_eq!(read_divisions(text.as_bytes(), |_| Ok(())).unwrap_err().code, code);
        }
        assert_eq!(read_postcodes("zip,x\n".as_bytes(), |_| Ok(())).unwrap_err().code, "places.no-code");
    }
}
