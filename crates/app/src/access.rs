//! Who acts: users, log-in links, sessions, command-line tokens. Tokens are kept only as hashes.

mod login;
mod users;

pub(crate) use login::actor;
pub use login::{
    LoggedIn, actor_of_session, actor_of_token, ask_for_login, end_all, log_in, log_out, login_link,
};
pub use users::{NewUser, UserAdded, add_user, user_named, users};
