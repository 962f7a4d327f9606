//! The table that leaves: references, the columns that a loan offers, and cells that no spreadsheet runs.

use crate::refusal::{Refusal, Result};
use hustings_domain::ids::{CopyNumber, Ordinal};
use hustings_domain::words::Slug;
use hustings_store::records::CopyRow;
use hustings_vault::{Field, Identity};

/// A row before it has its place: an introduced person, or a seed.
pub(super) struct Row {
    /// The person; none for a seed.
    pub(super) ordinal: Option<Ordinal>,
    /// What stands in each column, empty for what was not ticked.
    pub(super) cells: Vec<String>,
    /// Where it comes in the keyed order.
    pub(super) place: [u8; 32],
}

/// The reference of the row at `position` (from 0), such as `C-1-0007`.
fn reference(number: CopyNumber, position: usize) -> String {
    format!("{number}-{:04}", position + 1)
}

/// Writes the rows in their keyed order, so that neither the order of the list nor the seeds' places show.
pub(super) fn write(
    number: CopyNumber,
    columns: &[Field],
    mut rows: Vec<Row>,
) -> Result<(Vec<u8>, Vec<CopyRow>)> {
    rows.sort_unstable_by_key(|row| row.place);
    let failed = |error: csv::Error| Refusal::internal("the copy's table cannot be written").because(error);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = std::iter::once("reference").chain(columns.iter().map(|field| field.as_str()));
    writer.write_record(header).map_err(failed)?;
    let mut kept = Vec::with_capacity(rows.len());
    for (position, row) in rows.into_iter().enumerate() {
        let reference = reference(number, position);
        let cells = std::iter::once(reference.clone()).chain(row.cells.iter().map(|cell| harmless(cell)));
        writer.write_record(cells).map_err(failed)?;
        let passed = columns.iter().zip(&row.cells).filter(|(_, cell)| !cell.is_empty());
        let fields: Vec<Slug> = passed.filter_map(|(field, _)| field.as_str().parse().ok()).collect();
        kept.push(CopyRow { reference, ordinal: row.ordinal, fields });
    }
    let file = writer
        .into_inner()
        .map_err(|error| Refusal::internal("the copy's table cannot be written").because(error))?;
    Ok((file, kept))
}

/// The same file without the rows of these references.
pub(super) fn without(file: &[u8], references: &[String]) -> Result<Vec<u8>> {
    let failed = |error: csv::Error| Refusal::internal("the copy's table does not read back").because(error);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file);
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in reader.records() {
        let record = record.map_err(failed)?;
        if !record.get(0).is_some_and(|reference| references.iter().any(|gone| gone == reference)) {
            writer.write_record(&record).map_err(failed)?;
        }
    }
    writer
        .into_inner()
        .map_err(|error| Refusal::internal("the copy's table cannot be written").because(error))
}

/// One row of a copy with the fields that were corrected since, blank where nothing is known any more.
pub(super) fn corrected(reference: &str, fields: &[Field], identity: &Identity) -> Result<Vec<u8>> {
    let failed = |error: csv::Error| Refusal::internal("the correction cannot be written").because(error);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = std::iter::once("reference").chain(fields.iter().map(|field| field.as_str()));
    writer.write_record(header).map_err(failed)?;
    let cells = fields.iter().map(|field| harmless(identity.get(*field).unwrap_or_default()));
    writer.write_record(std::iter::once(reference.to_owned()).chain(cells)).map_err(failed)?;
    writer.into_inner().map_err(|error| Refusal::internal("the correction cannot be written").because(error))
}

/// A cell that a spreadsheet shows and does not run: what begins like a formula gets an apostrophe before it.
/// A telephone number is `+` and digits, which is a number and no formula.
pub(crate) fn harmless(cell: &str) -> String {
    let is_phone = cell.strip_prefix('+').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_phone {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_do_not_run_and_numbers_stay() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2", "'-2"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("+18025550100", "+18025550100"),
            ("Ada", "Ada"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), written);
        }
    }

    #[test]
    fn rows_are_ordered_by_key_and_can_be_taken_out() {
        let row = |place: u8, ordinal, cells: [&str; 2]| Row {
            ordinal,
            cells: cells.map(str::to_owned).to_vec(),
            place: [place; 32],
        };
        let rows =
            vec![row(9, Some(Ordinal(1)), ["a@x.example", ""]), row(1, None, ["b@x.example", "=B, \"C\""])];
        let (file, kept) = write(CopyNumber(3), &[Field::Email, Field::City], rows).unwrap();
        let text = String::from_utf8(file.clone()).unwrap();
        assert_eq!(
            text,
            "reference,email,city\nC-3-0001,b@x.example,\"'=B, \"\"C\"\"\"\nC-3-0002,a@x.example,\n"
        );
        assert_eq!(kept[1].ordinal, Some(Ordinal(1)));
        assert_eq!(kept[1].fields, ["email".parse().unwrap()]);
        let less = String::from_utf8(without(&file, &["C-3-0001".to_owned()]).unwrap()).unwrap();
        assert_eq!(less, "reference,email,city\nC-3-0002,a@x.example,\n");
    }
}
