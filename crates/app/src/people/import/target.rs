//! What a column can be, and the names that the usual exports give to it (Mailchimp, `NationBuilder`, Action
//! Network, listmonk, spreadsheets). A name that is not here is ignored and listed in the report.

use hustings_domain::attribute::AttributeType;
use hustings_domain::consent::Channel;
use hustings_domain::loan::Ask;
use hustings_domain::words::Slug;
use std::str::FromStr;

/// What the cells of a column are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Email,
    Phone,
    GivenName,
    FamilyName,
    /// `Family, Given`, or `Given Family`.
    FullName,
    Street,
    City,
    PostalCode,
    /// A whole division id; anything else in it is passed over.
    Area,
    Issues,
    Tags,
    /// Truthy cells give this tag.
    Tag(Slug),
    Amount,
    /// The day of a gift.
    GiftDay,
    /// When the person signed up, and said what the row says.
    Time,
    Consent(Topic, Channel),
    /// Where the person stands with the tool that the file is from.
    Status,
    /// A truthy cell stops all mail.
    StopAll,
    Number(Slug),
    Date(Slug),
    /// An attribute of another type.
    Typed(AttributeType, Slug),
    /// A JSON object with more cells.
    Attributes,
    /// Why somebody is on a list of stops.
    Reason,
    /// Since when.
    Since,
    Ignore,
}

/// What a consent is about, before the charter says which purpose that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Topic {
    /// The owner's own mail: the charter's first purpose without asks.
    News,
    /// Appeals of others with this ask.
    Ask(Ask),
    /// A purpose by its short name.
    Purpose(Slug),
}

impl Target {
    /// Whether two columns cannot both be it.
    pub(super) fn is_single(&self) -> bool {
        !matches!(
            self,
            Self::Area
                | Self::Issues
                | Self::Tags
                | Self::Tag(_)
                | Self::Consent(..)
                | Self::Status
                | Self::StopAll
                | Self::Attributes
                | Self::Ignore
        )
    }

    /// The attribute that it is, with its type.
    pub(super) fn attribute(&self) -> Option<(&Slug, AttributeType)> {
        match self {
            Self::Number(name) => Some((name, AttributeType::Number)),
            Self::Date(name) => Some((name, AttributeType::Date)),
            Self::Typed(kind, name) => Some((name, *kind)),
            _ => None,
        }
    }

    /// The column of an attribute.
    pub(super) fn of_attribute(kind: AttributeType, name: Slug) -> Self {
        match kind {
            AttributeType::Number => Self::Number(name),
            AttributeType::Date => Self::Date(name),
            kind => Self::Typed(kind, name),
        }
    }

    /// The name in mapping files and reports.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Email => "email".to_owned(),
            Self::Phone => "phone".to_owned(),
            Self::GivenName => "given-name".to_owned(),
            Self::FamilyName => "family-name".to_owned(),
            Self::FullName => "name".to_owned(),
            Self::Street => "street".to_owned(),
            Self::City => "city".to_owned(),
            Self::PostalCode => "postal-code".to_owned(),
            Self::Area => "area".to_owned(),
            Self::Issues => "issues".to_owned(),
            Self::Tags => "tags".to_owned(),
            Self::Tag(tag) => format!("tag:{tag}"),
            Self::Amount => "amount".to_owned(),
            Self::GiftDay => "gift-day".to_owned(),
            Self::Time => "time".to_owned(),
            Self::Consent(topic, channel) => {
                let topic = match topic {
                    Topic::News => "news".to_owned(),
                    Topic::Ask(ask) => ask.to_string(),
                    Topic::Purpose(purpose) => purpose.to_string(),
                };
                format!("consent:{topic}:{}", channel.as_str())
            }
            Self::Status => "status".to_owned(),
            Self::StopAll => "stop-all".to_owned(),
            Self::Number(name) => format!("number:{name}"),
            Self::Date(name) => format!("date:{name}"),
            Self::Typed(kind, name) => format!("{kind}:{name}"),
            Self::Attributes => "attributes".to_owned(),
            Self::Reason => "reason".to_owned(),
            Self::Since => "since".to_owned(),
            Self::Ignore => "ignore".to_owned(),
        }
    }
}

/// What a mapping file may say, for the hint of a refusal.
pub(super) const FIELDS: &str = "email, phone, given-name, family-name, name, street, city, postal-code, area, issues, \
tags, tag:NAME, amount, gift-day, time, consent:PURPOSE[:CHANNEL], status, stop-all, number:NAME, money:NAME, date:NAME, \
text:NAME, choice:NAME, choices:NAME, area:NAME, attributes, reason, since or ignore";

impl FromStr for Target {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let slug = |name: &str| name.parse::<Slug>().map_err(|_| ());
        if let Some((kind, rest)) = text.split_once(':') {
            return match kind {
                "tag" => Ok(Self::Tag(slug(rest)?)),
                "consent" => {
                    let (topic, channel) = rest.split_once(':').unwrap_or((rest, "email"));
                    let topic = match (topic, topic.parse()) {
                        ("news", _) => Topic::News,
                        (_, Ok(ask)) => Topic::Ask(ask),
                        (_, Err(_)) => Topic::Purpose(slug(topic)?),
                    };
                    Ok(Self::Consent(topic, channel.parse().map_err(|_| ())?))
                }
                kind => Ok(Self::of_attribute(kind.parse().map_err(|_| ())?, slug(rest)?)),
            };
        }
        let text = text.replace('_', "-");
        PLAIN.iter().find(|target| target.name() == text).cloned().ok_or(())
    }
}

/// The targets that are one word.
const PLAIN: [Target; 20] = [
    Target::Email,
    Target::Phone,
    Target::GivenName,
    Target::FamilyName,
    Target::FullName,
    Target::Street,
    Target::City,
    Target::PostalCode,
    Target::Area,
    Target::Issues,
    Target::Tags,
    Target::Amount,
    Target::GiftDay,
    Target::Time,
    Target::Status,
    Target::StopAll,
    Target::Attributes,
    Target::Reason,
    Target::Since,
    Target::Ignore,
];

/// What a header's name means by itself, and its rank: of two names for one thing the lower rank is used, and
/// equal ranks are for a person to decide.
pub(super) fn by_alias(header: &str) -> Option<(Target, u8)> {
    use Target as T;
    let name = Slug::from_free_text(header)?;
    let news = |channel| T::Consent(Topic::News, channel);
    let ask = |ask| T::Consent(Topic::Ask(ask), Channel::Email);
    let named = |name: &str| name.parse::<Slug>().ok();
    Some(match name.as_str() {
        "email" | "e-mail" | "mail" | "email-address" | "e-mail-address" | "emailaddress"
        | "subscriber-email" | "contact-email" | "donor-email" => (T::Email, 0),
        "email1" | "email-1" | "primary-email" | "can2-email" => (T::Email, 1),
        "mobile-number" | "mobile" | "mobile-phone" | "cell" | "cell-phone" | "cellphone" => (T::Phone, 0),
        "phone" | "phone-number" | "telephone" | "tel" | "sms" | "sms-phone-number" => (T::Phone, 1),
        "can2-phone" | "can2-phone-number" | "home-phone" | "phone1" | "work-phone-number" => (T::Phone, 2),
        "first-name" | "firstname" | "given-name" | "forename" | "first" | "fname" | "vorname" => {
            (T::GivenName, 0)
        }
        "last-name" | "lastname" | "family-name" | "surname" | "last" | "lname" | "nachname" => {
            (T::FamilyName, 0)
        }
        "name" | "full-name" | "fullname" | "donor-name" | "contact-name" | "donor" => (T::FullName, 0),
        "street" | "street-address" | "address" | "address-1" | "address1" | "address-line-1"
        | "can2-user-address" => (T::Street, 0),
        "primary-address1" | "primary-address" => (T::Street, 1),
        "city" | "town" | "can2-user-city" => (T::City, 0),
        "primary-city" => (T::City, 1),
        "zip" | "zip-code" | "zipcode" | "postal-code" | "postalcode" | "postcode" | "postal" | "zip5" => {
            (T::PostalCode, 0)
        }
        "primary-zip" | "can2-user-zip" | "zip-postal-code" => (T::PostalCode, 1),
        "ocd-division" | "ocd-division-id" | "ocd-id" | "division" | "area" | "areas" | "state"
        | "county" | "place" | "sldl" | "sldu" | "cd" | "country" => (T::Area, 0),
        "issues" | "issue" | "interests" | "causes" => (T::Issues, 0),
        "tags" | "tag" | "tag-list" | "labels" => (T::Tags, 0),
        "amount"
        | "gift-amount"
        | "donation"
        | "donation-amount"
        | "contribution"
        | "contribution-amount" => (T::Amount, 0),
        "date" | "gift-date" | "donation-date" | "contribution-date" | "date-received" | "received" => {
            (T::GiftDay, 0)
        }
        "optin-time" | "opt-in-time" | "signed-on" | "signed-at" | "subscribed-at" | "joined"
        | "join-date" | "signup-date" => (T::Time, 0),
        "confirm-time" | "created-at" | "date-added" | "created" | "can2-subscription-date" => (T::Time, 1),
        "email-opt-in" | "email-optin" | "newsletter" | "news" | "opt-in" | "optin" | "subscribe" => {
            (news(Channel::Email), 0)
        }
        "mobile-opt-in" | "sms-opt-in" | "phone-opt-in" => (news(Channel::Phone), 0),
        "mail-opt-in" | "post-opt-in" => (news(Channel::Post), 0),
        "hear-appeals"
        | "appeals-from-others"
        | "appeals"
        | "third-party"
        | "third-party-appeals"
        | "hear-others" => (ask(Ask::Hear), 0),
        "volunteer-appeals" | "volunteer-opt-in" => (ask(Ask::Volunteer), 0),
        "money-appeals" | "donation-appeals" | "fundraising-opt-in" => (ask(Ask::Give), 0),
        "vote-appeals" => (ask(Ask::Vote), 0),
        "status"
        | "member-status"
        | "email-status"
        | "subscription-status"
        | "can2-subscription-status"
        | "subscriber-status" => (T::Status, 0),
        "unsubscribed" | "do-not-email" | "do-not-contact" | "email-opt-out" | "opt-out" | "optout"
        | "blocklisted" | "donotemail" | "is-opt-out" => (T::StopAll, 0),
        "birth-year" | "year-of-birth" | "birthyear" => (T::Number(named("birth-year")?), 0),
        "birth-date" | "date-of-birth" | "birthdate" | "dob" => (T::Date(named("birth-date")?), 0),
        "attributes" => (T::Attributes, 0),
        "reason" | "suppression-reason" => (T::Reason, 0),
        "since" | "suppressed-at" | "unsub-time" | "unsubscribed-at" => (T::Since, 0),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_targets_read_back() {
        for target in PLAIN {
            assert_eq!(target.name().parse(), Ok(target));
        }
        for name in [
            "since",
            "consent:news:phone",
            "consent:hear:email",
            "consent:appeals-money:post",
            "tag:staff",
            "number:birth-year",
            "text:member-no",
            "money:dues",
            "choice:party",
            "choices:helps-with",
            "area:works-in",
        ] {
            assert_eq!(name.parse::<Target>().unwrap().name(), name);
        }
        assert_eq!("consent:hear".parse::<Target>().unwrap().name(), "consent:hear:email");
        for wrong in ["", "e-mail", "tag:", "consent:", "consent:news:fax", "colour:red"] {
            assert!(wrong.parse::<Target>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_usual_exports_are_understood() {
        for (header, name) in [
            ("Email Address", "email"),
            ("EMAIL_OPT_IN", "consent:news:email"),
            ("APPEALS_FROM_OTHERS", "consent:hear:email"),
            ("OPTIN_TIME", "time"),
            ("primary_zip", "postal-code"),
            ("can2_phone", "phone"),
            ("can2_subscription_status", "status"),
            ("tag_list", "tags"),
            ("attributes", "attributes"),
            ("First Name", "given-name"),
        ] {
            assert_eq!(by_alias(header).unwrap().0.name(), name, "{header}");
        }
        assert_eq!(by_alias("MEMBER_RATING"), None);
    }
}
