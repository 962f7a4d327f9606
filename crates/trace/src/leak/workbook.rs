//! Workbooks (XLSX): every cell of every sheet, row by row. The archive is unpacked once beforehand, counting what
//! comes out and not what it says of itself, so that a small file which becomes a huge one is refused first.

use super::{LONGEST_LINE, LeakError, LeakRow, MOST_RECORDS, Place};
use calamine::{DataRef, Reader as _, Xlsx};
use std::io::{Cursor, Read as _};

/// The most that a workbook may unpack to, in bytes.
pub const MOST_INFLATED: u64 = 1 << 30;
/// The most files in it.
pub const MOST_PARTS: usize = 2_000;

pub(super) fn rows(bytes: &[u8]) -> Result<Vec<LeakRow>, LeakError> {
    expect_bounded(bytes, MOST_INFLATED)?;
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(unread)?;
    let mut rows = Vec::new();
    let mut left = MOST_INFLATED;
    for (name, sheet) in book.sheet_names().into_iter().zip(1_u32..) {
        // A sheet that is a chart has no cells.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else { continue };
        let mut line: Option<(u32, Vec<u8>)> = None;
        let finish = |line: Option<(u32, Vec<u8>)>| {
            let (row, text) = line?;
            LeakRow::read(Place { sheet, line: u64::from(row) + 1, record: 0 }, &text)
        };
        while let Some(cell) = cells.next_cell().map_err(unread)? {
            let row = cell.get_position().0;
            if line.as_ref().is_none_or(|(open, _)| *open != row) {
                rows.extend(finish(line.replace((row, Vec::new()))));
            }
            if let Some((_, text)) = &mut line {
                // A text that the book holds once may be shown by every cell of it.
                let before = text.len();
                if shown(cell.get_value()) > LONGEST_LINE.saturating_sub(before) {
                    return Err(LeakError::Bomb);
                }
                write(text, cell.get_value());
                let more = u64::try_from(text.len() - before).unwrap_or(u64::MAX);
                left = left.checked_sub(more).ok_or(LeakError::Bomb)?;
            }
            if rows.len() > MOST_RECORDS {
                return Err(LeakError::TooManyRecords);
            }
        }
        rows.extend(finish(line));
    }
    Ok(rows)
}

fn unread(error: impl std::fmt::Display) -> LeakError {
    LeakError::Workbook(error.to_string())
}

/// How long the cell's text is, in bytes.
fn shown(value: &DataRef<'_>) -> usize {
    match value {
        DataRef::String(text) => text.len(),
        DataRef::SharedString(text) => text.len(),
        _ => 0,
    }
}

/// A tab and the cell's text: what stands in two cells is not one number.
fn write(line: &mut Vec<u8>, value: &DataRef<'_>) {
    line.push(b'\t');
    match value {
        DataRef::String(text) => line.extend_from_slice(text.as_bytes()),
        DataRef::SharedString(text) => line.extend_from_slice(text.as_bytes()),
        // A telephone number that the spreadsheet took for a number; whole ones are written without a point.
        DataRef::Float(number) => line.extend_from_slice(number.to_string().as_bytes()),
        DataRef::Int(number) => line.extend_from_slice(number.to_string().as_bytes()),
        _ => {}
    }
}

fn expect_bounded(bytes: &[u8], most: u64) -> Result<(), LeakError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unread)?;
    if archive.len() > MOST_PARTS {
        return Err(LeakError::Bomb);
    }
    let mut left = most;
    for part in 0..archive.len() {
        let file = archive.by_index(part).map_err(unread)?;
        let read = std::io::copy(&mut file.take(left + 1), &mut std::io::sink()).map_err(unread)?;
        left = left.checked_sub(read).ok_or(LeakError::Bomb)?;
    }
    if archive.index_for_name("xl/workbook.xml").is_none() {
        return Err(LeakError::NotRead("a zip archive that is no XLSX workbook"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn a_bomb_and_a_stranger_are_refused() {
        let large = "a".repeat(100_000);
        let bomb = zipped(&[("xl/workbook.xml", "<workbook/>"), ("xl/worksheets/sheet1.xml", &large)]);
        assert!(bomb.len() < 1_000);
        assert_eq!(expect_bounded(&bomb, 99_999), Err(LeakError::Bomb));
        assert_eq!(expect_bounded(&bomb, 100_011), Ok(()));
        let other = zipped(&[("word/document.xml", "a@b.org")]);
        assert!(matches!(rows(&other), Err(LeakError::NotRead(_))));
        let names: Vec<String> = (0..=MOST_PARTS).map(|n| n.to_string()).collect();
        let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
        assert_eq!(rows(&zipped(&many)), Err(LeakError::Bomb));
    }
}
