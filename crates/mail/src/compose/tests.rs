//! The checklist that a produced message must meet, and what a letter must not be able to do.

use super::*;
use crate::message_id::message_id;

fn letter() -> Letter {
    Letter {
        subject: "{{ given_name | default(\"Friend\") }}, une idée for Vermont".into(),
        body_markdown:
            "# Hello {{ given_name | default(\"friend\") }}\n\nClinics in **{{ area }}** are closing. \
            [Read more](https://ana.example/clinics?a=1&b=2) or [say yes]({{ yes_link }}).\n\n\
            - one\n- two\n  with more\n\n1. first\n2. second\n\n> quoted\n\nLine {with} <b>braces</b> & more."
                .into(),
        from_name: "Vermont Forward".into(),
        from_address: "hello@list.example".into(),
        reply_to: Some("team@list.example".into()),
        owner_name: "Vermont Forward".into(),
        passed_on_for: Some("Ana Ruiz".into()),
        paid_for_by: Some("Paid for by Friends of Ana Ruiz.".into()),
        postal_address: "1 Main Street, Burlington VT 05401".into(),
        answer_button: Some("Answer Ana".into()),
        my_page: Some("What we hold on you & why".into()),
        list_id: "appeals.list.example".into(),
        feedback: Feedback {
            campaign: "loan-7".into(),
            on_behalf_of: "ana-ruiz".into(),
            kind: "appeal".into(),
            sender: "vtforward".into(),
        },
        unsubscribe_mailto: Some("stop@list.example".into()),
    }
}

fn merge() -> Merge {
    Merge {
        to_address: "zoe@there.example".into(),
        given_name: Some("Zoë <b>".into()),
        family_name: None,
        area: Some("Burlington".into()),
        answer_link: Some("https://list.example/a/k3J9".into()),
        yes_link: Some("https://list.example/y/k3J9?x=1&y=2".into()),
        later_link: None,
        no_link: None,
        never_link: None,
        report_link: None,
        unsubscribe_link: "https://list.example/u/k3J9".into(),
        one_click_link: "https://list.example/u/k3J9/now".into(),
        preferences_link: Some("https://list.example/me/k3J9".into()),
        message_id: message_id(&[1; 32], b"loan-7", &[2; 16], "list.example"),
        date: "2026-11-22T12:00:00Z".parse().unwrap(),
    }
}

fn headers(message: &str) -> Vec<(String, String)> {
    let (head, _) = message.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let pair = |line: &str| line.split_once(": ").map(|(a, b)| (a.to_owned(), b.trim().to_owned())).unwrap();
    unfolded.split("\r\n").map(pair).collect()
}

#[test]
fn a_produced_message_meets_the_checklist() {
    let rendered = Composer::new(letter()).unwrap().render(&merge()).unwrap();
    let message = String::from_utf8(rendered.message).unwrap();
    assert!(message.is_ascii());
    assert!(!message.replace("\r\n", "").contains(['\r', '\n']), "CRLF only");
    assert!(message.split("\r\n").all(|line| line.len() <= 998));
    let headers = headers(&message);
    let all = |name: &str| -> Vec<&str> {
        headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    };
    for name in
        ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Reply-To", "List-Id", "Content-Type"]
    {
        assert_eq!(all(name).len(), 1, "exactly one {name}");
    }
    assert_eq!(headers.len(), 12, "and nothing else: {headers:?}");
    assert_eq!(all("From"), ["\"Vermont Forward\" <hello@list.example>"]);
    assert_eq!(all("To"), ["<zoe@there.example>"]);
    assert_eq!(all("Date"), ["Sun, 22 Nov 2026 12:00:00 +0000"]);
    assert_eq!(all("Message-ID"), [format!("<{}>", merge().message_id)]);
    assert_eq!(
        all("List-Unsubscribe"),
        ["<https://list.example/u/k3J9/now>, <mailto:stop@list.example?subject=unsubscribe>"]
    );
    assert_eq!(all("List-Unsubscribe-Post"), ["List-Unsubscribe=One-Click"]);
    assert_eq!(all("List-Id"), ["<appeals.list.example>"]);
    assert_eq!(all("Feedback-ID"), ["loan-7:ana-ruiz:appeal:vtforward"]);
    assert!(all("Subject")[0].starts_with("=?utf-8?"), "{:?}", all("Subject"));
    assert!(all("Content-Type")[0].starts_with("multipart/alternative; boundary=\"=_"));
    assert!(all("Precedence").is_empty() && !headers.iter().any(|(name, _)| name.starts_with("X-")));

    let parsed = mail_parser::MessageParser::default().parse(message.as_bytes()).unwrap();
    assert_eq!(parsed.subject(), Some("Zoë <b>, une idée for Vermont"));
    assert_eq!(parsed.parts.len(), 3);
    let (text, html) = (parsed.body_text(0).unwrap(), parsed.body_html(0).unwrap());
    assert_eq!(parsed.text_body.as_slice(), [1], "text first");
    for part in [&text, &html] {
        assert!(part.contains("https://list.example/u/k3J9"), "a visible way out");
        assert!(part.contains("https://list.example/me/k3J9"), "a visible way to one's own page");
        assert!(part.contains("Ana Ruiz asked us to pass this on; we did not endorse it."));
        assert!(part.contains("Paid for by Friends of Ana Ruiz.") && part.contains("1 Main Street"));
        assert!(!part.contains("mergetag") && !part.contains("zoe@"), "{part}");
    }
    assert!(html.len() < 102_000 && !html.contains("<img"), "no pixel");
}

#[test]
fn the_foot_leads_to_ones_own_page_where_the_letter_says_so() {
    let rendered = Composer::new(letter()).unwrap().render(&merge()).unwrap();
    let foot =
        "\nWhat we hold on you & why: https://list.example/me/k3J9\nUnsubscribe: https://list.example/u/k3J9";
    assert!(rendered.text.ends_with(foot), "{}", rendered.text);
    let link =
        "<a href=\"https://list.example/me/k3J9\" style=\"color:#55524a\">What we hold on you &amp; why</a>";
    assert!(rendered.html.contains(link), "{}", rendered.html);

    let without = Merge { preferences_link: None, ..merge() };
    assert_eq!(
        Composer::new(letter()).unwrap().render(&without),
        Err(RenderError::Missing { tags: "`preferences_link`".into() }),
        "a letter that promises a page is not sent without one"
    );
    let plain = Composer::new(Letter { my_page: None, ..letter() }).unwrap().render(&without).unwrap();
    assert!(!plain.text.contains("/me/") && !plain.html.contains("/me/"));
}

#[test]
fn both_parts_say_the_same() {
    let rendered = Composer::new(letter()).unwrap().render(&merge()).unwrap();
    let expected = "Hello Zoë <b>\n\nClinics in Burlington are closing. Read more \
        (https://ana.example/clinics?a=1&b=2) or say yes (https://list.example/y/k3J9?x=1&y=2).\n\n- one\n\
        - two with more\n\n1. first\n2. second\n\n> quoted\n\nLine {with} <b>braces</b> & more.\n\nAnswer Ana:\n\
        https://list.example/a/k3J9\n\n--\n";
    assert!(rendered.text.starts_with(expected), "{}", rendered.text);
    for piece in [
        "Hello Zoë &lt;b&gt;</h1>",
        "<strong>Burlington</strong>",
        "href=\"https://ana.example/clinics?a=1&amp;b=2\"",
        "&lt;b&gt;braces&lt;/b&gt; &amp; more.",
        "Line &#123;with&#125;",
        "href=\"https://list.example/a/k3J9\"",
        "href=\"https://list.example/y/k3J9?x=1&amp;y=2\"",
        "@media (prefers-color-scheme: dark) {\n.page { background: #16181b !important; }",
    ] {
        assert!(rendered.html.contains(piece), "{piece}\n{}", rendered.html);
    }
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let (one, two) = (Composer::new(letter()).unwrap(), Composer::new(letter()).unwrap());
    assert_eq!(one.render(&merge()).unwrap(), two.render(&merge()).unwrap());
    let another = Merge { message_id: message_id(&[1; 32], b"loan-7", &[3; 16], "list.example"), ..merge() };
    assert_ne!(one.render(&merge()).unwrap().message, one.render(&another).unwrap().message);
}

#[test]
fn defaults_fill_in_and_what_is_missing_is_named() {
    let composer = Composer::new(letter()).unwrap();
    assert_eq!(
        composer.required(),
        [Tag::Area, Tag::AnswerLink, Tag::YesLink, Tag::UnsubscribeLink, Tag::PreferencesLink]
    );
    assert_eq!(composer.links(), ["https://ana.example/clinics?a=1&b=2"]);
    let nameless = Merge { given_name: Some("  ".into()), ..merge() };
    let rendered = composer.render(&nameless).unwrap();
    assert!(rendered.subject.starts_with("Friend, ") && rendered.text.starts_with("Hello friend\n"));
    let placeless = Merge { area: None, yes_link: None, ..merge() };
    let error = composer.render(&placeless).unwrap_err();
    assert_eq!(error, RenderError::Missing { tags: "`area`, `yes_link`".into() });
}

#[test]
fn a_letter_can_do_nothing_but_merge() {
    let problems = |body: &str| {
        let result = Composer::new(Letter { body_markdown: body.into(), ..letter() });
        result.unwrap_err().0.iter().map(|p| (p.line, p.why.clone())).collect::<Vec<_>>()
    };
    for (body, line, why) in [
        ("a\n{% for x in y %}", 2, "`{%` and `{#` are not allowed"),
        ("{# hidden #}", 1, "`{%` and `{#` are not allowed"),
        ("{{ email }}", 1, "there is no merge tag `email`"),
        ("\n\n{{ given_nam }}", 3, "did you mean `given_name`?"),
        ("{{ given_name.__class__ }}", 1, "there is no merge tag"),
        ("{{ given_name | upper }}", 1, "only `default(\"words\")` is allowed"),
        ("{{ given_name | default(\"{{ area }}\") }}", 1, "only `default(\"words\")` is allowed"),
        ("{{ 7 * 7 }}", 1, "there is no merge tag"),
        ("{{ given_name", 1, "has no `}}`"),
        ("{{ yes_link | default(\"x\") }}", 1, "takes no default"),
        ("a\n\n![pixel](https://evil.example/p.gif)", 3, "pictures are not sent"),
        ("[x](javascript:alert(1))", 1, "is no link for a letter"),
        ("[x](https://evil.example/?who={{ given_name }})", 1, "would give it away"),
        ("[x]({{ unsubscribe_link }}/../)", 1, "would give it away"),
        ("[x](relative)", 1, "is no link for a letter"),
    ] {
        let found = problems(body);
        assert!(found.iter().any(|(at, words)| *at == line && words.contains(why)), "{body}: {found:?}");
    }
    assert_eq!(problems("{{ a }}\n{% b %}\n{{ c }}").len(), 3, "all are listed");
}

#[test]
fn nothing_gets_around_the_fence() {
    // Entities that turn into braces, HTML of all kinds, tokens by guess: all must come out as plain text.
    let body = "&#123;&#123; area &#125;&#125; &lbrace;% set x = 1 %} <script>alert(1)</script>\n\n\
        <img src=x onerror=alert(1)>\n\n<a href=\"https://evil.example\" onclick=x>y</a> mergetag0x `{{`\n\n{{ area }}";
    // A code span with braces is a tag without an end, and is said to be one.
    assert!(Composer::new(Letter { body_markdown: body.into(), ..letter() }).is_err());
    let body = body.replace("`{{`", "`{`");
    let rendered =
        Composer::new(Letter { body_markdown: body, ..letter() }).unwrap().render(&merge()).unwrap();
    assert!(
        rendered.text.contains("{{ area }} {% set x = 1 %} <script>alert(1)</script>"),
        "{}",
        rendered.text
    );
    assert!(rendered.text.contains("y</a> mergetag0x {"));
    for forbidden in ["<script", "<img", "<a href=\"https://evil", "\" href=\"https://evil"] {
        assert!(!rendered.html.contains(forbidden), "{forbidden}\n{}", rendered.html);
    }
}

#[test]
fn no_value_adds_a_header() {
    for (field, broken) in [
        ("from_name", Letter { from_name: "A\r\nBcc: x@y.example".into(), ..letter() }),
        ("from_address", Letter { from_address: "a@b.example>\r\nBcc: <x@y.example".into(), ..letter() }),
        ("subject", Letter { subject: "A\nBcc: x@y.example".into(), ..letter() }),
        ("list_id", Letter { list_id: "a.b>\r\nX: y".into(), ..letter() }),
        ("reply_to", Letter { reply_to: Some("a".into()), ..letter() }),
    ] {
        let problems = Composer::new(broken).unwrap_err();
        assert!(problems.0.iter().any(|problem| problem.field == field), "{field}: {problems}");
    }
    let composer = Composer::new(letter()).unwrap();
    let named = Merge { given_name: Some("A\r\nBcc: x@y.example".into()), ..merge() };
    let message = String::from_utf8(composer.render(&named).unwrap().message).unwrap();
    assert!(!message.contains("\r\nBcc"), "{message}");
    let wrong = Merge { to_address: "a@b.example\r\nBcc: x@y.example".into(), ..merge() };
    assert_eq!(composer.render(&wrong), Err(RenderError::Header("recipient")));
    let wrong = Merge { message_id: "a@b>\r\nX: y".into(), ..merge() };
    assert_eq!(composer.render(&wrong), Err(RenderError::Header("Message-ID")));
    for link in ["javascript:alert(1)", "http://evil.example/", "https://a.example/\r\nX: y", "https://a b"] {
        let wrong = Merge { one_click_link: link.into(), ..merge() };
        assert_eq!(composer.render(&wrong), Err(RenderError::Link(Tag::UnsubscribeLink)));
        let wrong = Merge { yes_link: Some(link.into()), ..merge() };
        assert_eq!(composer.render(&wrong), Err(RenderError::Link(Tag::YesLink)));
    }
    assert!(!format!("{:?}", merge()).contains("zoe"));
}
