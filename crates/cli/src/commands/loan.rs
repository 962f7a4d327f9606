//! `hustings loan`: the life of a reach loan.

mod list;
mod many;
mod send;
mod show;

use super::board::act;
use crate::args::Common;
use crate::opening::{self, read_text};
use crate::output::Voice;
use clap::{Subcommand, ValueEnum};
use hustings_app::board::{self, Intent, Matter, Outcome};
use hustings_app::lend::{self, DivideBy, LoanChange, RequestFile, Requested};
use hustings_app::{App, Kind, Refusal, Result, access};
use hustings_domain::access::Actor;
use hustings_domain::area::AreaId;
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::{Ballot, Decision};
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::{Appeal, Narrower};
use hustings_domain::words::Slug;
use jiff::Timestamp;
use serde_json::json;
use std::path::PathBuf;

/// What to do with loans.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Ask for a loan with a request file (docs/request.example.toml), or for many candidates with one file
    #[command(after_help = "Examples:\n  hustings loan request request.toml\n  \
        hustings loan request --many candidates.csv --shared appeal.toml          looks at each row\n  \
        hustings loan request --many candidates.csv --shared appeal.toml --file   files those that qualify")]
    Request {
        /// TOML or JSON; with --many also CSV; `-` reads standard input
        #[arg(value_name = "FILE")]
        path: PathBuf,
        /// The file has a row for each candidate; says of each whether it qualifies, and files nothing
        #[arg(long)]
        many: bool,
        /// What the rows share, as TOML: any field of a request, and the appeal
        #[arg(long, value_name = "FILE", requires = "many")]
        shared: Option<PathBuf>,
        /// File the rows that qualify; the same file again files nothing again
        #[arg(long, requires = "many")]
        file: bool,
        /// Where the rows go that are not taken [default: FILE.rejects.csv]
        #[arg(long, value_name = "FILE", requires = "many")]
        rejects: Option<PathBuf>,
    },
    /// Change the appeal, or ask for less; votes on what stood before are void
    Edit {
        /// The loan, such as L-1
        loan: LoanNumber,
        /// TOML with subject, body and `paid_for_by`; without it the appeal stays
        file: Option<PathBuf>,
        /// Fewer people at most
        #[arg(long, value_name = "PEOPLE")]
        cap: Option<u32>,
        /// A field that a yes may still pass, once for each; the others are left out
        #[arg(long = "field", value_name = "FIELD")]
        fields: Vec<Slug>,
        /// A later start, such as 2026-09-20T00:00:00Z
        #[arg(long, value_name = "INSTANT")]
        opens: Option<Timestamp>,
        /// An earlier end
        #[arg(long, value_name = "INSTANT")]
        closes: Option<Timestamp>,
    },
    /// Every loan
    List,
    /// One loan, from request to settlement
    Show {
        /// The loan, such as L-1
        loan: LoanNumber,
    },
    /// A noised reach, charged to the borrower's budget
    Estimate {
        /// The loan, such as L-1
        loan: LoanNumber,
    },
    /// A noised reach in parts: by issue, by a kind of division, or by areas you name
    #[command(
        after_help = "Parts in which nobody can be twice cost one question together; issues cost one each.\n\nExamples:\n  hustings loan divide L-1 --by county\n  hustings loan divide L-1 --by issue\n  hustings loan divide L-1 --area ocd-division/country:us/state:vt/sldl:1 --area ocd-division/country:us/state:vt/sldl:2"
    )]
    Divide {
        /// The loan, such as L-1
        loan: LoanNumber,
        /// `issue`, or a kind of division in the register of places, such as `county`
        #[arg(long, required_unless_present = "area", conflicts_with = "area", value_name = "WHAT")]
        by: Option<String>,
        /// An area inside the request's; give it twice or more
        #[arg(long, value_name = "AREA")]
        area: Vec<AreaId>,
    },
    /// Speak as a trustee: approve, approve-if, refuse, recuse, challenge, uphold, reject
    Vote {
        /// The loan, such as L-1
        loan: LoanNumber,
        /// What you say
        say: Say,
        /// The condition, the reason, or whom you challenge
        #[arg(long)]
        because: Option<String>,
        /// The trustee challenged or ruled on, by name or address
        #[arg(long)]
        who: Option<String>,
        /// The hash of the text you read (`loan show` prints it)
        #[arg(long, value_name = "HASH")]
        content: Option<String>,
        /// Your key (`hustings board key new`), where what you say has to be signed
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// Vote in the stead of this trustee, who is away and made you their delegate
        #[arg(long, value_name = "NAME")]
        seat: Option<String>,
    },
    /// Ask the board to look again at what it refused: once, by fresh votes
    #[command(after_help = "Example: hustings loan review L-1 --because 'the text says now who pays'")]
    Review {
        /// The loan, such as L-1
        loan: LoanNumber,
        /// What it should look at
        #[arg(long)]
        because: String,
    },
    /// Begin a cleared loan, or go on with it: the pilot first, the rest when it has been watched
    Send {
        /// The loan, such as L-1
        loan: LoanNumber,
    },
    /// Halt a send at once
    Pause {
        /// The loan, such as L-1
        loan: LoanNumber,
        /// Why
        #[arg(long)]
        because: String,
    },
    /// Say as a trustee that another's emergency pause must hold
    #[command(after_help = "Example: hustings loan confirm-pause L-1 --key ~/trustee.key")]
    ConfirmPause {
        /// The loan, such as L-1
        loan: LoanNumber,
        /// Your key (`hustings board key new`), where what you say has to be signed
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// Let a halted send go on
    Resume {
        /// The loan, such as L-1
        loan: LoanNumber,
        /// Why
        #[arg(long)]
        because: String,
        /// Ask a trustee to grant it, for the reason given; then say the same without this
        #[arg(long)]
        ask: bool,
    },
    /// Price and close a loan
    Settle {
        /// The loan, such as L-1
        loan: LoanNumber,
    },
}

/// What a trustee can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Say {
    /// Yes to exactly this text
    Approve,
    /// Yes once something is changed
    ApproveIf,
    /// No
    Refuse,
    /// I have an interest
    Recuse,
    /// Another has an interest
    Challenge,
    /// The challenged trustee stays out
    Uphold,
    /// The challenged trustee may vote
    Reject,
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    let app = match verb {
        Verb::List | Verb::Show { .. } => opening::open_reading(common)?,
        Verb::Resume { ask: true, .. } => opening::open_or_beside(common)?,
        _ => opening::open(common)?,
    };
    let actor = opening::actor(common, &app)?;
    match verb {
        Verb::Request { path, many: false, .. } => {
            request(&app, &actor, RequestFile::parse(&read_text(path)?)?, voice)
        }
        Verb::Request { path, shared, file, rejects, .. } => {
            let shared = shared.as_deref().map(read_text).transpose()?.unwrap_or_default();
            let many = many::Job { path, shared: &shared, files: *file, rejects: rejects.as_deref() };
            many::run(&app, &actor, &many, voice)
        }
        Verb::Edit { loan, file, cap, fields, opens, closes } => {
            let read = |file: &PathBuf| -> Result<Appeal> {
                toml::from_str(&read_text(file)?).map_err(|error| {
                    Refusal::invalid("appeal.unreadable", "the appeal cannot be read").because(error)
                })
            };
            let fields = (!fields.is_empty()).then(|| fields.clone());
            let to = Narrower { cap: *cap, fields, opens: *opens, closes: *closes };
            let change = LoanChange { appeal: file.as_ref().map(read).transpose()?, to };
            let loan = lend::edit_loan(&app, &actor, *loan, change)?;
            voice.result(&loan, |voice| {
                voice.say(format!("{} is changed; the board votes on it anew.", loan.number));
            })
        }
        Verb::List => list::run(&app, &actor, voice),
        Verb::Show { loan } => show::run(&app, &actor, *loan, voice),
        Verb::Estimate { loan } => {
            let estimated = lend::estimate(&app, &actor, *loan)?;
            voice.result(&estimated, |voice| {
                voice.say(format!("{loan} can reach {}.", estimated.answer.words()));
                if estimated.repeated {
                    voice.say("This was answered before; asking again costs nothing and tells nothing new.");
                }
                voice.say(format!("About {} more questions are left this season.", estimated.questions_left));
            })
        }
        Verb::Divide { loan, by, area } => divide(&app, &actor, *loan, (by.as_deref(), area), voice),
        Verb::Vote { loan, say, because, who, content, key, seat } => {
            let options = Spoken {
                say: *say,
                because: because.as_deref(),
                who: who.as_deref(),
                content: content.as_deref(),
                seat: seat.as_deref(),
            };
            let intent = intent(&app, *loan, &options)?;
            let Outcome::Decided(decision) = act(&app, &actor, intent, key.as_deref())? else {
                return Err(Refusal::internal("what was said on a loan decided nothing"));
            };
            let words = decision_words(&decision);
            voice.result(&json!({"decision": words}), |voice| voice.say(format!("{loan}: {words}.")))
        }
        Verb::Review { loan, because } => {
            let loan = board::ask_for_review(&app, &actor, *loan, because)?;
            voice.result(&loan, |voice| voice.say(format!("The board looks at {} again.", loan.number)))
        }
        Verb::Send { loan } => send::run(&app, &actor, *loan, common, voice),
        Verb::Pause { loan, because } => {
            hustings_app::send::pause(&app, &actor, *loan, because)?;
            voice.result(&json!({"loan": loan, "state": "paused"}), |voice| {
                voice.say(format!("{loan} is paused."));
            })
        }
        Verb::ConfirmPause { loan, key } => {
            act(&app, &actor, Intent::ConfirmPause { loan: *loan }, key.as_deref())?;
            voice.result(&json!({"loan": loan, "state": "paused"}), |voice| {
                voice.say(format!("{loan} stays paused until a steward resumes it."));
            })
        }
        Verb::Resume { loan, because, ask: true } => {
            super::grant::ask(&app, &actor, hustings_app::send::act_of_resuming(*loan), because, voice)
        }
        Verb::Resume { loan, because, ask: false } => {
            hustings_app::send::resume(&app, &actor, *loan, because)?;
            voice.result(&json!({"loan": loan, "state": "sending"}), |voice| {
                voice.say(format!(
                    "{loan} may go on; `hustings loan send {loan}` sends it, or the running server does."
                ));
            })
        }
        Verb::Settle { loan } => {
            let outcome = lend::settle(&app, &actor, *loan)?;
            voice.result(&outcome, |voice| {
                voice.say(format!(
                    "{loan} is settled: {} people addressed, {} introduced, worth {} in kind.",
                    outcome.deliveries.accepted, outcome.introduced, outcome.value
                ));
            })
        }
    }
}

fn divide(
    app: &App,
    actor: &Actor,
    loan: LoanNumber,
    (by, areas): (Option<&str>, &[AreaId]),
    voice: Voice,
) -> Result<()> {
    let by = match by {
        None => DivideBy::Areas(areas.to_vec()),
        Some("issue") => DivideBy::Issue,
        Some(kind) => DivideBy::Kind(kind.to_owned()),
    };
    let divided = lend::divide(app, actor, loan, &by)?;
    voice.result(&divided, |voice| {
        voice.say(format!("{loan} can reach {}.", divided.shown.words()));
        for part in &divided.parts {
            voice.say(format!("  {}  {}", part.name, part.answer.words()));
        }
        if divided.repeated {
            voice.say("This was answered before; asking again costs nothing and tells nothing new.");
        } else {
            let price = if divided.questions == 1 {
                "1 question".to_owned()
            } else {
                format!("{} questions", divided.questions)
            };
            voice.say(format!("It cost {price}."));
        }
        voice.say(format!("About {} more questions are left this season.", divided.questions_left));
    })
}

fn request(app: &App, actor: &Actor, file: RequestFile, voice: Voice) -> Result<()> {
    match lend::request(app, actor, file)? {
        Requested::Accepted { loan, checks } => voice.result(&json!({"loan": loan, "checks": checks}), |voice| {
            voice.say(format!("{} is asked for. The board votes on text {}.", loan.number, loan.content_hash().map_or_else(|_| String::new(), |hash| hash.short())));
            for check in &checks {
                voice.say(format!("  kept: {}", check.rule));
            }
            voice.say(format!("Next: `hustings loan estimate {0}`, and trustees vote with `hustings loan vote {0} approve`.", loan.number));
        }),
        Requested::Refused { checks } => {
            let refusal = Refusal::new(Kind::Denied, "request.charter", "the charter refuses this request");
            Err(checks.iter().filter(|check| !check.passed).fold(refusal, |refusal, check| {
                let refusal = refusal.because(&check.rule);
                match &check.instead {
                    Some(instead) => refusal.hint(instead),
                    None => refusal,
                }
            }))
        }
    }
}

/// What stands on the command line.
struct Spoken<'a> {
    say: Say,
    because: Option<&'a str>,
    who: Option<&'a str>,
    content: Option<&'a str>,
    seat: Option<&'a str>,
}

fn intent(app: &App, loan: LoanNumber, spoken: &Spoken<'_>) -> Result<Intent> {
    let matter = Matter::Loan(loan);
    let reason = || {
        spoken
            .because
            .map(str::to_owned)
            .ok_or_else(|| Refusal::invalid("vote.reason", "say why").hint("add --because 'the reason'"))
    };
    let other = || {
        let named = spoken
            .who
            .ok_or_else(|| Refusal::invalid("vote.who", "say which trustee").hint("add --who 'the name'"))?;
        access::user_named(app, named).map(|user| user.id)
    };
    Ok(match spoken.say {
        Say::Uphold | Say::Reject => {
            Intent::Rule { matter, against: other()?, upheld: spoken.say == Say::Uphold }
        }
        Say::Recuse => Intent::Recuse { matter, reason: reason()? },
        Say::Challenge => Intent::Challenge { matter, against: other()?, reason: reason()? },
        Say::Approve | Say::ApproveIf | Say::Refuse => {
            let content = spoken.content.and_then(ContentHash::parse).ok_or_else(|| {
                Refusal::invalid("vote.content", "a vote binds to the text you read").hint(format!(
                    "`hustings loan show {loan}` prints the text and its hash; give it with --content"
                ))
            })?;
            let ballot = match spoken.say {
                Say::ApproveIf => Ballot::ApproveIf { condition: reason()? },
                Say::Refuse => Ballot::Refuse { reason: reason()? },
                _ => Ballot::Approve,
            };
            let seat = spoken.seat.map(|named| access::user_named(app, named)).transpose()?;
            Intent::Vote { matter, ballot, content, seat: seat.map(|user| user.id) }
        }
    })
}

/// A decision in words.
pub(crate) fn decision_words(decision: &Decision) -> String {
    match decision {
        Decision::Open { missing } => format!("not decided yet: {}", missing.join("; ")),
        Decision::Cleared(clearance) => {
            let wings: Vec<&str> = clearance.wings().iter().map(Slug::as_str).collect();
            format!("cleared with {} approvals from {}", clearance.approvals(), wings.join(" and "))
        }
        Decision::Refused { reasons } => format!("refused: {}", reasons.join("; ")),
        Decision::Unreachable { why } => format!("this board cannot decide: {why}"),
    }
}
