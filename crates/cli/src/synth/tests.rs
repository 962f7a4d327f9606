//! Reads the files back with a plain reader of CSV and holds what it sees against the truth.

use super::*;
use hustings_domain::consent::ConsentState::{self, Given, Refused, Unknown};
use std::collections::{BTreeMap, BTreeSet};

const PLAN: Plan = Plan { people: 3_000, seed: 42, today: jiff::civil::date(2026, 3, 2) };

struct Read {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Read {
    fn cell<'a>(&self, row: &'a [String], column: &str) -> &'a str {
        row[self.header.iter().position(|name| name == column).unwrap()].trim()
    }
    /// The rows that a careful import takes.
    fn good(&self) -> impl Iterator<Item = &Vec<String>> {
        self.rows.iter().filter(|row| row.len() == self.header.len())
    }
}

fn read(file: &WrittenFile, separator: u8) -> Read {
    let bytes = std::fs::read(&file.path).unwrap();
    let text = if file.path.ends_with("newsletter-export.csv") {
        assert!(std::str::from_utf8(&bytes).is_err(), "the old export is not UTF-8");
        encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned()
    } else {
        String::from_utf8(bytes).unwrap()
    };
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
    let header = rows.next().unwrap();
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), file.rows as usize, "{}", file.path.display());
    Read { header, rows }
}

fn normal(address: &str) -> Option<String> {
    let address = address.trim().to_lowercase().replace("bücher", "xn--bcher-kva");
    let (local, domain) = address.split_once('@')?;
    let sane = !local.is_empty()
        && domain.contains('.')
        && !domain.contains("..")
        && !address.contains(char::is_whitespace)
        && !domain.contains('@');
    sane.then_some(address)
}

fn said(cell: &str) -> ConsentState {
    match cell.to_lowercase().as_str() {
        "yes" | "y" | "1" | "true" => Given,
        "no" | "n" | "0" | "false" => Refused,
        "" => Unknown,
        other => panic!("{other} is no word of consent"),
    }
}

#[test]
fn the_files_say_what_the_truth_says() {
    let dir = tempfile::tempdir().unwrap();
    let Written { files, truth } = write(dir.path(), &PLAN).unwrap();
    let [areas, stops, newsletter, petition, donors] = files.as_slice() else { panic!("five files") };
    let areas = read(areas, b',');
    let district_of: BTreeMap<&str, &str> =
        areas.rows.iter().map(|row| (areas.cell(row, "postal_code"), areas.cell(row, "sldl"))).collect();
    let stopped: BTreeSet<String> =
        read(stops, b',').rows.iter().map(|row| normal(&row[0]).unwrap()).collect();
    assert_eq!(stopped.len(), truth.suppression_addresses as usize);

    let (newsletter_rows, petition_rows) = (read(newsletter, b';'), read(petition, b','));
    let mut appeals: BTreeMap<String, ConsentState> = BTreeMap::new();
    let mut district: BTreeMap<String, String> = BTreeMap::new();
    let mut declared: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, read, address, consent, postal) in [
        (newsletter, &newsletter_rows, "Email Address", "APPEALS_FROM_OTHERS", "ZIP"),
        (petition, &petition_rows, "email", "hear_appeals", "zip"),
    ] {
        let wrong = read.rows.iter().filter(|row| row.len() != read.header.len()).count();
        let blank = read.good().filter(|row| row.iter().all(String::is_empty)).count();
        assert_eq!((wrong, blank), (file.wrong_width as usize, file.blank as usize));
        let mut broken = 0;
        for row in read.good() {
            let Some(address) = normal(read.cell(row, address)) else {
                broken += u32::from(!read.cell(row, address).is_empty());
                continue;
            };
            let state = appeals.entry(address.clone()).or_insert(Unknown);
            *state = state.stricter(said(read.cell(row, consent)));
            let code = format!("{:0>5}", read.cell(row, postal).split('-').next().unwrap());
            if let Some(found) = district_of.get(code.as_str()) {
                assert_eq!(*district.entry(address.clone()).or_insert_with(|| (*found).to_owned()), *found);
            }
            if let Some(column) = read.header.iter().position(|name| name == "ocd_division") {
                if !row[column].is_empty() {
                    district.insert(address.clone(), row[column].clone());
                }
                let issues = read.cell(row, "issues").split(';').filter(|issue| !issue.trim().is_empty());
                let issues = issues.map(|text| hustings_domain::words::Slug::from_free_text(text).unwrap());
                declared.entry(address).or_default().extend(issues.map(|issue| issue.to_string()));
            }
        }
        assert_eq!(broken, file.broken_addresses);
    }
    let donors_rows = read(donors, b'\t');
    let (mut gifts, mut cents) = (0, 0_i64);
    for row in donors_rows.good().filter(|row| normal(&row[0]).is_some()) {
        let amount = row[2].trim().replace(['$', ','], "");
        let (whole, odd) = amount.split_once('.').unwrap_or((&amount, "00"));
        cents += whole.parse::<i64>().unwrap() * 100 + odd.parse::<i64>().unwrap();
        gifts += 1;
        appeals.entry(normal(&row[0]).unwrap()).or_insert(Unknown);
    }
    assert_eq!((gifts, cents), (truth.gifts, truth.given.0));

    let hears = |address: &String| appeals[address].counts() && !stopped.contains(address);
    assert_eq!(appeals.len(), truth.all.people as usize);
    assert_eq!(appeals.keys().filter(|address| hears(address)).count(), truth.all.appeals as usize);
    assert_eq!(
        appeals.keys().filter(|address| stopped.contains(*address)).count(),
        truth.suppressed as usize
    );
    let mut seen: BTreeMap<(&str, &str), (u32, u32)> = BTreeMap::new();
    for (address, district) in &district {
        for issue in declared.get(address).into_iter().flatten() {
            let counts = seen.entry((district, issue)).or_default();
            counts.0 += 1;
            counts.1 += u32::from(hears(address));
        }
    }
    for (district, told) in &truth.districts {
        for (issue, counts) in &told.by_issue {
            assert_eq!(
                seen[&(district.as_str(), *issue)],
                (counts.people, counts.appeals),
                "{district} {issue}"
            );
        }
    }
    assert_eq!(seen.len(), truth.districts.values().map(|told| told.by_issue.len()).sum::<usize>());
}

#[test]
fn the_mess_is_all_there() {
    let dir = tempfile::tempdir().unwrap();
    let Written { files, truth } = write(dir.path(), &PLAN).unwrap();
    let rows: u32 = files.iter().map(|file| file.rows).sum();
    assert!((3_900..4_500).contains(&rows), "{rows}");
    assert!(
        (0.35..0.45).contains(&(f64::from(truth.all.appeals) / f64::from(truth.all.people))),
        "{truth:?}"
    );
    assert!(truth.all.volunteering > truth.all.money && truth.all.money > 0);
    assert!(truth.contradicted > 20 && truth.phone_only > 10 && truth.broken_address > 5, "{truth:?}");
    assert!(truth.suppressed > 50 && truth.all.people < PLAN.people);
    assert_eq!(truth.districts.len(), 12);
    let sizes: Vec<u32> = truth.districts.values().map(|told| told.all.people).collect();
    assert!(sizes.iter().max().unwrap() > &(2 * sizes.iter().min().unwrap()), "skewed: {sizes:?}");
    for file in &files[2..4] {
        assert!(file.wrong_width > 0 && file.blank > 0 && file.broken_addresses > 0, "{file:?}");
    }
    let petition = std::fs::read_to_string(&files[3].path).unwrap();
    assert!(petition.starts_with("\u{feff}email,"));
    for trace in ["漢字", "Ł", "=HYPERLINK", "@SUM", "\n\n", "\"Mo\""] {
        assert!(petition.contains(trace), "{trace}");
    }
    let newsletter = std::fs::read(&files[2].path).unwrap();
    assert!(newsletter.windows(5).any(|bytes| bytes == b"Mu\xf1oz"));
}

#[test]
fn the_same_plan_writes_the_same_bytes_and_another_seed_does_not() {
    let small = Plan { people: 300, ..PLAN };
    let bytes = |plan: &Plan| -> Vec<Vec<u8>> {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), plan).unwrap().files.iter().map(|file| std::fs::read(&file.path).unwrap()).collect()
    };
    let first = bytes(&small);
    assert_eq!(first, bytes(&small));
    assert_eq!(
        first[0],
        bytes(&Plan { seed: 1, ..small })[0],
        "the table of postal codes is always the same"
    );
    assert_ne!(first[2], bytes(&Plan { seed: 1, ..small })[2]);
}

#[test]
fn a_list_of_nobody_is_written_too() {
    let dir = tempfile::tempdir().unwrap();
    let written = write(dir.path(), &Plan { people: 0, ..PLAN }).unwrap();
    assert_eq!(written.truth.all, Counts::default());
    assert_eq!(written.files.iter().map(|file| file.rows).sum::<u32>(), 23, "the table of postal codes");
}
