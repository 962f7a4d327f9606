//! Who acts: users, log-in links, sessions, tokens of the command line and of programs. Tokens are kept only as hashes.

mod agents;
mod change;
mod granted;
mod login;
mod programs;
mod token;
mod users;

pub(crate) use agents::{as_agent_of, end_former_agent};
pub use change::{UserChange, act_of_changing, change_user};
pub use granted::carry_out_change;
pub use login::{LoggedIn, actor_of_session, ask_for_login, end_all, log_in, log_out, login_link, new_token};
pub(crate) use login::{actor, revoke_all};
pub(crate) use programs::end_tokens_of;
pub use programs::{
    LONGEST_DAYS, MOST_TOKENS, NewToken, TokenMade, TokenView, end_token, make_token, tokens,
};
pub use token::{actor_of_program, actor_of_token};
pub use users::{NewUser, UserAdded, act_of_adding, add_user, user_named, users};
