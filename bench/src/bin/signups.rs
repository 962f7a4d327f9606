//! How fast single people sign up through HTTP while audiences are counted, each on the disk before it is answered:
//! `cargo run --release -p hustings-bench --bin signups -- [SECONDS [RATE [PEOPLE]]]`.
//!
//! The real pages in this process, on a list in a folder (`synchronous = FULL`); the clients come at fixed instants
//! whether the last was answered or not, and wait is counted from the instant at which each was to come.

use hustings::synth::{Plan, write};
use hustings_app::folder::init;
use hustings_app::people::count::count;
use hustings_app::people::import::{ImportJob, import};
use hustings_app::{App, Refusal};
use hustings_bench::new_list;
use hustings_domain::access::Actor;
use hustings_server::Site;
use hustings_vault::RootSecret;
use serde_json::json;
use std::error::Error;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

type Failure = Box<dyn Error + Send + Sync>;

/// Connections that are kept open, each with a visitor's cookie of its own.
const CLIENTS: u32 = 64;
/// What the counting thread asks, over and over.
const RULES: [&str; 3] = [
    "everyone",
    "consent \"news\" and not tag \"staff\"",
    "area in \"ocd-division/country:us/state:vt\" and issue has \"housing\"",
];

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn now() -> Instant {
    Instant::now()
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual: u32| arguments.next().map_or(Ok(usual), |text| text.parse::<u32>());
    let (seconds, rate, people) = (number(30)?, number(500)?, number(100_000)?);
    let folder = tempfile::tempdir()?;
    let app = list(folder.path(), people)?;
    let before = kept(&app)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let stop = Arc::new(AtomicBool::new(false));
    let counting = std::thread::spawn({
        let (app, stop) = (Arc::clone(&app), Arc::clone(&stop));
        move || count_on(&app, &stop)
    });
    let measured = runtime.block_on(drive(&app, seconds, rate));
    stop.store(true, Ordering::SeqCst);
    let mut counts = counting.join().map_err(|_| "the counting thread broke")??;
    let (mut waits, lasted) = measured?;
    let new = kept(&app)? - before;
    if new != waits.len() as u64 {
        return Err(format!("{} were answered and {new} are kept", waits.len()).into());
    }
    waits.sort_unstable();
    counts.sort_unstable();
    report(&waits, &counts, lasted, rate, people)
}

fn list(folder: &Path, people: u32) -> Result<Arc<App>, Failure> {
    let app = init(new_list(&folder.join("list"), &RootSecret::data_key([1; 32])))?;
    if people > 0 {
        let today = jiff::civil::date(2026, 9, 7);
        for file in write(&folder.join("files"), &Plan { people, seed: 1, today })?.files {
            import(&app, &Actor::operator(), &ImportJob::new(&file.path), &mut |_| {})?;
        }
    }
    Ok(Arc::new(app))
}

fn kept(app: &App) -> Result<u64, Refusal> {
    app.store().read(|tx| Ok(tx.supporter_count()?))
}

/// Counts until it is told to stop; how long each took, in microseconds.
fn count_on(app: &App, stop: &AtomicBool) -> Result<Vec<u64>, Failure> {
    let today = jiff::civil::date(2026, 9, 7);
    let mut took = Vec::new();
    for rule in RULES.iter().cycle() {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let began = now();
        count(app, &Actor::operator(), rule, today)?;
        took.push(microseconds(began.elapsed()));
    }
    Ok(took)
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// Serves, and signs people up at `rate` a second; how long each waited, in microseconds, and how long all took.
async fn drive(app: &Arc<App>, seconds: u32, rate: u32) -> Result<(Vec<u64>, Duration), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (end, ended) = oneshot::channel::<()>();
    let site = Arc::new(Site::new(Arc::clone(app))?);
    let serving = tokio::spawn(hustings_server::serve(site, listener, async move { drop(ended.await) }));
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(Client::open(address).await?);
    }
    let begin = now() + Duration::from_millis(200);
    let all = u64::from(seconds) * u64::from(rate);
    let tasks: Vec<_> = (0..CLIENTS)
        .zip(clients)
        .map(|(number, mut client)| {
            tokio::spawn(async move {
                let mut waits = Vec::new();
                for turn in (u64::from(number)..all).step_by(CLIENTS as usize) {
                    let due = begin + Duration::from_micros(turn * 1_000_000 / u64::from(rate));
                    tokio::time::sleep_until(due.into()).await;
                    client.sign_up(turn).await?;
                    waits.push(microseconds(now().duration_since(due)));
                }
                Ok::<_, Failure>(waits)
            })
        })
        .collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await??);
    }
    let lasted = begin.elapsed();
    drop(end);
    serving.await??;
    Ok((waits, lasted))
}

/// A connection that is kept, with its visitor's cookie.
struct Client {
    stream: TcpStream,
    cookie: String,
    token: String,
    buffer: Vec<u8>,
}

impl Client {
    async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut client = Self { stream, cookie: String::new(), token: String::new(), buffer: Vec::new() };
        let page = client.ask("GET /join HTTP/1.1\r\nHost: localhost\r\n\r\n").await?;
        let between = |from: &str, to: char| {
            page.split_once(from).and_then(|(_, rest)| rest.split(to).next()).map(str::to_owned)
        };
        client.cookie = between("set-cookie: ", ';').ok_or("the form sets no cookie")?;
        client.token = between("name=\"csrf\" value=\"", '"').ok_or("the form has no token")?;
        Ok(client)
    }

    async fn sign_up(&mut self, number: u64) -> Result<(), Failure> {
        let body = format!(
            "csrf={}&email=new{number}%40example.net&given-name=Ada&family-name=Berg{number}&postal-code=05401&purpose=news",
            self.token
        );
        let request = format!(
            "POST /join HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.cookie,
            body.len()
        );
        let answer = self.ask(&request).await?;
        if answer.starts_with("HTTP/1.1 200") {
            Ok(())
        } else {
            Err(format!("a sign-up was answered with {}", answer.lines().next().unwrap_or_default()).into())
        }
    }

    async fn ask(&mut self, request: &str) -> Result<String, Failure> {
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            let text = String::from_utf8_lossy(&self.buffer);
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.ok_or("the answer has no length")?.parse::<usize>()? {
                return Ok(text.into_owned());
            }
        }
    }
}

/// The value below which so many of a thousand lie.
fn per_mille(sorted: &[u64], share: usize) -> u64 {
    let place = (sorted.len() * share / 1_000).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().unwrap_or(0)
}

#[expect(clippy::cast_precision_loss, reason = "counts and microseconds of a measurement are small")]
fn report(waits: &[u64], counts: &[u64], lasted: Duration, rate: u32, people: u32) -> Result<(), Failure> {
    let reached = waits.len() as f64 / lasted.as_secs_f64();
    let result = json!({
        "asked_per_second": rate, "reached_per_second": reached.round(), "people_before": people,
        "signed_up": waits.len(), "seconds": lasted.as_secs_f64(), "clients": CLIENTS,
        "wait_us": {"median": per_mille(waits, 500), "p99": per_mille(waits, 990), "max": waits.last()},
        "counts": {"made": counts.len(), "median_us": per_mille(counts, 500), "p99_us": per_mille(counts, 990)},
    });
    let mut out = std::io::stdout().lock();
    let ms = |us: u64| us as f64 / 1_000.0;
    writeln!(
        out,
        "{:>8} {:>9} {:>10} {:>9} {:>9} {:>9}",
        "asked/s", "reached/s", "signed up", "median ms", "p99 ms", "max ms"
    )?;
    writeln!(
        out,
        "{rate:>8} {reached:>9.0} {:>10} {:>9.2} {:>9.2} {:>9.2}",
        waits.len(),
        ms(per_mille(waits, 500)),
        ms(per_mille(waits, 990)),
        ms(waits.last().copied().unwrap_or(0))
    )?;
    writeln!(
        out,
        "meanwhile {} counts over {people} made-up people and those who came: median {:.2} ms, 99 % under {:.2} ms",
        counts.len(),
        ms(per_mille(counts, 500)),
        ms(per_mille(counts, 990))
    )?;
    std::fs::write("bench/signups.json", serde_json::to_string_pretty(&result)? + "\n")?;
    Ok(())
}
