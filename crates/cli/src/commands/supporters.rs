//! `hustings supporters`: what a person asked for, one person at a time or by a file of addresses.

use super::attribute::named_value;
use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::{ArgGroup, Args, Subcommand};
use hustings_app::people::attributes::state;
use hustings_app::people::correct::{Change, correct};
use hustings_app::people::export::{PersonExport, export_person};
use hustings_app::people::object::{ObjectTo, object, object_in_bulk};
use hustings_app::people::{BulkReport, erase, show};
use hustings_app::{App, Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::ids::SupporterId;
use hustings_vault::Field;
use serde_json::json;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};

/// What to do with a supporter.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Everything held on the person with this exact address
    Show {
        /// The e-mail address; `-` reads it from standard input, so that it stands in no shell history
        email: String,
    },
    /// Write everything held on a person into files for that person: a page to read and JSON for programs
    Export(Export),
    /// Put fields of a person right; stops move along to a new address, and borrowers are told
    Correct {
        /// The e-mail address as it is now; `-` reads it from standard input
        email: String,
        /// `FIELD=VALUE`, such as `given-name=Ann`; `phone=` makes it blank
        #[arg(long = "set", value_name = "FIELD=VALUE", required_unless_present = "attribute")]
        set: Vec<String>,
        /// `NAME=VALUE`, such as `party=green`: an attribute, self-given from then on; `party=` takes it away
        #[arg(long = "attribute", value_name = "NAME=VALUE")]
        attribute: Vec<String>,
    },
    /// Forget people: record, attributes and key go, borrowers are told, the stop stays
    Erase(Whom),
    /// Keep an objection: a stop of one purpose or of everything, whether or not the person is on the list
    Object {
        /// Who objects.
        #[command(flatten)]
        whom: Whom,
        /// A purpose of the charter, or `everything`
        #[arg(long, value_name = "PURPOSE")]
        to: String,
    },
}

/// Where an export goes.
#[derive(Debug, Args)]
pub struct Export {
    /// The e-mail address; `-` reads it from standard input
    pub email: String,
    /// A folder, which gets `person.html` and `person.json`; or a file, whose ending says which of the two
    #[arg(long, value_name = "DIR|FILE")]
    pub to: PathBuf,
    /// The page alone
    #[arg(long)]
    pub html: bool,
}

/// One person, or a file of addresses.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("whom").required(true).args(["email", "file"])))]
pub struct Whom {
    /// The e-mail address; `-` reads it from standard input
    pub email: Option<String>,
    /// A file with one e-mail address a line; `-` reads standard input. Run again after a kill: it goes on
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Say what would be done with the file, and change nothing
    #[arg(long, requires = "file")]
    pub dry_run: bool,
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    let app = match verb {
        Verb::Show { .. } | Verb::Export(_) => opening::open_or_beside(common)?,
        Verb::Correct { .. } | Verb::Erase(_) | Verb::Object { .. } => opening::open(common)?,
    };
    let actor = opening::actor(common, &app)?;
    match verb {
        Verb::Show { email } => {
            let held = export_person(&app, &actor, who(&app, &actor, email)?)?;
            voice.result(&held.json, |voice| voice.say(held.json_text().trim_end()))
        }
        Verb::Export(options) => export(&app, &actor, options, voice),
        Verb::Correct { email, set, attribute } => {
            let changes = set.iter().map(|text| change(text)).collect::<Result<Vec<_>>>()?;
            let stated = attribute.iter().map(|text| named_value(text)).collect::<Result<Vec<_>>>()?;
            let person = who(&app, &actor, email)?;
            let corrected = correct(&app, &actor, person, &changes)?;
            let mut attributes = Vec::new();
            for (name, value) in stated {
                if state(&app, &actor, person, name, value)? {
                    attributes.push(name);
                }
            }
            voice.result(&corrected, |voice| {
                if !attributes.is_empty() {
                    voice.say(format!("By their own word from now on: {}.", attributes.join(", ")));
                }
                if corrected.fields.is_empty() && !attributes.is_empty() {
                    return;
                }
                if corrected.fields.is_empty() {
                    voice.say("It says that already; nothing was changed.");
                    return;
                }
                let fields: Vec<&str> = corrected.fields.iter().map(|field| field.as_str()).collect();
                voice.say(format!("Put right: {}.", fields.join(", ")));
                if corrected.stopped {
                    voice.say("Their address is stopped, and stays so.");
                }
                if corrected.borrowers_told > 0 {
                    voice.say(format!(
                        "{} rows of copies hold what was wrong; their borrowers are told.",
                        corrected.borrowers_told
                    ));
                }
            })
        }
        Verb::Erase(whom) => match &whom.file {
            Some(file) => {
                let report = erase::erase_in_bulk(&app, &actor, &mut *reader(file)?, whom.dry_run)?;
                said(&report, "forgotten", voice)
            }
            None => erase_one(&app, &actor, whom.email.as_deref().unwrap_or_default(), voice),
        },
        Verb::Object { whom, to } => {
            let to: ObjectTo = to.parse().map_err(|why: String| Refusal::invalid("objection.to", why))?;
            if let Some(file) = &whom.file {
                let report = object_in_bulk(&app, &actor, &mut *reader(file)?, &to, whom.dry_run)?;
                return said(&report, "stopped", voice);
            }
            let objected = object(&app, &actor, &address(whom.email.as_deref().unwrap_or_default())?, &to)?;
            voice.result(&objected, |voice| {
                voice.say(match (objected.changed, objected.on_list) {
                    (true, true) => format!("Stopped for ever: {to}."),
                    (true, false) => {
                        format!("Nobody on the list has this address; {to} is stopped for it all the same.")
                    }
                    (false, _) => format!("That was stopped before: {to}."),
                });
            })
        }
    }
}

fn address(email: &str) -> Result<String> {
    if email == "-" { opening::read_text(Path::new("-")) } else { Ok(email.to_owned()) }
}

fn who(app: &App, actor: &Actor, email: &str) -> Result<SupporterId> {
    show::find_by_email(app, actor, &address(email)?)?.ok_or_else(|| {
        Refusal::not_found("supporter.unknown", "nobody on the list has this address")
            .hint("it must match exactly; capitals and spaces do not matter")
    })
}

fn reader(path: &Path) -> Result<Box<dyn BufRead>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    let file = File::open(path).map_err(|error| {
        Refusal::invalid("file.unreadable", format!("`{}` cannot be read", path.display())).because(error)
    })?;
    Ok(Box::new(BufReader::new(file)))
}

fn change(text: &str) -> Result<Change> {
    let wrong = |why: String| {
        Refusal::invalid("correction.field", why).hint("write it as FIELD=VALUE, such as given-name=Ann")
    };
    let (field, text) =
        text.split_once('=').ok_or_else(|| wrong("a correction names a field and its value".to_owned()))?;
    let field: Field =
        field.parse().map_err(|error: hustings_vault::identity::UnknownField| wrong(error.to_string()))?;
    Ok(Change { field, text: text.to_owned() })
}

fn erase_one(app: &App, actor: &Actor, email: &str, voice: Voice) -> Result<()> {
    let erased = erase::erase(app, actor, who(app, actor, email)?)?;
    voice.result(&json!({"borrowers_told": erased.notices}), |voice| {
        voice.say(
            "Forgotten: the record, every attribute and the key are gone. The stop stays, as a keyed hash.",
        );
        if erased.notices > 0 {
            voice.say(format!(
                "{} rows of copies handed over must be erased too; their borrowers are told.",
                erased.notices
            ));
        }
    })
}

/// The report of a file, which adds up to its lines.
fn said(report: &BulkReport, done: &str, voice: Voice) -> Result<()> {
    voice.result(report, |voice| {
        let rows = [
            (done, report.done),
            ("done before", report.already),
            ("said twice in the file", report.repeated),
            ("not taken", report.rejected),
            ("blank lines and heading", report.blank + report.header),
            ("lines", report.lines),
        ];
        let rows = rows.into_iter().map(|(what, count)| vec![what.to_owned(), count.to_string()]);
        voice.table(&["", ""], &rows.collect::<Vec<_>>());
        for reject in report.rejects.iter().take(20) {
            voice.say(format!("line {}: {}", reject.line, reject.reason.words()));
        }
        if report.rejects.len() > 20 {
            voice.say(format!("and {} more lines; --json names them all", report.rejects.len() - 20));
        }
        if report.borrowers_told > 0 {
            voice.say(format!(
                "{} rows of copies handed over must be erased too; their borrowers are told.",
                report.borrowers_told
            ));
        }
        if report.dry_run {
            voice.say("A dry run: nothing was changed.");
        }
    })
}

fn export(app: &App, actor: &Actor, options: &Export, voice: Voice) -> Result<()> {
    // Whether anything can be written is known before the ledger says that it was handed out.
    let files = targets(options, voice.json)?;
    if let Some((taken, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err(Refusal::conflict("file.exists", format!("`{}` exists already", taken.display()))
            .hint("name another place; an export never overwrites"));
    }
    let held = export_person(app, actor, who(app, actor, &options.email)?)?;
    for (path, text) in &files {
        write_private(path, &text(&held))?;
    }
    let written: Vec<&PathBuf> = files.iter().map(|(path, _)| path).collect();
    voice.result(&json!({"files": written}), |voice| {
        for path in &written {
            voice.say(format!("Everything held on them is in `{}`.", path.display()));
        }
        voice.say("It is theirs: hand it over, and keep no copy.");
    })
}

type Text = fn(&PersonExport) -> String;

/// Which files an export writes: of a folder both, unless one was asked for; of a file the one that its name says.
fn targets(options: &Export, json: bool) -> Result<Vec<(PathBuf, Text)>> {
    let (page, data): (Text, Text) = (|held| held.html.clone(), PersonExport::json_text);
    if options.to.is_dir() {
        let mut files = Vec::new();
        if options.html || !json {
            files.push((options.to.join("person.html"), page));
        }
        if json || !options.html {
            files.push((options.to.join("person.json"), data));
        }
        return Ok(files);
    }
    match (options.to.extension().and_then(|ending| ending.to_str()), options.html, json) {
        (Some("html" | "htm"), _, _) | (_, true, false) => Ok(vec![(options.to.clone(), page)]),
        (Some("json"), _, _) | (_, false, true) => Ok(vec![(options.to.clone(), data)]),
        _ => Err(Refusal::invalid(
            "export.which",
            format!("`{}` is no folder, and its name does not say what to write", options.to.display()),
        )
        .hint("end it in .html or .json, or name a folder that exists")),
    }
}

/// Personal data in a file: nobody else on the machine may read it.
fn write_private(path: &Path, text: &str) -> Result<()> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| {
        Refusal::invalid("file.unwritable", format!("`{}` cannot be written", path.display())).because(error)
    })
}
