//! What leaks look like: the same three people and a decoy's address, in a file of every kind.

use hustings_trace::{LeakRow, read_leak};
use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const ANN: &str = "ann.smith+news@mail.example";
const BO: &str = "bo@mail.example";
const CY: &str = "cy.o'neil@sub.mail.example";

fn emails(rows: &[LeakRow]) -> Vec<&str> {
    rows.iter().flat_map(|row| row.emails.iter().map(String::as_str)).collect()
}

fn phones(rows: &[LeakRow]) -> Vec<&str> {
    rows.iter().flat_map(|row| row.phones.iter().map(String::as_str)).collect()
}

fn read(file: &[u8]) -> Vec<LeakRow> {
    read_leak(file).unwrap()
}

#[test]
fn tables_with_any_separator_header_and_encoding() {
    for separator in [",", ";", "\t", "|", "^", " ; "] {
        for header in ["E-Mail", "kontakt", ""] {
            let mut lines: Vec<String> = vec![["no", header, "x"].join(separator)];
            for (number, address) in [ANN, BO, CY].into_iter().enumerate() {
                lines.push(
                    [&number.to_string(), &format!("\"{}\"", address.to_uppercase()), "1"].join(separator),
                );
            }
            let file = lines.join("\r\n");
            assert_eq!(emails(&read(file.as_bytes())), [ANN, BO, CY], "{file}");
            let wide: Vec<u8> = file.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(emails(&read(&wide)), [ANN, BO, CY], "{file}");
        }
    }
    // Names in Latin-1, in a Windows code page and in UTF-8 with its mark.
    for name in [&b"J\xf6rg"[..], b"Fran\xe7ois \x80", "\u{feff}J\u{f6}rg".as_bytes()] {
        let file = [name, b";", BO.as_bytes(), b"\n"].concat();
        assert_eq!(emails(&read(&file)), [BO]);
    }
    // No header, and the columns in another order on every line.
    assert_eq!(emails(&read(format!("{ANN},1\n2,{BO}\nx,y,{CY}").as_bytes())), [ANN, BO, CY]);
}

#[test]
fn addresses_only_phones_only_names_only() {
    assert_eq!(emails(&read(format!("{ANN}\n{BO}\n{CY}").as_bytes())).len(), 3);
    let rows = read(
        b"(802) 555-0100\n+1 802-555-0101\n802.555.0102\n8025550103\n001 802 555 0104\n+1 (802) 555 0105",
    );
    assert_eq!(
        phones(&rows),
        ["8025550100", "+18025550101", "8025550102", "8025550103", "+18025550104", "+18025550105"]
    );
    assert!(read(b"name,first\nSmith,Ann\nMiller,Bo\nO'Neil,Cy").is_empty(), "names alone say nothing");
}

#[test]
fn dumps_of_databases_and_json() {
    let sql = format!(
        "-- MySQL\nINSERT INTO `people` VALUES (1,'{ANN}','8025550100'),(2,'{BO}',NULL),(3,'{CY}','');\n"
    );
    let rows = read(sql.as_bytes());
    assert_eq!(emails(&rows).len(), 3);
    assert_eq!(rows.iter().map(|row| row.place.record).collect::<Vec<_>>(), [1, 2, 3]);
    let copy = format!("COPY people (id, mail) FROM stdin;\n1\t{ANN}\n2\t{BO}\n3\t{CY}\n\\.\n");
    assert_eq!(emails(&read(copy.as_bytes())), [ANN, BO, CY]);
    let lines =
        format!("{{\"mail\":\"{ANN}\",\"p\":{{\"q\":1}}}}\n{{\"mail\":\"{BO}\"}}\n{{\"m\":[\"{CY}\"]}}\n");
    assert_eq!(emails(&read(lines.as_bytes())), [ANN, BO, CY]);
    let array = format!("[{{\"mail\":\"{ANN}\"}},{{\"mail\":\"{BO}\"}}, {{\"mail\":\"{CY}\"}}]");
    let rows = read(array.as_bytes());
    assert_eq!(
        rows.iter().map(|row| row.place.to_string()).collect::<Vec<_>>(),
        ["row 1, record 1", "row 1, record 2", "row 1, record 3"]
    );
}

#[test]
fn free_prose_mail_and_cards() {
    let prose = format!("I got this from <{ANN}>; also ({BO}), \"Cy\" <mailto:{CY}>. Call (802) 555-0100!");
    let rows = read(prose.as_bytes());
    assert_eq!((emails(&rows), phones(&rows)), (vec![ANN, BO, CY], vec!["8025550100"]));
    let card = format!("BEGIN:VCARD\r\nEMAIL;TYPE=home:{ANN}\r\nTEL:+1-802-555-0100\r\nEND:VCARD\r\n");
    let rows = read(card.as_bytes());
    assert_eq!((emails(&rows), phones(&rows)), (vec![ANN], vec!["+18025550100"]));
    assert_eq!(emails(&read(format!("<td>{ANN}</td><td>{BO}</td>").as_bytes())), [ANN, BO]);
}

/// An edited address is another address: nobody is found by one that is not theirs.
#[test]
fn edited_addresses_are_not_the_same() {
    let edits = ["ANN.SMITH+NEWS@Mail.Example", "annsmith+news@mail.example", "ann.smith@mail.example"];
    let rows = read(edits.join("\n").as_bytes());
    assert_eq!(emails(&rows), [ANN, "annsmith+news@mail.example", "ann.smith@mail.example"]);
}

fn workbook(sheets: &[&str], strings: &[&str]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const DOC: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const REL: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let numbers = || 1..=sheets.len();
    let joined = |texts: &mut dyn Iterator<Item = String>| texts.collect::<String>();
    let listed =
        joined(&mut numbers().map(|n| format!("<sheet name=\"S{n}\" sheetId=\"{n}\" r:id=\"r{n}\"/>")));
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{DOC}/{kind}\" Target=\"{target}\"/>")
    };
    let sheet = |n: usize| relation(&format!("r{n}"), "worksheet", &format!("worksheets/sheet{n}.xml"));
    let shared = relation("s", "sharedStrings", "sharedStrings.xml");
    let relations = joined(&mut numbers().map(sheet).chain([shared]));
    let strings = joined(&mut strings.iter().map(|text| format!("<si><t>{text}</t></si>")));
    let root = relation("r", "officeDocument", "xl/workbook.xml");
    let mut parts = vec![
        ("_rels/.rels".to_owned(), format!("<Relationships xmlns=\"{REL}\">{root}</Relationships>")),
        (
            "xl/workbook.xml".to_owned(),
            format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{DOC}\"><sheets>{listed}</sheets></workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!("<Relationships xmlns=\"{REL}\">{relations}</Relationships>"),
        ),
        ("xl/sharedStrings.xml".to_owned(), format!("<sst xmlns=\"{MAIN}\">{strings}</sst>")),
    ];
    for (number, rows) in numbers().zip(sheets) {
        let sheet = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
        parts.push((format!("xl/worksheets/sheet{number}.xml"), sheet));
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn workbooks_are_read_sheet_by_sheet() {
    let first = r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>
        <row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2"><v>8025550100</v></c><c r="C2"><v>8025550101</v></c></row>
        <row r="5"><c r="B5" t="inlineStr"><is><t>bo@mail.example</t></is></c></row>"#;
    let second = r#"<row r="3"><c r="A3" t="str"><f>x</f><v>CY.O'NEIL@sub.mail.example</v></c></row>"#;
    let rows = read(&workbook(&[first, second], &["contact", ANN]));
    assert_eq!(emails(&rows), [ANN, BO, CY]);
    assert_eq!(phones(&rows), ["8025550100", "8025550101"], "numbers in two cells are two numbers");
    let places: Vec<String> = rows.iter().map(|row| row.place.to_string()).collect();
    assert_eq!(places, ["sheet 1, row 2", "sheet 1, row 5", "sheet 2, row 3"]);
}
