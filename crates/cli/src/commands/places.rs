//! `hustings places`: divisions, where postal codes lie, and who lives where.

use super::import::bar::counting_bar;
use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::people::places::{
    AreaPage, LoadReport, PlacesPage, Settled, Step, areas, load_divisions, load_postcodes, settle_people,
    show_area,
};
use hustings_app::{App, Result};
use hustings_domain::access::Actor;
use hustings_domain::area::AreaId;
use hustings_domain::money::group_thousands;
use indicatif::ProgressBar;
use jiff::civil::Date;
use std::path::{Path, PathBuf};

/// What to do with places.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Load a register of divisions: id,name,sameAs,sameAsNote,validThrough,validFrom
    #[command(after_help = "\
The files of https://github.com/opencivicdata/ocd-division-ids are such registers. Columns that are missing are left
blank, others are passed over. A file is in as a whole or not at all; the same file again changes nothing.")]
    Import {
        /// The file
        file: PathBuf,
    },
    /// Load where postal codes lie: `country,postal_code,area[,share,valid_from,valid_through]`
    #[command(after_help = "\
One row says that a code lies in an area, or partly: a share above a half makes the area a guess, which is never lent.
What earlier tables said of a code that this one names holds no more, and people of that code move at once.")]
    Postcodes {
        /// The file
        file: PathBuf,
    },
    /// Areas directly inside one, with how many people live there
    List {
        /// Inside this area, as an OCD division id [default: countries]
        #[arg(long)]
        inside: Option<AreaId>,
        /// Of this kind, such as sldl, however deep
        #[arg(long)]
        kind: Option<String>,
    },
    /// One area: what it lies in, what lies in it, who lives there, its postal codes
    Show {
        /// The area, as an OCD division id
        area: String,
    },
    /// Look at everybody again: for days on which divisions began or ended, or after a load that was cut off
    Settle,
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    let app = match verb {
        Verb::Import { .. } | Verb::Postcodes { .. } | Verb::Settle => opening::open(common)?,
        Verb::List { .. } | Verb::Show { .. } => opening::open_reading(common)?,
    };
    let actor = opening::actor(common, &app)?;
    match verb {
        Verb::Import { file } => load(&app, &actor, file, load_divisions, voice),
        Verb::Postcodes { file } => load(&app, &actor, file, load_postcodes, voice),
        Verb::List { inside, kind } => {
            let page = areas(&app, &actor, inside.as_ref(), kind.as_deref())?;
            voice.result(&page, |voice| list(&page, voice))
        }
        Verb::Show { area } => {
            let page = show_area(&app, &actor, area)?;
            voice.result(&page, |voice| show(&page, voice))
        }
        Verb::Settle => {
            let bar = Bar::new("people");
            let settled = settle_people(&app, &actor, &mut |step| bar.show(step));
            bar.0.finish_and_clear();
            let settled = settled?;
            voice.result(&settled, |voice| moved(settled, voice))
        }
    }
}

type Loading = fn(&App, &Actor, &Path, &mut dyn FnMut(Step)) -> Result<LoadReport>;

fn load(app: &App, actor: &Actor, file: &Path, load: Loading, voice: Voice) -> Result<()> {
    let bar = Bar::new(&file.file_name().unwrap_or_default().to_string_lossy());
    let report = load(app, actor, file, &mut |step| bar.show(step));
    bar.0.finish_and_clear();
    let report = report?;
    voice.result(&report, |voice| said(&report, voice))
}

struct Bar(ProgressBar);

impl Bar {
    fn new(what: &str) -> Self {
        Self(counting_bar(0, what))
    }

    fn show(&self, step: Step) {
        let (at, of) = match step {
            Step::Read(at, of) => (at, of),
            Step::Placed(at, of) => {
                self.0.set_message("people");
                (at, of)
            }
        };
        self.0.set_length(of);
        self.0.set_position(at);
    }
}

fn said(report: &LoadReport, voice: Voice) {
    let rows = [
        ("new", report.new),
        ("changed", report.changed),
        ("unchanged", report.unchanged),
        ("not taken", report.rejected),
        ("rows", report.rows),
    ];
    let rows = rows.into_iter().map(|(what, count)| vec![what.to_owned(), group_thousands(count)]);
    voice.table(&["", ""], &rows.collect::<Vec<_>>());
    for bad in &report.first_rejects {
        voice.say(format!("line {}: {}", bad.line, bad.reason));
    }
    if let Some(file) = &report.rejects_file {
        voice.say(format!("All rows that were not taken are in `{}`.", file.display()));
    }
    if report.ended > 0 {
        voice.say(format!("Rows of earlier tables that hold no more: {}.", group_thousands(report.ended)));
    }
    if report.changed_nothing() {
        voice.say("Nothing changed: the list knew all of it.");
    }
    if let Some(settled) = report.settled {
        moved(settled, voice);
    }
}

fn moved(settled: Settled, voice: Voice) {
    voice.say(format!(
        "{} of {} people live elsewhere now, or in more or fewer areas.",
        group_thousands(settled.moved),
        group_thousands(settled.looked_at)
    ));
}

fn day(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

fn list(page: &PlacesPage, voice: Voice) {
    if page.unsettled {
        voice.say("People are still to be moved after the last load: hustings places settle");
    }
    if page.rows.is_empty() {
        voice.say(if page.divisions == 0 {
            "No register is loaded. To load one: hustings places import FILE"
        } else {
            "No such area lies there."
        });
        return;
    }
    let row = |row: &hustings_app::people::places::AreaRow| {
        vec![
            row.id.to_string(),
            row.name.clone(),
            group_thousands(row.people),
            day(row.valid_from),
            day(row.valid_through),
            if row.ended { "ended" } else { "" }.to_owned(),
        ]
    };
    let heads = ["area", "name", "people", "from", "through", ""];
    voice.table(&heads, &page.rows.iter().map(row).collect::<Vec<_>>());
    let shown = u64::try_from(page.rows.len()).unwrap_or(0);
    if shown < page.of {
        voice.say(format!(
            "{} of {}: name an area or a kind, with --inside and --kind, to see others.",
            group_thousands(shown),
            group_thousands(page.of)
        ));
    }
}

fn show(page: &AreaPage, voice: Voice) {
    let row = &page.row;
    voice.say(format!("{}: {}", row.id, row.name));
    let lies_in: Vec<&str> = page.lies_in.iter().map(AreaId::as_str).collect();
    let kinds: Vec<String> =
        page.kinds.iter().map(|(kind, count)| format!("{kind} {}", group_thousands(*count))).collect();
    let codes: Vec<String> = page
        .first_codes
        .iter()
        .map(|(code, share)| match share {
            Some(share) => format!("{code} ({}%)", f64::from(*share) / 10.0),
            None => code.clone(),
        })
        .collect();
    let more = if page.codes > u64::try_from(codes.len()).unwrap_or(0) { " ..." } else { "" };
    let lines = [
        ("people", group_thousands(row.people)),
        ("valid from", day(row.valid_from)),
        ("valid through", day(row.valid_through)),
        ("lies in", lies_in.join(" > ")),
        ("holds", kinds.join(", ")),
        ("also known as", page.same_as.as_ref().map_or_else(String::new, ToString::to_string)),
        ("postal codes", format!("{}  {}{more}", group_thousands(page.codes), codes.join(", "))),
    ];
    for (what, text) in lines.into_iter().filter(|(_, text)| !text.is_empty()) {
        voice.say(format!("  {what:<14} {text}"));
    }
    if row.ended {
        let instead: Vec<&str> = page.instead.iter().map(AreaId::as_str).collect();
        voice.say(match instead.as_slice() {
            [] => "It has ended, and nothing is known to have taken its place.".to_owned(),
            some => format!("It has ended. Use {}", some.join(" or ")),
        });
    }
}
