//! A leaked workbook: the bytes are one sheet inside an archive, so that what is fuzzed is the reader and not the zip.
#![no_main]

use hustings_trace::read_leak;
use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const PARTS: [(&str, &str); 4] = [
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    ("[Content_Types].xml", r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
];

fuzz_target!(|bytes: &[u8]| {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in PARTS.iter().map(|(name, text)| (*name, text.as_bytes())).chain([("xl/worksheets/sheet1.xml", bytes)]) {
        writer.start_file(name, SimpleFileOptions::default()).expect("a part begins");
        writer.write_all(text).expect("a part is written");
    }
    let book = writer.finish().expect("an archive ends").into_inner();
    // Broken workbooks are refused; none may panic, and no address may be shown by `Debug`.
    if let Ok(rows) = read_leak(&book) {
        assert!(rows.iter().all(|row| row.place.sheet == 1 && !format!("{row:?}").contains('@')));
    }
    // The archive itself may be broken anywhere.
    let _refused = read_leak(&[b"PK\x03\x04".as_slice(), bytes].concat());
});
