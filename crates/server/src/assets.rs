//! Styles, script and icon, embedded in the binary. Each has a hash of its content in its address, so that a
//! browser may keep it for ever and never shows an old one.

use std::fmt;

/// A file that pages refer to.
#[derive(Clone, Copy)]
pub struct Asset {
    stem: &'static str,
    extension: &'static str,
    /// The value of `content-type`.
    pub content_type: &'static str,
    /// The bytes to serve.
    pub body: &'static [u8],
    hash: u32,
}

impl fmt::Debug for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Asset({}, {} bytes)", self.file_name(), self.body.len())
    }
}

/// The styles of every page, in one file.
pub const STYLES: Asset = Asset::new(
    "hustings",
    "css",
    "text/css; charset=utf-8",
    concat!(
        include_str!("../../../web/styles/tokens.css"),
        include_str!("../../../web/styles/base.css"),
        include_str!("../../../web/styles/frame.css"),
        include_str!("../../../web/styles/parts.css"),
        include_str!("../../../web/styles/forms.css"),
        include_str!("../../../web/styles/charts.css"),
        include_str!("../../../web/styles/loan.css"),
        include_str!("../../../web/styles/supporter.css"),
    )
    .as_bytes(),
);

/// The one script: everything works without it.
pub const SCRIPT: Asset = Asset::new(
    "hustings",
    "js",
    "text/javascript; charset=utf-8",
    include_bytes!("../../../web/hustings.js"),
);

/// The icon of the tab.
pub const ICON: Asset = Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../../../web/icon.svg"));

/// Every asset there is.
pub const ALL: [Asset; 3] = [STYLES, SCRIPT, ICON];

/// What to send as `cache-control` with an asset: the address changes when the content does.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// What to send as `content-security-policy` with a page: no inline script, no inline style, nothing foreign.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The asset that `/assets/<file_name>` names, if there is one with that very content.
pub fn find(file_name: &str) -> Option<Asset> {
    ALL.into_iter().find(|asset| asset.file_name() == file_name)
}

impl Asset {
    const fn new(
        stem: &'static str,
        extension: &'static str,
        content_type: &'static str,
        body: &'static [u8],
    ) -> Self {
        Self { stem, extension, content_type, body, hash: fingerprint(body) }
    }

    /// `hustings-1a2b3c4d.css`.
    pub fn file_name(&self) -> String {
        format!("{}-{:08x}.{}", self.stem, self.hash, self.extension)
    }

    /// `/assets/hustings-1a2b3c4d.css`.
    pub fn url(&self) -> String {
        format!("/assets/{}", self.file_name())
    }
}

/// FNV-1a (64 bits, folded to 32). It tells versions apart; it is no protection against a forger, and needs to
/// be none, as the bytes come from the same binary as the page.
const fn fingerprint(mut bytes: &[u8]) -> u32 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    while let [first, rest @ ..] = bytes {
        hash ^= *first as u64;
        hash = hash.wrapping_mul(0x0100_0000_01b3);
        bytes = rest;
    }
    ((hash >> 32) as u32) ^ ((hash & 0xffff_ffff) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_found_under_its_own_address_only() {
        for asset in ALL {
            assert_eq!(find(&asset.file_name()).map(|found| found.body), Some(asset.body));
            assert_eq!(asset.url(), format!("/assets/{}", asset.file_name()));
        }
        assert!(find("hustings-00000000.css").is_none());
        assert!(find("../hustings.css").is_none());
    }

    #[test]
    fn the_address_changes_with_the_content() {
        assert_ne!(fingerprint(b"a"), fingerprint(b"b"));
        // The published FNV-1a 64 value of "foobar" is 85944171f73967e8.
        assert_eq!(fingerprint(b"foobar"), 0x8594_4171 ^ 0xf739_67e8);
    }

    #[test]
    fn styles_and_script_ask_for_nothing_foreign() {
        for asset in [STYLES, SCRIPT] {
            let text = std::str::from_utf8(asset.body).unwrap();
            for foreign in ["http:", "https:", "@import", "url(", "eval("] {
                assert!(!text.contains(foreign), "{} has {foreign}", asset.file_name());
            }
        }
    }
}
