//! Looking an appeal over before a board spends time on it: what is refused (a link that hides where it leads, a form,
//! a subject that pretends), and what is advised (length, hard reading). Says what to do instead, line by line.

use super::Problem;
use super::tags::Source;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::net::IpAddr;

/// A subject beyond this is cut off by most phones (RFC 5322, section 2.1.1, advises 78 for a whole line).
const LONG_SUBJECT: usize = 78;
/// A subject beyond this is no subject.
const MOST_SUBJECT: usize = 200;
/// Beyond this few people read to the end.
const LONG_BODY: usize = 400;
/// An appeal is a letter and no book.
const MOST_WORDS: usize = 2_000;
/// Links beyond this look like an advertisement, to filters too.
const MANY_LINKS: usize = 5;
/// LIX (Björnsson 1968): words a sentence, and of a hundred words those of more than six letters. From 50 on a text
/// reads like an official report.
const HARD: usize = 50;
/// Fewer words than this say nothing about reading.
const ENOUGH_WORDS: usize = 30;
/// Hosts that hide where a link leads.
const SHORTENERS: [&str; 12] = [
    "bit.ly",
    "t.co",
    "tinyurl.com",
    "goo.gl",
    "ow.ly",
    "is.gd",
    "buff.ly",
    "rebrand.ly",
    "cutt.ly",
    "lnkd.in",
    "rb.gy",
    "shorturl.at",
];

/// How much a remark weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It is not sent like this.
    Refused,
    /// It is sent; the borrower and the board know.
    Advised,
}

/// One remark about an appeal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// How much it weighs.
    pub weight: Weight,
    /// Where, and what.
    pub problem: Problem,
    /// What to do instead.
    pub instead: String,
}

/// Everything there is to say about an appeal's subject and body, the refused first. What does not read at all is for
/// [`super::Composer::new`] to refuse.
pub fn look_over(subject: &str, body: &str) -> Vec<Remark> {
    let mut found = Found::default();
    found.subject(subject);
    if let Ok(source) = Source::read("body", body) {
        found.body(&source);
    }
    found.0.sort_by_key(|remark| remark.weight);
    found.0
}

#[derive(Default)]
struct Found(Vec<Remark>);

impl Found {
    fn say(&mut self, weight: Weight, field: &'static str, line: usize, why: String, instead: &str) {
        let problem = Problem { field, line, why };
        self.0.push(Remark { weight, problem, instead: instead.to_owned() });
    }

    fn subject(&mut self, subject: &str) {
        let length = subject.chars().count();
        let mut say = |weight, why: String, instead| self.say(weight, "subject", 1, why, instead);
        if length > MOST_SUBJECT {
            say(
                Weight::Refused,
                format!("it has {length} characters"),
                "say it in 78 characters, 200 at the most",
            );
        } else if length > LONG_SUBJECT {
            say(Weight::Advised, format!("it has {length} characters, and phones cut it off"), "78 or fewer");
        }
        let start = subject.trim_start().to_lowercase();
        if ["re:", "fw:", "fwd:", "aw:", "sv:"].iter().any(|answer| start.starts_with(answer)) {
            // 15 U.S.C. 7704(a)(2): no subject may mislead about what the message is.
            say(
                Weight::Refused,
                "it pretends to answer or to pass on a message that there was not".to_owned(),
                "begin with what it is about",
            );
        }
        let letters: Vec<char> = subject.chars().filter(|letter| letter.is_alphabetic()).collect();
        let capitals = letters.iter().filter(|letter| letter.is_uppercase()).count();
        if letters.len() >= 10 && capitals * 10 > letters.len() * 7 {
            say(Weight::Advised, "it shouts: nearly all capitals".to_owned(), "write it as a sentence");
        }
        if subject.matches('!').count() > 1 {
            say(
                Weight::Advised,
                "more than one exclamation mark".to_owned(),
                "one is enough, none is better",
            );
        }
    }

    fn body(&mut self, source: &Source) {
        let (mut text, mut links) = (String::new(), 0);
        let mut open: Option<(String, String, usize)> = None;
        let events = Parser::new_ext(&source.tokenised, Options::ENABLE_STRIKETHROUGH).into_offset_iter();
        for (event, range) in events {
            let before = source.tokenised.get(..range.start).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            match event {
                Event::Html(raw) | Event::InlineHtml(raw) if is_markup(&raw) => self.say(
                    Weight::Refused,
                    "body",
                    line,
                    "HTML is not sent, and a form or a script never".to_owned(),
                    "write Markdown; the answer button is added for you",
                ),
                Event::Start(Tag::Link { dest_url, .. }) if !source.is_merged_link(&dest_url) => {
                    links += 1;
                    open = Some((dest_url.into_string(), String::new(), line));
                }
                Event::End(TagEnd::Link) => {
                    if let Some((target, shown, line)) = open.take() {
                        self.link(&target, shown.trim(), line);
                    }
                }
                Event::Text(words) | Event::Code(words) | Event::Html(words) | Event::InlineHtml(words) => {
                    text.push_str(&words);
                    if let Some((_, shown, _)) = &mut open {
                        shown.push_str(&words);
                    }
                }
                Event::SoftBreak | Event::HardBreak => text.push(' '),
                // What ends a line ends a sentence.
                Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item) => text.push_str(".\n"),
                _ => {}
            }
        }
        if links > MANY_LINKS {
            let why = format!("{links} links, and filters take that for an advertisement");
            self.say(Weight::Advised, "body", 1, why, "5 or fewer");
        }
        self.reading(&text);
    }

    fn link(&mut self, target: &str, shown: &str, line: usize) {
        let mut refuse = |why: String, instead| self.say(Weight::Refused, "body", line, why, instead);
        if shown.is_empty() {
            refuse("a link that nobody can see".to_owned(), "give it words, or take it out");
        }
        let Some(host) = host(target) else { return };
        if let Some(claimed) = shown_host(shown).filter(|claimed| !same_site(claimed, &host)) {
            refuse(
                format!("a link shows `{claimed}` and leads to `{host}`"),
                "show where it leads, or words that name no site",
            );
        }
        if SHORTENERS.contains(&host.as_str()) {
            refuse(format!("`{host}` hides where the link leads"), "link to the page itself");
        }
        if host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
            refuse(format!("the link leads to a bare number, `{host}`"), "link to a name");
        }
        if host.split('.').any(|part| part.starts_with("xn--")) || !host.is_ascii() {
            refuse(format!("`{host}` can be taken for another name"), "link to a name in plain letters");
        }
        if target.split('/').nth(2).is_some_and(|place| place.contains('@')) {
            refuse(
                "the link hides its site behind an `@`".to_owned(),
                "leave out what stands before the `@`",
            );
        }
        if target.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://")) {
            let why = format!("the link to `{host}` is not encrypted");
            self.say(Weight::Advised, "body", line, why, "use https://");
        }
    }

    fn reading(&mut self, text: &str) {
        let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
        if words > MOST_WORDS {
            let why = format!("it has {words} words");
            self.say(Weight::Refused, "body", 1, why, "2,000 at the most; 400 are read to the end");
        } else if words > LONG_BODY {
            let why = format!("it has {words} words, and few people read to the end");
            self.say(Weight::Advised, "body", 1, why, "400 or fewer");
        }
        if let Some(lix) = lix(text).filter(|lix| *lix >= HARD) {
            let why = format!("it is hard to read: {lix} on the LIX scale, where a newspaper has about 40");
            self.say(Weight::Advised, "body", 1, why, "shorter sentences and shorter words");
        }
    }
}

/// How hard a text is to read, on the LIX scale; none for a few words.
pub fn lix(text: &str) -> Option<usize> {
    let (mut words, mut long, mut sentences, mut in_sentence) = (0, 0, 0, false);
    for word in text.split_whitespace() {
        let letters = word.chars().filter(|letter| letter.is_alphanumeric()).count();
        if letters > 0 {
            words += 1;
            long += usize::from(letters > 6);
            in_sentence = true;
        }
        if in_sentence && word.ends_with(['.', '!', '?', ':', ';']) {
            sentences += 1;
            in_sentence = false;
        }
    }
    sentences += usize::from(in_sentence);
    (words >= ENOUGH_WORDS).then(|| (words + sentences / 2) / sentences.max(1) + 100 * long / words)
}

/// Whether a piece of raw HTML is an element, a comment or a declaration, and not `a < b`.
fn is_markup(raw: &str) -> bool {
    let mut letters = raw.trim_start().chars();
    letters.next() == Some('<')
        && letters.next().is_some_and(|next| next.is_ascii_alphabetic() || "/!?".contains(next))
}

/// The host of a web address, in small letters.
fn host(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let place = rest.split(['/', '?', '#']).next()?;
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    let host = match place.split_once(']') {
        Some((number, _)) => format!("{number}]"),
        None => place.split(':').next()?.to_owned(),
    };
    Some(host.trim_end_matches('.').to_lowercase())
}

/// The site that a link's words claim, if they look like an address.
fn shown_host(shown: &str) -> Option<String> {
    let word = shown.split_whitespace().find(|word| {
        word.contains("://") || word.to_lowercase().starts_with("www.") || looks_like_a_name(word)
    })?;
    let word = word.trim_matches(|c: char| "()<>,;\"'".contains(c));
    host(word).or_else(|| host(&format!("https://{word}")))
}

fn looks_like_a_name(word: &str) -> bool {
    let name = word.split(['/', '?', '#']).next().unwrap_or_default().trim_end_matches(['.', ',', ';', ':']);
    let parts: Vec<&str> = name.split('.').collect();
    let plain = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-');
    parts.len() > 1
        && parts.iter().all(plain)
        && parts.last().is_some_and(|last| last.len() >= 2 && last.chars().all(char::is_alphabetic))
}

/// Whether two hosts are one site to a reader: the same, or one a part of the other.
fn same_site(shown: &str, real: &str) -> bool {
    let bare = |host: &str| host.trim_start_matches("www.").to_owned();
    let (shown, real) = (bare(shown), bare(real));
    shown == real || real.ends_with(&format!(".{shown}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(subject: &str, body: &str) -> Vec<(Weight, String)> {
        look_over(subject, body)
            .into_iter()
            .map(|remark| (remark.weight, format!("{}: {}", remark.problem.line, remark.problem.why)))
            .collect()
    }

    fn refused(body: &str) -> Vec<String> {
        said("Rents", body)
            .into_iter()
            .filter(|(weight, _)| *weight == Weight::Refused)
            .map(|(_, what)| what)
            .collect()
    }

    #[test]
    fn a_plain_letter_has_nothing_against_it() {
        let body = "Dear {{ given_name }},\n\nI stand for the House. Read my plan at [okafor.example](https://okafor.example/plan) \
                    or [here](https://plan.okafor.example).\n\n3 < 4, and that is no markup.";
        assert_eq!(said("A home you can afford in District 4", body), []);
    }

    #[test]
    fn a_link_that_hides_where_it_leads_is_refused() {
        for (body, what) in [
            (
                "see\n[mybank.example](https://evil.example/x)",
                "2: a link shows `mybank.example` and leads to `evil.example`",
            ),
            (
                "[https://a.example/b](https://a.example.evil.example)",
                "1: a link shows `a.example` and leads to `a.example.evil.example`",
            ),
            (
                "[www.a.example!](https://b.example)",
                "1: a link shows `www.a.example!` and leads to `b.example`",
            ),
            ("[](https://b.example)", "1: a link that nobody can see"),
            ("[plan](https://bit.ly/3x)", "1: `bit.ly` hides where the link leads"),
            ("[plan](https://10.0.0.1/a)", "1: the link leads to a bare number, `10.0.0.1`"),
            ("[plan](https://[::1]/a)", "1: the link leads to a bare number, `[::1]`"),
            (
                "[plan](https://xn--pypal-4ve.example)",
                "1: `xn--pypal-4ve.example` can be taken for another name",
            ),
            ("[plan](https://bank.example@b.example/a)", "1: the link hides its site behind an `@`"),
        ] {
            assert_eq!(refused(body), [what], "{body}");
        }
    }

    #[test]
    fn a_form_is_refused() {
        let what = "1: HTML is not sent, and a form or a script never";
        assert_eq!(refused("<form action=\"https://b.example\"><input></form>"), [what]);
        assert!(refused("Hello <script>alert(1)</script> you").iter().all(|said| said == what));
        assert!(refused("a < b and c > d").is_empty(), "that is text");
    }

    #[test]
    fn a_subject_does_not_pretend_and_does_not_shout() {
        assert_eq!(said("Re: our talk", "x").first().map(|(weight, _)| *weight), Some(Weight::Refused));
        assert_eq!(said("ACT NOW OR NEVER!!", "x").len(), 2);
        assert_eq!(said(&"x".repeat(90), "x").first().map(|(weight, _)| *weight), Some(Weight::Advised));
        assert_eq!(said(&"x".repeat(201), "x").first().map(|(weight, _)| *weight), Some(Weight::Refused));
    }

    #[test]
    fn hard_reading_is_said() {
        assert_eq!(lix("Too few words."), None);
        let easy = "We want a home for all. ".repeat(8);
        assert_eq!(lix(&easy), Some(6));
        let hard = "Notwithstanding considerations regarding infrastructural prerequisites, comprehensive \
                    legislative deliberations concerning affordability requirements necessitate substantial \
                    interdepartmental coordination throughout successive parliamentary sessions until appropriate \
                    authorities ultimately determine constitutional compatibility regarding municipal housing.".repeat(2);
        assert!(said("Rents", &hard).iter().any(|(_, what)| what.contains("hard to read")));
        assert!(said("Rents", &"word ".repeat(500)).iter().any(|(_, what)| what.contains("500 words")));
        assert_eq!(refused(&"word. ".repeat(2_100)), ["1: it has 2100 words"]);
    }
}
