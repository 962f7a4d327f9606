//! Which tables a list has on every engine, with their columns; the first of them are the key.

use std::sync::LazyLock;

/// What a column holds, and how wide a number is on PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Eight bytes.
    Long,
    /// Four bytes.
    Int,
    /// Two bytes.
    Short,
    /// A text.
    Text,
    /// Bytes, or an id.
    Bytes,
}

/// A table, and the statements that it goes over with.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) kinds: Vec<Kind>,
    /// How many columns, from the first, are the key.
    pub(crate) key: usize,
    /// How many rows go over at a time.
    pub(crate) page: i64,
    pub(crate) whole: &'static str,
    pub(crate) first_page: &'static str,
    pub(crate) next_page: &'static str,
    pub(crate) last: &'static str,
    pub(crate) insert: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) empty: &'static str,
}

/// Name, how many columns are the key, and the columns: `:l` long, `:i` int, `:s` short, `:t` text, `:b` bytes.
///
/// `meta` comes last: a list whose meta is there is whole.
const SHAPES: [(&str, usize, &str); 51] = [
    ("word", 1, "id:l text:t"),
    ("counter", 1, "name:t next:l"),
    ("supporter", 1, "ordinal:l id:b joined:l version:l mail_key:b sealed:b"),
    ("blind", 2, "field:s hash:b ordinal:l"),
    ("fact", 1, "ordinal:l facts:b"),
    ("gift", 5, "ordinal:l day:l cents:l source:l occurrence:l"),
    ("change", 1, "sequence:l first:l last:l"),
    ("source", 1, "number:l name:t licence:t at:l"),
    ("shred", 1, "ordinal:l"),
    ("consent", 1, "place:l statements:b"),
    ("notice", 1, "hash:b text:t"),
    ("suppression", 2, "hash:b scope:l reason:s at:l"),
    ("ledger_entry", 1, "place:l entry:b"),
    ("ledger_node", 2, "level:s place:l hash:b"),
    ("charter", 1, "version:l toml:t at:l"),
    ("borrower", 1, "id:b registered:l body:t"),
    ("loan_key", 1, "loan_no:l id:b"),
    ("loan", 1, "id:b number:l borrower:b body:t"),
    ("proceedings", 1, "loan:b body:t"),
    ("estimate", 1, "n:l borrower:b season:t question:b season_price:l body:t"),
    ("asking", 1, "n:l borrower:b at:l body:t"),
    ("send", 1, "loan_no:l money:s body:t"),
    ("delivery", 2, "loan_no:l seq:l ordinal:l state:s epoch:l attempts:i code:i at:l"),
    ("delivery_tally", 2, "loan_no:l state:s people:l moved:l"),
    ("held_back", 2, "loan_no:l ordinal:l"),
    ("signal", 3, "loan_no:l signal:s ordinal:l at:l"),
    ("response", 2, "loan_no:l ordinal:l kind:s fields:t sealed_report:b at:l"),
    ("copy", 1, "number:l body:t"),
    ("copy_row", 2, "number:l place:l reference:t ordinal:l fields:t"),
    ("copy_file", 1, "number:l sealed:b"),
    ("duty", 1, "id:b borrower:b copy:l reference:t told:l acknowledged:l body:t"),
    ("outcome", 1, "digest:b borrower:b copy:l reference:t ordinal:l sealed:b at:l"),
    ("user", 1, "id:b email:t name:t body:t"),
    ("login_link", 1, "hash:b user_id:b expires:l"),
    ("session", 1, "hash:b user_id:b csrf:t expires:l"),
    ("user_token", 1, "hash:b user_id:b expires:l body:t"),
    ("alarm", 1, "id:b at:l kind:t what:t"),
    ("import_run", 1, "id:b at:l report:t"),
    ("attribute", 1, "name:t body:t"),
    ("division", 1, "id:t name:t same_as:t valid_from:l valid_through:l seen:l"),
    (
        "postal_place",
        5,
        "country:t code:t area:t valid_from:l began:l valid_through:l share:s seen:l ended:l",
    ),
    ("audience", 2, "name:t version:l expression:t saved_by:t at:l"),
    ("audience_retired", 1, "name:t at:l"),
    ("calendar_entry", 1, "id:b day:l body:t people:b"),
    ("sharing", 1, "number:l body:t"),
    ("allotment", 2, "sharing:l loan:b people:b"),
    ("trustee_key", 1, "id:b registered:l body:t"),
    ("pending_statement", 1, "hash:b expires:l body:t"),
    ("delegation", 1, "id:b body:t"),
    ("charter_proposal", 1, "number:l body:t"),
    ("asked_act", 1, "number:l body:t"),
];
const META: (&str, usize, &str) = ("meta", 1, "key:t value:t");

/// Rows of these can be megabytes each.
const ONE_BY_ONE: [&str; 3] = ["copy_file", "calendar_entry", "allotment"];
const PAGE: i64 = 5_000;

static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    SHAPES.iter().chain([&META]).map(|(name, key, columns)| table(name, *key, columns)).collect()
});

/// Every table, in an order in which what is referred to comes first.
pub(crate) fn tables() -> &'static [Table] {
    &TABLES
}

fn table(name: &'static str, key: usize, shape: &'static str) -> Table {
    let (columns, kinds): (Vec<&str>, Vec<Kind>) = shape
        .split(' ')
        .map(|column| {
            let (column, kind) = column.split_once(':').unwrap_or((column, "t"));
            let kind = match kind {
                "l" => Kind::Long,
                "i" => Kind::Int,
                "s" => Kind::Short,
                "b" => Kind::Bytes,
                _ => Kind::Text,
            };
            (column, kind)
        })
        .unzip();
    let list = columns.join(", ");
    let keys = columns.iter().take(key).copied().collect::<Vec<_>>();
    let order = keys.join(", ");
    let backwards = keys.iter().map(|column| format!("{column} DESC")).collect::<Vec<_>>().join(", ");
    let places = |count: usize| (1..=count).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
    let select = format!("SELECT {list} FROM \"{name}\"");
    // A statement is known by its text for as long as the program runs; there is one table of tables.
    let text = |text: String| -> &'static str { text.leak() };
    Table {
        name,
        whole: text(format!("{select} ORDER BY {order}")),
        first_page: text(format!("{select} ORDER BY {order} LIMIT $1")),
        next_page: text(format!(
            "{select} WHERE ({order}) > ({}) ORDER BY {order} LIMIT ${}",
            places(key),
            key + 1
        )),
        last: text(format!("{select} ORDER BY {backwards} LIMIT 1")),
        insert: text(format!("INSERT INTO \"{name}\" ({list}) VALUES ({})", places(columns.len()))),
        copy: text(format!("COPY \"{name}\" ({list}) FROM STDIN BINARY")),
        empty: text(format!("DELETE FROM \"{name}\"")),
        page: if ONE_BY_ONE.contains(&name) { 1 } else { PAGE },
        columns,
        kinds,
        key,
    }
}
