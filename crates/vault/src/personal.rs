//! Personal data in types that hide it: `Debug` tells the type and nothing else, there is no `Display` and no
//! `Serialize`, and the text comes out by `.reveal()` alone, which is easy to search for.

macro_rules! personal_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The text itself. Every call of this is a place where personal data comes out.
            pub fn reveal(&self) -> &str {
                &self.0
            }

            /// What was sealed comes back as it was, even if later versions normalise otherwise.
            pub(crate) fn from_sealed(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    };
}

mod email;
mod phone;
mod text;

pub use email::{EmailAddress, EmailError};
pub use phone::{Phone, PhoneError, Region};
pub use text::{City, PersonName, PostalCode, Street, TextError};
