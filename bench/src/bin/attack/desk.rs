//! The attacker's way: the borrower's desk over HTTP, one page after another.

use crate::list::{ISSUES, List, Session, area};
use crate::report::Outcome;
use crate::{Answers, Failure, milliseconds};
use hustings_server::Site;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) struct Desk<'a> {
    list: &'a List,
    stream: TcpStream,
    sessions: HashMap<(usize, usize), Session>,
    /// How long the first answers about each victim took.
    times: HashMap<usize, Vec<Duration>>,
    end: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl<'a> Desk<'a> {
    pub(crate) async fn serve(list: &'a List) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (end, ended) = oneshot::channel::<()>();
        let site = Arc::new(Site::new(Arc::clone(&list.app))?);
        let serving = tokio::spawn(hustings_server::serve(site, listener, async move { drop(ended.await) }));
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { list, stream, sessions: HashMap::new(), times: HashMap::new(), end, serving })
    }

    pub(crate) async fn end(self) -> Result<(), Failure> {
        drop((self.end, self.stream));
        Ok(self.serving.await??)
    }

    /// Whether the time that an answer took tells who is there: the slower half is guessed to be.
    pub(crate) fn guess_by_time(&self, list: &List, victims: &[usize]) -> Outcome {
        let mean = |victim: &usize| {
            let times = self.times.get(victim)?;
            Some(
                times.iter().copied().map(milliseconds).sum::<f64>()
                    / f64::from(u32::try_from(times.len()).ok()?),
            )
        };
        let mut means: Vec<(f64, usize)> =
            victims.iter().filter_map(|victim| Some((mean(victim)?, *victim))).collect();
        means.sort_by(|a, b| a.0.total_cmp(&b.0));
        let half = means.len() / 2;
        let right = means
            .iter()
            .enumerate()
            .filter(|(place, (_, victim))| (*place >= half) == list.is_there(*victim))
            .count() as u64;
        Outcome {
            what: "the time that answers take",
            questions: crate::QUESTIONS,
            right,
            of: means.len() as u64,
            rho: Some(0.0),
        }
    }

    async fn post(&mut self, session: &Session, path: &str, form: &str) -> Result<String, Failure> {
        let body = format!("csrf={}&{form}", session.csrf);
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: hustings_session={}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            session.cookie,
            body.len()
        );
        let answer = self.send(&request).await?;
        if !answer.starts_with("HTTP/1.1 303") {
            return Err(
                format!("{path} was answered with {}", answer.lines().next().unwrap_or_default()).into()
            );
        }
        let to = answer.lines().find_map(|line| line.strip_prefix("location: "));
        Ok(to.ok_or("an answer that leads nowhere")?.to_owned())
    }

    async fn send(&mut self, request: &str) -> Result<String, Failure> {
        self.stream.write_all(request.as_bytes()).await?;
        let mut buffer = Vec::new();
        loop {
            if self.stream.read_buf(&mut buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            let text = String::from_utf8_lossy(&buffer);
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if buffer.len() - head.len() - 4 >= length.unwrap_or("0").parse::<usize>()? && !body.is_empty()
                || length.is_none_or(|length| length == "0")
            {
                return Ok(text.into_owned());
            }
        }
    }
}

impl Answers for Desk<'_> {
    async fn ask(
        &mut self,
        victim: usize,
        issues: u8,
        borrower: usize,
        again: usize,
    ) -> Result<Option<u64>, Failure> {
        let known = self.sessions.get(&(victim, borrower)).cloned();
        let session = known.map_or_else(|| self.list.borrower(victim, borrower), Ok)?;
        self.sessions.insert((victim, borrower), session.clone());
        let mut chosen = String::new();
        for (_, issue) in ISSUES.iter().enumerate().filter(|(bit, _)| issues >> bit & 1 == 1) {
            chosen.push_str("&issue=");
            chosen.push_str(issue);
        }
        let form = format!(
            "act=file&subject=Hear+us+{again}&body=We+stand.&paid_for_by=Paid+for+by+us.&ask=hear&area={}{chosen}\
             &closes=2030-12-01&field=email",
            area(victim).replace('/', "%2F").replace(':', "%3A")
        );
        let filed = self.post(&session, "/desk/request", &form).await?;
        let loan = filed.split('?').next().unwrap_or_default().to_owned();
        #[expect(clippy::disallowed_methods, reason = "how long an answer takes is what is measured")]
        let began = Instant::now();
        self.post(&session, &format!("{loan}/estimate"), "").await?;
        self.times.entry(victim).or_default().push(began.elapsed());
        let page = self
            .send(&format!(
                "GET {loan} HTTP/1.1\r\nHost: localhost\r\nCookie: hustings_session={}\r\n\r\n",
                session.cookie
            ))
            .await?;
        count_on(&page)
    }
}

/// The number on a request's page: `About 410 ± 40 people.`
fn count_on(page: &str) -> Result<Option<u64>, Failure> {
    let said = page.split("<p class=\"headline\">").nth(1).ok_or("the page says no reach")?;
    let said = said.split('<').next().unwrap_or_default().trim();
    if said.to_lowercase().starts_with("too few") {
        return Ok(None);
    }
    let digits: String =
        said.split('\u{b1}').next().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    Ok(Some(digits.parse().map_err(|_| format!("`{said}` holds no number"))?))
}
