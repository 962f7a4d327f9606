//! The groups of `Name: value` lines inside a report (RFC 3464, 2.1).

/// Groups and fields read from one report.
const GROUP_LIMIT: usize = 20;
const FIELD_LIMIT: usize = 50;

/// One group of fields; names in lower case.
#[derive(Debug, Default)]
pub(super) struct Group(Vec<(String, String)>);

impl Group {
    /// The value of `name`, without an address type like `rfc822;`.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The groups of a report, up to the limits.
pub(super) fn groups(report: &str) -> Vec<Group> {
    let mut groups = vec![Group::default()];
    for line in report.lines() {
        let Some(group) = groups.last_mut() else { break };
        if line.trim().is_empty() {
            if !group.0.is_empty() {
                if groups.len() >= GROUP_LIMIT {
                    break;
                }
                groups.push(Group::default());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.0.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':')
            && group.0.len() < FIELD_LIMIT
        {
            group.0.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    groups
}
