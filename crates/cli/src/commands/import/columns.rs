//! `hustings import FILE --show-mapping`.

use crate::output::Voice;
use hustings_app::people::import::{ColumnShown, ColumnsShown, Why};
use hustings_domain::money::group_thousands;
use std::io::IsTerminal as _;

/// Says what each column is. Cells of it are shown to a person at a terminal alone: what goes into a file or another
/// program goes without them.
pub(super) fn words(tables: &[ColumnsShown], voice: Voice) {
    let samples = std::io::stdout().is_terminal();
    for table in tables {
        voice.say(format!(
            "`{}`: {}, {} rows; people who are known: {}.",
            table.file,
            table.kind.as_str(),
            group_thousands(table.rows),
            table.mode.as_str()
        ));
        let rows: Vec<Vec<String>> = table.columns.iter().map(|column| row(column, samples)).collect();
        let heads = ["column", "becomes", "because", "such as"];
        voice.table(heads.get(..if samples { 4 } else { 3 }).unwrap_or(&heads), &rows);
        voice.say("");
    }
    if !samples {
        voice.say("Cells of each column are shown on a terminal only.");
    }
    voice.say(
        "To correct one: --column \"Its name=email\"; to keep it all for next time: --save-mapping NAME.",
    );
}

fn row(column: &ColumnShown, samples: bool) -> Vec<String> {
    let because = match column.why {
        Why::Mapped => "mapped",
        Why::Guessed => "its name",
        Why::Ignored => "nothing is known of it",
    };
    let field = column.field.clone().unwrap_or_else(|| "-".to_owned());
    let mut cells = vec![column.column.clone(), field, because.to_owned()];
    if samples {
        cells.push(column.samples.reveal().join(" | "));
    }
    cells
}
