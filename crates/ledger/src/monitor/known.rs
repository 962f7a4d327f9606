//! What a follower knows of a log: the newest checkpoint that held, and the right edge of its tree, so that new entries
//! are checked without the old ones.

use crate::checkpoint::{self, Checkpoint, VerifierKey};
use crate::hash::Hash;
use crate::tree::Frontier;

/// The first line of its text.
const FORMAT: &str = "hustings-known-log/v1";

/// The newest checkpoint that was proven and whose entries were checked.
#[derive(Debug, Clone)]
pub struct Known {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// Its signed note, word for word.
    pub note: String,
    pub(super) tree: Frontier,
}

impl Known {
    /// As a file: the roots of the complete subtrees, an empty line, the note.
    pub fn to_text(&self) -> String {
        let peaks: String = self.tree.peaks().iter().map(|hash| hash.to_base64() + "\n").collect();
        format!("{FORMAT}\n{peaks}\n{}", self.note)
    }

    /// Reads the file. It vouches for itself: the log has signed it, and the hashes give the signed root.
    pub fn parse(text: &str, key: &VerifierKey) -> Option<Self> {
        let (head, note) = text.split_once("\n\n")?;
        let mut lines = head.split('\n');
        if lines.next() != Some(FORMAT) {
            return None;
        }
        let checkpoint = checkpoint::parse_and_verify(note, key).ok()?;
        let peaks: Option<Vec<Hash>> = lines.take(65).map(Hash::parse_base64).collect();
        let tree = Frontier::of_peaks(checkpoint.size, peaks?)?;
        (tree.root() == checkpoint.root).then(|| Self { checkpoint, note: note.to_owned(), tree })
    }
}
