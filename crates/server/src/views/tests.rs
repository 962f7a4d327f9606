//! What must hold on every page, whatever is written on it.

mod html;

#[path = "../../examples/gallery/samples/every.rs"]
mod samples;

use crate::views;
use html::{Tag, tags};

/// Breaks out of text, of an attribute, and of both.
fn hostile(text: &str) -> String {
    format!("{text}\"'><script>alert(1)</script><img src=x onerror=alert(2) style=x>")
}

fn calm() -> Vec<samples::Page> {
    samples::pages(str::to_owned).unwrap()
}

fn attacked() -> Vec<samples::Page> {
    samples::pages(hostile).unwrap()
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

#[test]
fn nothing_that_people_wrote_becomes_markup() {
    for ((name, calm), (_, attacked)) in calm().into_iter().zip(attacked()) {
        assert!(!attacked.contains("<script>"), "{name}");
        // The markup is the same, tag for tag, whatever the texts are: only values of attributes differ.
        let shape = |html: &str| -> Vec<(String, Vec<String>)> {
            tags(html)
                .into_iter()
                .map(|tag| (tag.name, tag.attributes.into_iter().map(|(key, _)| key).collect()))
                .collect()
        };
        assert_eq!(shape(&calm), shape(&attacked), "{name}");
        assert!(attacked.len() > calm.len(), "{name} shows none of its texts");
    }
}

#[test]
fn no_page_needs_more_than_the_strict_policy_allows() {
    for (name, html) in calm() {
        for tag in tags(&html) {
            for (key, value) in &tag.attributes {
                assert!(key != "style" && !key.starts_with("on"), "{name}: {key} on {}", tag.name);
                assert!(!value.trim_start().starts_with("javascript:"), "{name}: {value}");
            }
            assert_ne!(tag.name, "style", "{name}");
        }
        for after in html.split("<script").skip(1) {
            let (attributes, rest) = after.split_once('>').unwrap();
            assert!(attributes.contains("src=\"/assets/"), "{name}: a script without an address");
            assert!(rest.starts_with("</script>"), "{name}: an inline script");
        }
    }
}

#[test]
fn forms_of_the_console_and_the_desk_carry_the_token_and_the_others_none() {
    let mut posts = 0;
    for (name, html) in calm() {
        for form in html.split("<form").skip(1) {
            let (form, _) = form.split_once("</form>").unwrap();
            if !form.contains("method=\"post\"") {
                assert!(form.contains("method=\"get\"") && !form.contains("csrf"), "{name}: {form}");
                continue;
            }
            posts += 1;
            let by_token = ["/a/", "/u/", "/me/"].iter().any(|p| form.contains(&format!("action=\"{p}")));
            let carried = form.matches("<input type=\"hidden\" name=\"csrf\" value=\"c3Vuc2hpbmU\">").count();
            assert_eq!(carried, usize::from(!by_token), "{name}: {form}");
        }
    }
    assert!(posts > 50, "only {posts} forms were looked at");
}

#[test]
fn tags_close_in_order_and_ids_are_unique_and_pointed_at() {
    for (name, html) in calm() {
        let tags = tags(&html);
        let mut open: Vec<&str> = Vec::new();
        for tag in &tags {
            if let Some(closed) = tag.name.strip_prefix('/') {
                assert_eq!(open.pop(), Some(closed), "{name}: </{closed}> closes something else");
            } else if !tag.self_closed && !html::VOID.contains(&tag.name.as_str()) {
                open.push(&tag.name);
            }
        }
        assert!(open.is_empty(), "{name}: {open:?} left open");
        let mut ids: Vec<&str> = tags.iter().filter_map(|tag| attribute(tag, "id")).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}: an id is used twice");
        for tag in &tags {
            for key in ["for", "aria-labelledby", "aria-describedby", "data-live-into"] {
                for id in attribute(tag, key).into_iter().flat_map(str::split_whitespace) {
                    assert!(ids.contains(&id), "{name}: {key} points at {id}, which is not there");
                }
            }
            let local = attribute(tag, "href").and_then(|href| href.strip_prefix('#'));
            assert!(local.is_none_or(|id| ids.contains(&id)), "{name}: a link to {local:?}");
        }
    }
}

#[test]
fn every_page_has_one_heading_which_is_its_title() {
    for (name, html) in calm() {
        let between = |from: &str, to: &str| {
            html.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map(|(text, _)| text.to_owned())
        };
        let heading = between("<h1>", "</h1>").unwrap();
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert!(between("<title>", "</title>").unwrap().starts_with(&heading), "{name}");
        assert!(html.contains("<main id=\"main\""), "{name}");
    }
}

#[test]
fn every_field_has_a_label() {
    for (name, html) in calm() {
        let tags = tags(&html);
        let labelled: Vec<&str> = tags.iter().filter_map(|tag| attribute(tag, "for")).collect();
        let mut inside_label = false;
        for tag in &tags {
            match tag.name.as_str() {
                "label" => inside_label = true,
                "/label" => inside_label = false,
                "input" | "textarea" | "select" if attribute(tag, "type") != Some("hidden") => {
                    let by_id = attribute(tag, "id").is_some_and(|id| labelled.contains(&id));
                    assert!(inside_label || by_id, "{name}: {:?} has no label", tag.attributes);
                }
                _ => {}
            }
        }
    }
}

#[test]
fn supporters_need_no_script_and_get_none() {
    for (name, html) in calm() {
        let open = html.contains("<body class=\"open\">");
        assert_eq!(html.contains("<script"), !open, "{name}");
    }
}

#[test]
fn an_address_never_stands_in_a_link() {
    for (name, html) in calm() {
        for tag in tags(&html) {
            for key in ["href", "action"] {
                assert!(!attribute(&tag, key).is_some_and(|link| link.contains('@')), "{name}");
            }
        }
    }
}

#[test]
fn empty_pages_teach() {
    let empty = calm().into_iter().filter(|(name, _)| name.ends_with("-empty")).collect::<Vec<_>>();
    assert!(empty.len() >= 10);
    for (name, html) in empty {
        assert!(html.contains("class=\"empty\""), "{name}");
    }
}
