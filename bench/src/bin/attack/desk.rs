//! The attacker's way: the borrower's desk over HTTP, one page after another on one connection.

use crate::Failure;
use crate::list::{ISSUES, Session, county, district, victims_of};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) struct Attacker {
    stream: TcpStream,
    asked: u64,
}

impl Attacker {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, asked: 0 })
    }

    /// The reach of a group's area in parts: of each victim's district, in order, none under the floor.
    pub(crate) async fn ask(
        &mut self,
        session: &Session,
        group: usize,
        issues: u8,
    ) -> Result<Vec<Option<u64>>, Failure> {
        let loan = self.file(session, &county(group), issues).await?;
        self.post(session, &format!("{loan}/divide"), "by=sldl").await?;
        let page = self.page(session, &loan).await?;
        let shown = parts_on(&page)?;
        let of = |victim| shown.get(&format!("sldl {victim}, county g{group}, state vt")).copied();
        Ok(victims_of(group).map(of).collect())
    }

    /// The reach of one district, and how long the answer took.
    pub(crate) async fn ask_alone(
        &mut self,
        session: &Session,
        area: &str,
        issues: u8,
    ) -> Result<Duration, Failure> {
        let loan = self.file(session, area, issues).await?;
        #[expect(clippy::disallowed_methods, reason = "how long an answer takes is what is measured")]
        let began = Instant::now();
        self.post(session, &format!("{loan}/estimate"), "").await?;
        Ok(began.elapsed())
    }

    /// The same for a victim's district.
    pub(crate) async fn ask_victim(
        &mut self,
        session: &Session,
        victim: usize,
        issues: u8,
    ) -> Result<Duration, Failure> {
        self.ask_alone(session, &district(victim), issues).await
    }

    /// Files a request over an area; where its page is.
    pub(crate) async fn file(
        &mut self,
        session: &Session,
        area: &str,
        issues: u8,
    ) -> Result<String, Failure> {
        self.asked += 1;
        let mut chosen = String::new();
        for (_, issue) in ISSUES.iter().enumerate().filter(|(bit, _)| issues >> bit & 1 == 1) {
            chosen.push_str("&issue=");
            chosen.push_str(issue);
        }
        let form = format!(
            "act=file&subject=Hear+us+{}&body=We+stand.&paid_for_by=Paid+for+by+us.&ask=hear&area={}{chosen}\
             &closes=2030-12-01&field=email",
            self.asked,
            area.replace('/', "%2F").replace(':', "%3A")
        );
        let filed = self.post(session, "/desk/request", &form).await?;
        Ok(filed.split('?').next().unwrap_or_default().to_owned())
    }

    /// How long a page takes.
    pub(crate) async fn time_of(&mut self, session: &Session, path: &str) -> Result<Duration, Failure> {
        #[expect(clippy::disallowed_methods, reason = "how long a page takes is what is measured")]
        let began = Instant::now();
        let page = self.page(session, path).await?;
        if !page.starts_with("HTTP/1.1 200") {
            return Err(format!("{path} was not shown").into());
        }
        Ok(began.elapsed())
    }

    async fn page(&mut self, session: &Session, path: &str) -> Result<String, Failure> {
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: hustings_session={}\r\n\r\n",
            session.cookie
        ))
        .await
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
        // Where the body begins and how long it is, once the head has come.
        let mut body: Option<(usize, usize)> = None;
        loop {
            if self.stream.read_buf(&mut buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if body.is_none()
                && let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n")
            {
                let head = String::from_utf8_lossy(buffer.get(..at).unwrap_or_default()).into_owned();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                body = Some((at + 4, length.unwrap_or("0").parse()?));
            }
            if let Some((from, length)) = body
                && buffer.len() >= from + length
            {
                return Ok(String::from_utf8_lossy(&buffer).into_owned());
            }
        }
    }
}

/// The numbers of the table of parts, by their labels.
fn parts_on(page: &str) -> Result<HashMap<String, u64>, Failure> {
    if !page.starts_with("HTTP/1.1 200") || !page.contains("district of the lower house</h3>") {
        return Err("the page shows no parts".into());
    }
    let mut shown = HashMap::new();
    for row in page.split("<tr><th scope=\"row\">").skip(1) {
        let (label, rest) = row.split_once("</th><td class=\"number\">").ok_or("a row without a number")?;
        let number: String =
            rest.split('<').next().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
        shown.insert(label.to_owned(), number.parse()?);
    }
    Ok(shown)
}
