//! The frame around a body: who passes it on, who paid, where to set things right, how to stop it. Readable at 600 pixels, on a phone, and in
//! the dark; one column, no pictures, no web fonts.

use super::Letter;
use super::tags::{Tag, escape_braces_text};

/// The tags that the frame itself uses.
pub(super) fn tags(letter: &Letter) -> Vec<Tag> {
    let mut tags = vec![Tag::UnsubscribeLink];
    tags.extend(letter.answer_button.is_some().then_some(Tag::AnswerLink));
    tags.extend(letter.my_page.is_some().then_some(Tag::PreferencesLink));
    tags
}

/// What is said under the body, a sentence each.
fn sentences(letter: &Letter) -> Vec<String> {
    let owner = &letter.owner_name;
    let mut sentences = Vec::new();
    sentences.extend(letter.paid_for_by.clone());
    if let Some(borrower) = &letter.passed_on_for {
        sentences.push(format!("{borrower} asked us to pass this on; we did not endorse it."));
        sentences.push(format!(
            "{owner} sent this. {borrower} does not have your address, and gets nothing about you unless you say yes."
        ));
    }
    sentences.push(format!("{owner}, {}", letter.postal_address));
    sentences
}

/// The template of the plain part around `body`, which is a template already.
pub(super) fn text(letter: &Letter, body: &str) -> String {
    let mut out = body.to_owned();
    if let Some(button) = &letter.answer_button {
        out.extend(["\n\n", &escape_braces_text(button), ":\n{{ answer_link }}"]);
    }
    out.push_str("\n\n--\n");
    for sentence in sentences(letter) {
        out.push_str(&escape_braces_text(&sentence));
        out.push('\n');
    }
    if let Some(words) = &letter.my_page {
        out.extend([&escape_braces_text(words), ": {{ preferences_link }}\n"]);
    }
    out.push_str("Unsubscribe: {{ unsubscribe_link }}\n");
    out
}

/// The template of the HTML part around `body`, whose tokens are still to be replaced.
pub(super) fn html(letter: &Letter, body: &str) -> String {
    let button = letter.answer_button.as_ref().map_or_else(String::new, |words| {
        let words = escape(words);
        format!(
            "<p style=\"margin:24px 0\"><a class=\"button\" href=\"{{{{ answer_link }}}}\" style=\"display:inline-block;\
             padding:12px 24px;border-radius:6px;background:#1f5fa8;color:#ffffff;font-weight:bold;\
             text-decoration:none\">{words}</a></p>\n"
        )
    });
    let foot: String = sentences(letter)
        .iter()
        .flat_map(|sentence| {
            ["<p style=\"margin:0 0 8px\">".to_owned(), escape(sentence), "</p>\n".to_owned()]
        })
        .collect();
    let my_page = letter.my_page.as_ref().map_or_else(String::new, |words| {
        let words = escape(words);
        format!(
            "<p style=\"margin:0 0 8px\"><a href=\"{{{{ preferences_link }}}}\" style=\"color:#55524a\">{words}</a></p>\n"
        )
    });
    let title = escape(&letter.owner_name);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"supported-color-schemes\" content=\"light dark\">\n\
<title>{title}</title>\n<style>\n@media (prefers-color-scheme: dark) {{\n\
.page {{ background: #16181b !important; }}\n\
.sheet {{ background: #1f2226 !important; color: #ececec !important; }}\n\
.sheet a {{ color: #9cc4f2 !important; }}\n.sheet a.button {{ color: #ffffff !important; }}\n\
.foot {{ color: #b5b5b5 !important; }}\n}}\n</style>\n</head>\n\
<body class=\"page\" style=\"margin:0;padding:0;background:#f3f2ee\">\n\
<table role=\"presentation\" class=\"page\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
style=\"background:#f3f2ee\">\n<tr><td align=\"center\" style=\"padding:16px\">\n\
<table role=\"presentation\" class=\"sheet\" width=\"600\" cellpadding=\"0\" cellspacing=\"0\" \
style=\"width:100%;max-width:600px;background:#ffffff;color:#1b1b1b\">\n<tr><td \
style=\"padding:24px;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;text-align:left\">\n\
{body}{button}</td></tr>\n<tr><td class=\"foot\" \
style=\"padding:16px 24px 24px;border-top:1px solid #d8d5cb;\
font:13px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#55524a;text-align:left\">\n\
{foot}{my_page}<p style=\"margin:0\"><a href=\"{{{{ unsubscribe_link }}}}\" style=\"color:#55524a\">Unsubscribe</a></p>\n\
</td></tr>\n</table>\n</td></tr>\n</table>\n</body>\n</html>\n"
    )
}

/// Text for HTML, braces included.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '{' => out.push_str("&#123;"),
            '}' => out.push_str("&#125;"),
            other => out.push(other),
        }
    }
    out
}
