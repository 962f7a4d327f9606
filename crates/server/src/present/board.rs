//! The board's pages: who sits on it, what they sign with, what lies before it, what is about to be signed.

use super::{acts, frame, words};
use crate::problem::sentence;
use crate::routes::Call;
use crate::views::Place;
use crate::views::console::{
    BoardPage, CharterPage, DelegationRow, KeyRow, OpenMatter, OwnForms, SeatRow, Sign, Vote,
};
use crate::views::format::counted;
use crate::views::parts::Badge;
use data_encoding::BASE64URL_NOPAD;
use hustings_app::board::{self, Intent, KeyView, MatterView, Prepared};
use hustings_app::{Result, lend};
use hustings_domain::access::{Action, Role};
use hustings_domain::charter::Charter;
use hustings_domain::clearance::{Ballot, Delegation, Proceedings, Signing, Trustee, eligible};
use hustings_domain::ids::UserId;
use hustings_domain::statement::Proof;
use hustings_signet::relying_party;

/// `GET /console/board`.
pub(crate) fn page(call: &Call) -> Result<BoardPage> {
    let (app, actor) = (call.app(), call.actor()?);
    let charter = app.charter()?;
    let trustees = app.store().read(|tx| lend::board(tx))?;
    let keys = board::keys(app, actor)?;
    let delegations = board::delegations(app, actor)?;
    let open = board::open_matters(app, actor)?;
    let name = |id: UserId| name_of(&trustees, id);
    let user = actor.user;
    let trustee = frame::is(call, Role::Trustee);
    let founding = keys.iter().all(|view| !view.key.is_in_force());
    let own_key = keys.iter().any(|view| {
        Some(view.key.trustee) == user && (view.key.is_in_force() || founding && view.key.is_pending())
    });
    let title = match open.len() {
        0 => "Nothing waits for the board".to_owned(),
        many => format!("{} before the board", counted(many as u64, "matter lies", "matters lie")),
    };
    let away = |id: UserId| {
        delegations.iter().find(|known| known.from == id).map_or_else(String::new, |known| {
            format!("Away until {}: {} votes", frame::day(call, known.until).text, name(known.to))
        })
    };
    Ok(BoardPage {
        frame: frame::console(call, title, Place::Board)?,
        rules: rules(&charter),
        open: open.iter().map(|view| open_row(call, view)).collect(),
        seats: trustees
            .iter()
            .map(|seat| SeatRow {
                name: seat.name.clone(),
                wing: format!("{} wing", seat.wing),
                signs: if keys.iter().any(|view| view.key.trustee == seat.id && view.key.is_in_force()) {
                    Badge::go("signs")
                } else {
                    Badge::wait("no key yet")
                },
                away: away(seat.id),
            })
            .collect(),
        keys: keys.iter().map(|view| key_row(view, user.filter(|_| trustee), own_key)).collect(),
        delegations: delegations.iter().map(|known| delegation_row(call, known, user, &name)).collect(),
        own: trustee.then(|| OwnForms {
            passkeys: relying_party(&charter.owner.site).is_some(),
            others: trustees
                .iter()
                .filter(|seat| Some(seat.id) != user)
                .map(|seat| (seat.id.to_string(), seat.name.clone()))
                .collect(),
            longest: charter.board.delegation_days,
            away: delegations.iter().any(|known| Some(known.from) == user),
        }),
        may_change_users: frame::may(call, Action::ChangeUser),
        may_propose: frame::may(call, Action::ProposeCharter),
    })
}

fn name_of(trustees: &[Trustee], id: UserId) -> String {
    trustees
        .iter()
        .find(|trustee| trustee.id == id)
        .map_or_else(|| "a former trustee".to_owned(), |trustee| trustee.name.clone())
}

fn rules(charter: &Charter) -> Vec<String> {
    let rules = &charter.board;
    let mut said = vec![
        format!(
            "{} decide, with approvals from {}, within {}.",
            counted(u64::from(rules.quorum), "vote", "votes"),
            counted(u64::from(rules.wings_needed), "wing", "wings"),
            counted(u64::from(rules.decide_days), "day", "days")
        ),
        match rules.signed {
            Signing::Required => "A vote counts only when its trustee's own key signed it.".to_owned(),
            Signing::Accepted => {
                "Whoever has a key signs with it; whoever has none votes by log-in alone.".to_owned()
            }
        },
    ];
    said.extend(rules.panels.iter().map(|panel| {
        let asks: Vec<&str> = panel.asks.iter().map(|ask| ask.as_str()).collect();
        let who =
            if panel.trustees.is_empty() { "every trustee".to_owned() } else { panel.trustees.join(", ") };
        format!(
            "Requests to {} go to the panel {}: {} from {}, by {who}.",
            asks.join(" or "),
            panel.name,
            counted(u64::from(panel.quorum), "vote", "votes"),
            counted(u64::from(panel.wings_needed), "wing", "wings")
        )
    }));
    said
}

fn open_row(call: &Call, view: &MatterView) -> OpenMatter {
    let (state, said) = super::loan::standing(&view.decision);
    let late = call.app().now() >= view.due;
    OpenMatter {
        label: view.label.clone(),
        path: match view.matter {
            board::Matter::Loan(number) => format!("/console/loans/{}", number.0),
            board::Matter::Charter(number) => format!("/console/charters/{number}"),
        },
        state: if late { Badge::stop("late") } else { state },
        said,
        due: frame::day(call, view.due),
    }
}

fn key_row(view: &KeyView, trustee: Option<UserId>, own_key: bool) -> KeyRow {
    let key = &view.key;
    let confirmed = view.confirmed_by.join(", ");
    KeyRow {
        id: words::hash(key.id),
        owner: view.name.clone(),
        label: key.label.clone(),
        kind: if key.credential.is_some() { "passkey" } else { "key in a file" }.to_owned(),
        state: match (key.is_in_force(), key.withdrawn.is_some()) {
            (_, true) => Badge::plain("withdrawn"),
            (true, false) => Badge::go("in force"),
            (false, false) => Badge::wait("waits"),
        },
        said: match (view.missing.is_empty(), confirmed.is_empty()) {
            (true, true) => String::new(),
            (true, false) => format!("Confirmed by {confirmed}."),
            (false, true) => sentence(&format!("it waits for this: {}", view.missing)),
            (false, false) => {
                sentence(&format!("confirmed by {confirmed}; it waits for this: {}", view.missing))
            }
        },
        may_confirm: key.is_pending()
            && own_key
            && trustee.is_some_and(|who| key.confirmations.iter().all(|by| by.statement.trustee != who)),
        may_withdraw: key.withdrawn.is_none() && own_key && Some(key.trustee) == trustee,
    }
}

fn delegation_row(
    call: &Call,
    known: &Delegation,
    user: Option<UserId>,
    name: &dyn Fn(UserId) -> String,
) -> DelegationRow {
    let until = frame::day(call, known.until).text;
    DelegationRow {
        id: known.id.to_string(),
        said: format!("{} votes for {} until {until}.", name(known.to), name(known.from)),
        may_end: Some(known.from) == user,
    }
}

/// `GET /console/charters/{number}`.
pub(crate) fn charter(call: &Call, number: u32) -> Result<CharterPage> {
    let view = board::charter_view(call.app(), call.actor()?, number)?;
    let trustees = call.app().store().read(|tx| lend::board(tx))?;
    let (state, said) = super::loan::standing(&view.matter.decision);
    let open = view.open;
    let user = call.actor()?.user;
    let voters = eligible(&view.seats, &view.matter.proceedings);
    Ok(CharterPage {
        frame: frame::console(call, format!("Charter {number} is proposed"), Place::Board)?,
        number: u64::from(number),
        state: if open { state } else { Badge::plain(view.state) },
        said,
        by: view.by.clone(),
        when: frame::when(call, view.at),
        due: frame::day(call, view.matter.due),
        changes: view.changes.iter().map(|change| sentence(change)).collect(),
        text: view.toml.clone(),
        bound: words::hash(view.matter.content),
        votes: votes(call, &trustees, &view.matter.proceedings),
        may_vote: open && voters.iter().any(|seat| Some(seat.id) == user),
    })
}

fn votes(call: &Call, trustees: &[Trustee], said: &Proceedings) -> Vec<Vote> {
    said.votes
        .iter()
        .map(|vote| {
            let (badge, given) = ballot(&vote.ballot);
            Vote {
                trustee: name_of(trustees, vote.trustee),
                wing: trustees
                    .iter()
                    .find(|trustee| trustee.id == vote.trustee)
                    .map_or_else(String::new, |trustee| format!("{} wing", trustee.wing)),
                vote: badge,
                words: given,
                signed: signed_with(said, vote),
                bound: Some(words::hash(vote.content)),
                when: frame::when(call, vote.at),
                proof: None,
            }
        })
        .collect()
}

/// A ballot, and the words that went with it.
pub(crate) fn ballot(ballot: &Ballot) -> (Badge, String) {
    match ballot {
        Ballot::Approve => (Badge::go("approves"), String::new()),
        Ballot::ApproveIf { condition } => (Badge::wait("approves if"), condition.clone()),
        Ballot::Refuse { reason } => (Badge::stop("refuses"), reason.clone()),
    }
}

/// What a vote was signed with; empty for a vote by session alone.
pub(crate) fn signed_with(said: &Proceedings, vote: &hustings_domain::clearance::Vote) -> String {
    let by = vote.by.unwrap_or(vote.trustee);
    let found = said.signed.iter().rev().find(|(signed, _)| {
        let statement = &signed.statement;
        statement.trustee == by
            && statement.speaks_for() == vote.trustee
            && statement.content == vote.content
            && statement.act == vote.ballot.act()
    });
    match found.map(|(signed, _)| &signed.proof) {
        Some(Proof::Passkey { .. }) => "signed with a passkey".to_owned(),
        Some(Proof::File { .. }) => "signed with a key in a file".to_owned(),
        None => String::new(),
    }
}

/// What is about to be signed.
pub(crate) fn to_sign(call: &Call, intent: &Intent, prepared: &Prepared, back: &str) -> Result<Sign> {
    let trustees = call.app().store().read(|tx| lend::board(tx))?;
    let name = |id: UserId| name_of(&trustees, id);
    let short = |hash: &hustings_domain::canonical::ContentHash| hash.short();
    let said = match intent {
        Intent::Vote { matter, ballot, content, seat } => {
            let act = match ballot {
                Ballot::Approve => "approve",
                Ballot::ApproveIf { .. } => "approve, if a condition is met,",
                Ballot::Refuse { .. } => "refuse",
            };
            let seat = seat.map_or_else(String::new, |seat| format!(" in the stead of {}", name(seat)));
            format!("You {act} {matter}{seat}, exactly as it reads now: text {}.", short(content))
        }
        Intent::Recuse { matter, .. } => format!("You have an interest in {matter} and step out of it."),
        Intent::Challenge { matter, against, .. } => {
            format!("You question the interest of {} in {matter}.", name(*against))
        }
        Intent::Rule { matter, against, upheld } => {
            let ruling = if *upheld { "stays out of" } else { "may vote on" };
            format!("You decide that {} {ruling} {matter}.", name(*against))
        }
        Intent::RegisterFileKey { label, .. } => format!("The key in a file that you call {label} is yours."),
        Intent::RegisterPasskey { label } => {
            format!("The passkey that you make now, and call {label}, is yours.")
        }
        Intent::ConfirmKey { key } => {
            let keys = board::keys(call.app(), call.actor()?)?;
            let owner = keys.iter().find(|view| view.key.id == *key);
            let owner = owner.map_or_else(|| "nobody".to_owned(), |view| view.name.clone());
            format!("Key {} belongs to {owner}: you have heard it from them, not from this page.", short(key))
        }
        Intent::WithdrawKey { key } => {
            format!("Nothing is to be believed any more that key {} signs.", short(key))
        }
        Intent::Delegate { to, until } => {
            format!("{} votes for you until {}.", name(*to), frame::day(call, *until).text)
        }
        Intent::EndDelegation { .. } => "You are back, and vote for yourself.".to_owned(),
        Intent::ConfirmPause { loan } => format!("The pause of {loan} holds until a steward resumes it."),
        Intent::Grant { act } => {
            return signing(call, prepared, back, acts::said(call, *act, "You grant exactly this,")?, false);
        }
        Intent::Decline { act } => {
            return signing(call, prepared, back, acts::said(call, *act, "You decline")?, false);
        }
        Intent::ConfirmAlone { act } => {
            let first = "It was right to do this without a second person,";
            return signing(call, prepared, back, acts::said(call, *act, first)?, false);
        }
    };
    signing(call, prepared, back, vec![said], matches!(intent, Intent::RegisterPasskey { .. }))
}

fn signing(call: &Call, prepared: &Prepared, back: &str, said: Vec<String>, creating: bool) -> Result<Sign> {
    let passkeys = prepared.relying_party.is_some();
    let user = call.actor()?.user.map_or([0; 16], |user| *user.0.as_bytes());
    Ok(Sign {
        frame: frame::console(call, "Sign what you say", Place::Board)?,
        said,
        words: prepared.words.clone().unwrap_or_default(),
        hash: words::hash(prepared.hash),
        statement: String::from_utf8_lossy(&prepared.statement.to_bytes()?).into_owned(),
        ceremony: match (creating, passkeys && !prepared.credentials.is_empty()) {
            (true, _) => "create",
            (false, true) => "get",
            (false, false) => "",
        },
        challenge: BASE64URL_NOPAD.encode(&prepared.hash.0),
        relying_party: prepared.relying_party.clone().unwrap_or_default(),
        credentials: prepared.credentials.join(" "),
        user: BASE64URL_NOPAD.encode(&user),
        file_key: prepared.file_key && !creating,
        expires: frame::when(call, prepared.expires),
        back: back.to_owned(),
    })
}
