//! Who a supporter is: the sealed half of a record. It is sealed as one value under the person's key.

mod field;
mod wire;

pub use field::{Field, UnknownField};
pub use wire::IdentityError;

use crate::personal::{
    City, EmailAddress, EmailError, PersonName, Phone, PhoneError, PostalCode, Region, Street, TextError,
};

/// The fields of one person, each blank until it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Where to write.
    pub email: Option<EmailAddress>,
    /// Where to call.
    pub phone: Option<Phone>,
    /// The name to speak to.
    pub given_name: Option<PersonName>,
    /// The name of the family.
    pub family_name: Option<PersonName>,
    /// Street and house.
    pub street: Option<Street>,
    /// Town.
    pub city: Option<City>,
    /// Postal code.
    pub postal_code: Option<PostalCode>,
}

/// Why a cell cannot be kept in its field; never with its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// Not an e-mail address.
    #[error(transparent)]
    Email(#[from] EmailError),
    /// Not a phone number.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// Not a name or place.
    #[error("{}: {reason}", .field.label())]
    Text {
        /// The field it was meant for.
        field: Field,
        /// What is wrong with it.
        reason: TextError,
    },
}

impl Identity {
    /// The text of a field. This is a reveal, as `.reveal()` is.
    pub fn get(&self, field: Field) -> Option<&str> {
        match field {
            Field::Email => self.email.as_ref().map(EmailAddress::reveal),
            Field::Phone => self.phone.as_ref().map(Phone::reveal),
            Field::GivenName => self.given_name.as_ref().map(PersonName::reveal),
            Field::FamilyName => self.family_name.as_ref().map(PersonName::reveal),
            Field::Street => self.street.as_ref().map(Street::reveal),
            Field::City => self.city.as_ref().map(City::reveal),
            Field::PostalCode => self.postal_code.as_ref().map(PostalCode::reveal),
        }
    }

    /// Normalises `text` and keeps it in `field`; on an error the field stays as it was.
    pub fn set(&mut self, field: Field, text: &str, region: Region) -> Result<(), FieldError> {
        let said = |reason| FieldError::Text { field, reason };
        match field {
            Field::Email => self.email = Some(EmailAddress::parse(text)?),
            Field::Phone => self.phone = Some(Phone::parse(text, region)?),
            Field::GivenName => self.given_name = Some(PersonName::parse(text).map_err(said)?),
            Field::FamilyName => self.family_name = Some(PersonName::parse(text).map_err(said)?),
            Field::Street => self.street = Some(Street::parse(text).map_err(said)?),
            Field::City => self.city = Some(City::parse(text).map_err(said)?),
            Field::PostalCode => self.postal_code = Some(PostalCode::parse(text).map_err(said)?),
        }
        Ok(())
    }

    /// Makes a field blank.
    pub fn clear(&mut self, field: Field) {
        match field {
            Field::Email => self.email = None,
            Field::Phone => self.phone = None,
            Field::GivenName => self.given_name = None,
            Field::FamilyName => self.family_name = None,
            Field::Street => self.street = None,
            Field::City => self.city = None,
            Field::PostalCode => self.postal_code = None,
        }
    }

    /// The fields that are known.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        Field::ALL.into_iter().filter(|field| self.get(*field).is_some())
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.fields().next().is_none()
    }

    /// Keeps what is here and fills the blanks from `other`.
    pub fn merge_missing(&mut self, other: Self) {
        fill(&mut self.email, other.email);
        fill(&mut self.phone, other.phone);
        fill(&mut self.given_name, other.given_name);
        fill(&mut self.family_name, other.family_name);
        fill(&mut self.street, other.street);
        fill(&mut self.city, other.city);
        fill(&mut self.postal_code, other.postal_code);
    }
}

fn fill<T>(here: &mut Option<T>, there: Option<T>) {
    if here.is_none() {
        *here = there;
    }
}
