//! Who acts: users, log-in links, sessions, command-line tokens. Tokens are kept only as hashes.

mod change;
mod granted;
mod login;
mod users;

pub use change::{UserChange, act_of_changing, change_user};
pub use granted::carry_out_change;
pub use login::{
    LoggedIn, actor_of_session, actor_of_token, ask_for_login, end_all, log_in, log_out, login_link,
    new_token,
};
pub(crate) use login::{actor, revoke_all};
pub use users::{NewUser, UserAdded, act_of_adding, add_user, user_named, users};
