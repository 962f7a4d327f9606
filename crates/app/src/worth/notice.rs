//! The transparency notice that a law wants with an appeal, such as Regulation (EU) 2024/900: what it is about, for
//! whom, who pays, how people were chosen. It holds nothing about anybody on the list.

use super::changed::expect_over;
use super::law::profile;
use super::statement::{STYLES, escaped};
use super::value::value_under;
use crate::context::App;
use crate::lend::{audience_words, charter_in, loan_numbered};
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::LoanNumber;
use hustings_domain::jurisdiction::{NO_ADVICE, NoticeField};
use hustings_domain::money::group_thousands;
use hustings_policy::permit;
use jiff::tz::TimeZone;
use serde::Serialize;

/// A notice: each field with what it says.
#[derive(Debug, Clone, Serialize)]
pub struct Notice {
    /// The law that wants it.
    pub source: String,
    /// The loan.
    pub loan: LoanNumber,
    /// What is said, in the profile's order.
    pub fields: Vec<(NoticeField, &'static str, String)>,
    /// That this is no advice.
    pub no_advice: &'static str,
}

/// The notice for a loan's appeal. Refused with `worth.no-notice` where the profile wants none.
pub fn notice(app: &App, actor: &Actor, number: LoanNumber) -> Result<Notice> {
    permit(actor, if actor.borrower.is_some() { Action::ReadOwnLoans } else { Action::ReadLoans })?;
    app.store.read(|tx| {
        let loan = loan_numbered(tx, actor, number)?;
        expect_over(actor, &loan)?;
        let charter = charter_in(tx)?;
        let profile = profile(&charter)?;
        let wanted = profile.transparency_notice.ok_or_else(|| {
            Refusal::not_found(
                "worth.no-notice",
                format!("the profile `{}` wants no transparency notice", profile.id),
            )
            .hint("`[jurisdiction] profile = \"eu\"` in the charter does")
        })?;
        let borrower = tx
            .borrower(loan.terms.borrower)?
            .ok_or_else(|| Refusal::not_found("borrower.unknown", "the loan's borrower is gone"))?;
        let valued = value_under(tx, &charter, &loan)?;
        let day = |at: jiff::Timestamp| at.to_zoned(TimeZone::UTC).date().to_string();
        let owner = &charter.owner;
        let said = |field: NoticeField| match field {
            NoticeField::Sponsor => ("sponsor", format!("{}, {}", borrower.name, borrower.office)),
            NoticeField::Controller => (
                "who holds the list and sends",
                format!("{}, {}, {}", owner.name, owner.postal_address, owner.from_address),
            ),
            NoticeField::PaidForBy => ("who pays", loan.appeal.paid_for_by.clone()),
            NoticeField::Period => {
                ("period", format!("{} to {}", day(loan.terms.opens), day(loan.terms.closes)))
            }
            NoticeField::Value => {
                ("amounts and other benefits", format!("worth {} by the public rate card", valued.value))
            }
            NoticeField::Election => {
                let election = &charter.jurisdiction.election;
                let named =
                    if election.is_empty() { charter.estimates.season.as_str() } else { election.as_str() };
                ("election or vote", named.to_owned())
            }
            NoticeField::Targeting => (
                "how people were chosen",
                format!(
                    "{}; only what people declared themselves selects, and no profile was made of anybody",
                    audience_words(&loan.terms.audience)
                ),
            ),
            NoticeField::SourceOfData => (
                "where the data came from",
                "from the people themselves, who agreed to be written to for this purpose".to_owned(),
            ),
            NoticeField::Reach => {
                ("reach", format!("{} people so far", group_thousands(u64::from(valued.addressed))))
            }
            NoticeField::Feedback => {
                ("where to complain", format!("the answer page in the mail, or {}", owner.from_address))
            }
        };
        let fields = wanted.fields.iter().map(|field| {
            let (name, text) = said(*field);
            (*field, name, text)
        });
        Ok(Notice {
            source: wanted.source.clone(),
            loan: number,
            fields: fields.collect(),
            no_advice: NO_ADVICE,
        })
    })
}

impl Notice {
    /// As a page without script, with its styles inside, that prints.
    pub fn html(&self) -> String {
        let mut rows = String::new();
        for (_, name, text) in &self.fields {
            for part in ["<dt>", &escaped(name), "</dt><dd>", &escaped(text), "</dd>"] {
                rows.push_str(part);
            }
        }
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>Transparency notice, loan {loan}</title><style>{STYLES}\
             dt{{font-weight:600;margin-top:.75rem}}dd{{margin:0}}</style></head><body><main>\n\
             <h1>Transparency notice</h1>\n<p>{source}. Loan {loan}.</p>\n<dl>{rows}</dl>\n\
             <p><strong>{advice}</strong></p>\n</main></body></html>\n",
            loan = self.loan,
            source = escaped(&self.source),
            advice = self.no_advice,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_as_a_page_holds_no_markup_of_others() {
        let notice = Notice {
            source: "Regulation (EU) 2024/900".to_owned(),
            loan: LoanNumber(3),
            fields: vec![(NoticeField::Sponsor, "sponsor", "<script>alert(1)</script>".to_owned())],
            no_advice: NO_ADVICE,
        };
        let page = notice.html();
        assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"));
        assert!(page.contains("not legal advice") && page.contains("L-3"));
    }
}
