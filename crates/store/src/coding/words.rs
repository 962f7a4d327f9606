//! Words that repeat (purposes, sources, tags, areas, notices) as small numbers, remembered per connection.

use crate::engine::{Engine, Sql};
use crate::error::{StoreError, StoreResult};
use foldhash::fast::RandomState;
use hustings_domain::area::AreaId;
use hustings_domain::consent::NoticeHash;
use hustings_domain::words::Slug;
use std::collections::HashMap;

const FIND: &str = "SELECT id FROM word WHERE text = $1";
const ADD: &str = "INSERT INTO word (text) VALUES ($1) RETURNING id";
const TEXT: &str = "SELECT text FROM word WHERE id = $1";

/// A word as read back, in the forms that it is needed in.
struct Word {
    text: String,
    slug: Option<Slug>,
    area: Option<AreaId>,
}

/// What one connection remembers of the dictionary.
///
/// INVARIANT: outside a write transaction it holds committed words alone; `forget_new` restores that after a
/// rollback, and `keep_new` after a commit.
#[derive(Default)]
pub(crate) struct Words {
    ids: HashMap<String, u32, RandomState>,
    notices: HashMap<NoticeHash, u32, RandomState>,
    texts: HashMap<u32, Word, RandomState>,
    new: bool,
}

impl Words {
    /// The transaction was committed: what it added may be remembered.
    pub(crate) fn keep_new(&mut self) {
        self.new = false;
    }

    /// A transaction of several was undone, in part or altogether: whatever was read in it is forgotten too.
    pub(crate) fn forget_all(&mut self) {
        *self = Self::default();
    }

    /// The transaction was rolled back: what it added does not exist.
    pub(crate) fn forget_new(&mut self) {
        if self.new {
            *self = Self::default();
        }
    }

    /// The number of a word that is kept already.
    pub(crate) fn known<E: Engine>(&mut self, connection: &E, text: &str) -> StoreResult<Option<u32>> {
        if let Some(id) = self.ids.get(text) {
            return Ok(Some(*id));
        }
        let found = connection.one(FIND, (text,), |row| row.get(0))?;
        if let Some(id) = found {
            self.ids.insert(text.to_owned(), id);
        }
        Ok(found)
    }

    /// The number of a word, which is added when it is new.
    pub(crate) fn id<E: Engine>(&mut self, connection: &E, text: &str) -> StoreResult<u32> {
        if let Some(id) = self.known(connection, text)? {
            return Ok(id);
        }
        let id = connection
            .one(ADD, (text,), |row| row.get(0))?
            .ok_or_else(|| StoreError::Engine("a new word got no number".to_owned()))?;
        self.ids.insert(text.to_owned(), id);
        self.new = true;
        Ok(id)
    }

    /// The number that stands for a notice's hash.
    pub(crate) fn notice_id<E: Engine>(&mut self, connection: &E, notice: NoticeHash) -> StoreResult<u32> {
        if let Some(id) = self.notices.get(&notice) {
            return Ok(*id);
        }
        let id = self.id(connection, &notice.0.to_string())?;
        self.notices.insert(notice, id);
        Ok(id)
    }

    fn word<E: Engine>(&mut self, connection: &E, id: u32) -> StoreResult<&Word> {
        match self.texts.entry(id) {
            std::collections::hash_map::Entry::Occupied(known) => Ok(known.into_mut()),
            std::collections::hash_map::Entry::Vacant(place) => {
                let text: String = connection
                    .one(TEXT, (id,), |row| row.get(0))?
                    .ok_or_else(|| StoreError::Damaged(format!("word {id} is missing")))?;
                let (slug, area) = (text.parse().ok(), text.parse().ok());
                Ok(place.insert(Word { text, slug, area }))
            }
        }
    }

    /// A word's text.
    pub(crate) fn text<E: Engine>(&mut self, connection: &E, id: u32) -> StoreResult<&str> {
        Ok(&self.word(connection, id)?.text)
    }

    /// A word that is a short name.
    pub(crate) fn slug<E: Engine>(&mut self, connection: &E, id: u32) -> StoreResult<Slug> {
        let slug = self.word(connection, id)?.slug.clone();
        slug.ok_or_else(|| StoreError::Damaged(format!("word {id} is not a short name")))
    }

    /// A word that is an area.
    pub(crate) fn area<E: Engine>(&mut self, connection: &E, id: u32) -> StoreResult<AreaId> {
        let area = self.word(connection, id)?.area.clone();
        area.ok_or_else(|| StoreError::Damaged(format!("word {id} is not an area")))
    }
}
