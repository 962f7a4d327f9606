//! The keys that the story's trustees sign with. On a real list each is in a file of its trustee's own; here they lie
//! beside the made-up people, so that whoever plays on can sign for anybody.

use super::browser::Browser;
use super::cast::TRUSTEES;
use super::stage::Stage;
use hustings_app::{Refusal, Result};
use hustings_domain::statement::{Proof, Statement};
use hustings_signet::FileKey;

const BOARD: &str = "/console/board";
/// The folder of the keys in a demonstration's folder.
pub(crate) const DEMO_KEYS: &str = "DEMO-KEYS";

/// A key for each trustee, and the browser in which each is logged in.
pub(crate) struct Signers(Vec<(&'static str, Browser, FileKey)>);

impl Signers {
    /// Every trustee registers a key, and confirms the next one's: no administrator has a part in it.
    pub(crate) fn found(stage: &Stage) -> Result<Self> {
        let mut rng = stage.app.rng("trustee-keys");
        let folder = stage.app.folder().join(DEMO_KEYS);
        let cannot = |error: std::io::Error| {
            Refusal::internal("the demonstration's keys cannot be kept").because(error)
        };
        std::fs::create_dir_all(&folder).map_err(cannot)?;
        let mut signers = Vec::new();
        for (name, _) in TRUSTEES {
            let key = FileKey::new(&mut *rng)
                .map_err(|error| Refusal::internal("no key could be made").because(error))?;
            let file = format!("{}.key", name.to_lowercase().replace(' ', "-"));
            std::fs::write(folder.join(file), key.to_text().as_bytes()).map_err(cannot)?;
            signers.push((name, stage.browser_of(name)?, key));
        }
        let signers = Self(signers);
        for (name, _, key) in &signers.0 {
            let public = key.public().public;
            let fields = [("kind", "file"), ("label", "laptop"), ("public", public.as_str())];
            signers.submit(name, BOARD, &format!("{BOARD}/keys"), &fields)?;
        }
        let next = signers.0.iter().cycle().skip(1);
        for ((name, ..), (.., of_next)) in signers.0.iter().zip(next) {
            let action = format!("{BOARD}/keys/{}/confirm", of_next.public().id()?);
            signers.submit(name, BOARD, &action, &[])?;
        }
        Ok(signers)
    }

    /// One trustee fills in a form, reads what is to be signed, and signs it.
    pub(crate) fn submit(&self, who: &str, page: &str, action: &str, filled: &[(&str, &str)]) -> Result<()> {
        let (_, browser, key) = self
            .0
            .iter()
            .find(|(name, ..)| *name == who)
            .ok_or_else(|| Refusal::internal(format!("no trustee is called {who}")))?;
        let shown = browser.submit(page, action, filled)?.ok("what a trustee says")?;
        let unread = || Refusal::internal("the page shows nothing to sign");
        let (_, rest) = shown.text.split_once("<pre><code>").ok_or_else(unread)?;
        let (text, _) = rest.split_once("</code></pre>").ok_or_else(unread)?;
        let text = text.replace("&#34;", "\"").replace("&quot;", "\"");
        let statement: Statement = serde_json::from_str(&text).map_err(|error| unread().because(error))?;
        let signed =
            key.sign(&statement).map_err(|error| Refusal::internal("nothing was signed").because(error))?;
        let Proof::File { signature } = signed.proof else { return Err(unread()) };
        browser.submit_shown(&shown, "/console/sign", &[("signature", &signature)])?.ok("signing").map(drop)
    }
}
