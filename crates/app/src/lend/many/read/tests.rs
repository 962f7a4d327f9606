//! The same rows in three spellings, bad rows, and files that are none.

use super::*;

const SHARED: &str = "ask = \"volunteer\"\ncloses = 2026-10-31\nfields = [\"email\"]\n[appeal]\n\
    subject = \"{{ candidate.borrower }} asks you\"\npaid_for_by = \"Paid for by {{ candidate.payer }}.\"\n\
    body = \"Dear {{ given_name }}, I stand for {{ candidate.seat }}.\"\n";

fn lines(file: &ManyFile) -> Vec<(usize, String, std::result::Result<String, String>)> {
    let subject = |row: &ManyRow| row.request.clone().map(|request| request.appeal.subject);
    file.rows.iter().map(|row| (row.line, row.borrower.clone(), subject(row))).collect()
}

#[test]
fn a_csv_a_toml_and_a_json_say_the_same() {
    let csv = "Borrower,Area,Issues,Payer,Seat,Cap\n\
        Jo,ocd-division/country:us/state:vt/sldl:4,housing; water,Jo's people,District 4,\"5,000\"\n";
    let toml = format!(
        "[shared]\n{}\n[[request]]\nborrower = \"Jo\"\narea = \"ocd-division/country:us/state:vt/sldl:4\"\n\
         issues = [\"housing\", \"water\"]\ncap = 5000\n[request.values]\npayer = \"Jo's people\"\nseat = \"District 4\"\n",
        SHARED.replace("[appeal]", "[shared.appeal]")
    );
    let csv = ManyFile::parse(csv, SHARED).unwrap();
    let toml = ManyFile::parse(&toml, "").unwrap();
    let shared: toml::Table = toml::from_str(SHARED).unwrap();
    let json = serde_json::json!({"shared": plain(shared), "requests": [{"borrower": "Jo", "cap": 5000,
        "area": "ocd-division/country:us/state:vt/sldl:4", "issues": ["housing", "water"],
        "values": {"payer": "Jo's people", "seat": "District 4"}}]});
    let json = ManyFile::parse(&json.to_string(), "").unwrap();
    let whole = |file: &ManyFile| serde_json::to_value(file.rows[0].request.as_ref().unwrap()).unwrap();
    assert_eq!(whole(&csv), whole(&toml));
    assert_eq!(whole(&csv), whole(&json));
    assert_eq!(whole(&csv)["appeal"]["body"], "Dear {{ given_name }}, I stand for District 4.");
    assert_eq!(whole(&csv)["closes"], "2026-11-01T00:00:00Z");
    assert_eq!((csv.rows[0].line, toml.rows[0].line, json.rows[0].line), (2, 10, 1));
    assert!(csv.unused.is_empty(), "{:?}", csv.unused);
}

#[test]
fn a_bad_row_says_its_line_and_stops_no_other() {
    let area = "ocd-division/country:us/state:vt/sldl:4";
    let csv = format!(
        "borrower,area,payer,seat,hero,cap\n\
         Jo,{area},P,\"District\n4\",x,\nKim,{area},P,D 5,x,\nLee,{area},P,,x,\nMo,{area},P,D 6\n\
         No,nowhere,P,D 7,x,\nOz,{area},P,D 8,x,many\nPi,{area},P,D 9,x,\n"
    );
    let file = ManyFile::parse(&csv, SHARED).unwrap();
    let seen = lines(&file);
    let ok: Vec<&str> = seen.iter().filter(|row| row.2.is_ok()).map(|row| row.1.as_str()).collect();
    assert_eq!(ok, ["Kim", "Pi"]);
    let why = |line: usize| seen.iter().find(|row| row.0 == line).unwrap().2.clone().unwrap_err();
    assert!(why(2).contains("`seat` is not one line"));
    assert!(why(5).contains("this row has no `seat`"));
    assert!(why(6).contains("4 cells"));
    assert!(why(7).contains("nowhere"));
    assert!(why(8).contains("no whole number"));
    assert_eq!(file.unused, ["hero"]);
}

#[test]
fn what_is_no_table_or_too_much_is_refused_whole() {
    let code = |text: &str| ManyFile::parse(text, "").unwrap_err().causes[0].clone();
    assert!(code("name,area\nJo,x\n").contains("no column `borrower`"));
    assert!(code("borrower,borrower\nJo,x\n").contains("two columns"));
    assert!(code("borrower\n").contains("no row"));
    assert!(code("[]").contains("no row"));
    assert!(code("{\"requests\": 3}").contains("did not match"));
    assert!(code("[[request]]\nborrower = ").contains("TOML"));
    assert!(code(&format!("borrower\n{}", "Jo\n".repeat(501))).contains("at most 500 rows"));
    assert!(code(&"x".repeat(MOST_BYTES + 1)).contains("1024 KiB"));
    assert!(ManyFile::parse("borrower\nJo\n", "ask = ").is_err());
}
