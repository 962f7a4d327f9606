//! Copies, traces and the ledger, as those who are logged in see them.

use super::super::views::Place;
use super::super::views::console::{
    Copies, Copy, CopyRow, EntryRow, HistoryRow, Import, ImportRow, Imports, LedgerEntry, LedgerPage,
    Suspect, Trace, TraceResult, Witness,
};
use super::super::views::parts::{Pager, Proof};
use super::{Page, Say, checkpoint, commands, frame, go, hash, plain, stop, terms, wait, when};
use askama::Template;

pub(super) fn pages(say: Say) -> Result<Vec<Page>, askama::Error> {
    Ok(vec![
        ("copies", copies(say).render()?),
        ("copies-empty", Copies { rows: Vec::new(), ..copies(say) }.render()?),
        ("copy", copy(say).render()?),
        ("copy-new", Copy { history: Vec::new(), may_export: false, ..copy(say) }.render()?),
        ("imports", imports(say).render()?),
        ("imports-empty", Imports { rows: Vec::new(), ..imports(say) }.render()?),
        ("import", import(say).render()?),
        ("trace", trace_form(say).render()?),
        ("trace-result", trace(say).render()?),
        ("ledger", ledger(say).render()?),
        ("ledger-empty", LedgerPage { rows: Vec::new(), witnesses: Vec::new(), ..ledger(say) }.render()?),
        ("entry", entry(say).render()?),
    ])
}

fn copies(say: Say) -> Copies {
    let row = |number, holder, loan, records, state| CopyRow {
        number,
        holder: say(holder),
        loan,
        records: say(records),
        state,
        when: when(say, "30 Sep 2026, 08:00"),
    };
    Copies {
        frame: frame(say, "3 copies are out, and 1 is to be erased", Place::Copies),
        rows: vec![
            row(9, "Jo Alvarez", 41, "312", go(say, "fetched")),
            row(8, "Green Mountain Transit Riders", 40, "1,204", wait(say, "ready")),
            row(7, "Dana Birk", 37, "395", stop(say, "to be erased")),
        ],
        pager: Pager::default(),
    }
}

fn imports(say: Say) -> Imports {
    let row = |file, lines, new, state| ImportRow {
        id: say("0193-7a1e"),
        file: say(file),
        lines: say(lines),
        new: say(new),
        changed: say("3,118"),
        rejected: say("204"),
        state,
        when: when(say, "30 Sep 2026, 08:00"),
    };
    Imports {
        frame: frame(say, "3 files brought in", Place::Supporters),
        rows: vec![
            row("petition-2026.csv.gz", "1,204,553", "811,020", wait(say, "400,000 of 1,204,553 rows")),
            row("export.zip/members.csv", "84,112", "12,004", go(say, "in")),
            row("spring-fair.csv", "312", "290", plain(say, "undone")),
        ],
        pager: Pager::default(),
    }
}

fn import(say: Say) -> Import {
    Import {
        frame: frame(say, "petition-2026.csv.gz brought 811,020 new", Place::Supporters),
        state: wait(say, "400,000 of 1,204,553 rows"),
        progress: Some(terms(
            say,
            &[("Rows in", "400,000 of 1,204,553"), ("At that rate it needs", "8 seconds")],
        )),
        terms: terms(say, &[("Taken for", "supporters"), ("Source", "petition-2026")]),
        account: terms(say, &[("New", "811,020"), ("Not taken", "204"), ("Lines in all", "1,204,553")]),
        rejects: terms(say, &[("the e-mail address is broken", "204")]),
        first_rejects: vec![say("line 41: the e-mail address is broken")],
        also: terms(say, &[("Consents given", "640,116")]),
        columns: vec![(say("Email Address"), say("email")), (say("Born"), say("number:birth-year"))],
        ignored: vec![say("comment")],
        undo: Some(say("hustings import undo 0193-7a1e")),
    }
}

fn copy(say: Say) -> Copy {
    let event = |kind, said, index| HistoryRow {
        when: when(say, "30 Sep 2026, 08:00"),
        kind,
        said: say(said),
        path: None,
        proof: Some(Proof { index }),
    };
    Copy {
        frame: frame(say, "Copy 9 is with Jo Alvarez", Place::Copies),
        number: 9,
        state: go(say, "fetched"),
        terms: terms(
            say,
            &[
                ("Held by", "Jo Alvarez, Alvarez for Burlington"),
                ("Loan", "41, \"Buses that come\""),
                ("Records", "312 people who said yes"),
                ("Fields", "name, e-mail, place"),
                ("To be erased by", "3 December 2026, or when she drops out"),
            ],
        ),
        hash: hash(say, "2c26b46b"),
        key_commitment: hash(say, "fcde2b2e"),
        history: vec![
            event(plain(say, "fetched"), "By Jo Alvarez, through the desk", 1190),
            event(plain(say, "made"), "By Ruth Okafor", 1181),
        ],
        needs_grant: true,
        may_export: true,
    }
}

fn trace_form(say: Say) -> Trace {
    Trace {
        frame: frame(say, "Trace a file to the copy it came from", Place::Copies),
        result: None,
        largest: say("200 MB"),
    }
}

fn trace(say: Say) -> Trace {
    let suspect = |copy, holder, verdict, evidence, rests_on| Suspect {
        copy: Some(copy),
        holder: say(holder),
        verdict,
        evidence: say(evidence),
        rests_on: say(rests_on),
    };
    Trace {
        frame: frame(say, "One copy is named as the source", Place::Copies),
        result: Some(TraceResult {
            said: say("The file came from copy 7, held by Dana Birk."),
            bound: say(
                "If copy 7 were innocent, a finding this strong would come up in at most 1 of 1,000 traces, whatever was done to the file.",
            ),
            file: say("402 rows, 389 of them on this list."),
            file_hash: hash(say, "d7a8fbb3"),
            suspects: vec![
                suspect(
                    7,
                    "Dana Birk",
                    stop(say, "accused"),
                    "2,300,000 to 1",
                    "14 of 15 planted records; none of the 20 held back",
                ),
                suspect(
                    9,
                    "Jo Alvarez",
                    plain(say, "not enough"),
                    "0.4 to 1",
                    "3 of 12 planted records; 2 held back",
                ),
                suspect(
                    8,
                    "Green Mountain Transit Riders",
                    go(say, "cleared"),
                    "0.0 to 1",
                    "no planted record of its own",
                ),
            ],
            proof: Some(Proof { index: 1203 }),
        }),
        largest: say("200 MB"),
    }
}

fn ledger(say: Say) -> LedgerPage {
    let row = |index, kind, said| EntryRow {
        index,
        when: when(say, "3 Oct 2026, 08:59"),
        kind: say(kind),
        said: say(said),
    };
    let witness = |name, state, at: Option<&str>, said: &str| Witness {
        name: say(name),
        state,
        when: at.map(|text| when(say, text)),
        said: if said.is_empty() { String::new() } else { say(said) },
    };
    LedgerPage {
        frame: frame(say, "1,204 decisions, each written before it took effect", Place::Ledger),
        size: say("1,204 entries"),
        checkpoint: checkpoint(say),
        commands: commands(say),
        witnesses: vec![
            witness("witness.example.net", wait(say, "missing"), None, "no answer: timeout"),
            witness("log-watch.example.org", go(say, "signed"), Some("3 Oct 2026, 09:00"), ""),
        ],
        tokens: true,
        rows: vec![
            row(1203, "file traced", "Copy 7 named, bound 1 in 1,000"),
            row(1199, "loan settled", "Loan 41, $412.30 in kind"),
            row(1181, "copy made", "Copy 9 of loan 41, 312 records"),
            row(1120, "send finished", "Loan 41, 4,212 sent, 222 held back"),
            row(1080, "loan cleared", "Loan 41, 3 of 4 votes, one recused"),
            row(1061, "vote cast", "Loan 41, approve, Northern wing"),
        ],
        pager: Pager {
            showing: say("1,203 to 1,061 of 1,204 entries"),
            newer: None,
            older: Some(say("/console/ledger?before=1061")),
        },
    }
}

fn entry(say: Say) -> LedgerEntry {
    let starts = ["1f40fc92", "5feceb66", "6b86b273", "d4735e3a", "4e074085", "4b227777"];
    LedgerEntry {
        frame: frame(say, "Entry 1061: a vote on loan 41", Place::Ledger),
        index: 1061,
        kind: say("vote cast"),
        when: when(say, "26 Sep 2026, 20:11"),
        leaf: say(
            "{\"at\":\"2026-09-27T00:11:09Z\",\"bound\":\"c0ffee125d41402abc4b2a76b9719d911017c592a9993e365d41402abc4b2a76\",\"kind\":\"vote\",\"loan\":41,\"vote\":\"approve\",\"wing\":\"northern\"}",
        ),
        leaf_hash: hash(say, "b1946ac9").full,
        path: starts.map(|start| hash(say, start).full).to_vec(),
        tree_size: 1204,
        root: hash(say, "ef2d127d").full,
        checkpoint: checkpoint(say),
        commands: commands(say),
        about: Some((say("/console/loans/41"), say("Loan 41"))),
    }
}
