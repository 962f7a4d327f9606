//! Writing the sections.

use super::super::Index;
use super::super::attributes::Attributes;
use super::super::bitmap::Bitmap;
use super::super::columns::Columns;
use super::super::numeric::Numeric;
use super::bytes::Out;
use super::{MAGIC, VERSION};
use hustings_domain::consent::Channel;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};

pub(super) fn write(index: &Index, file: &mut impl Write) -> io::Result<()> {
    let Columns {
        live,
        areas,
        areas_undeclared,
        issues,
        issues_undeclared,
        tags,
        sources,
        consents,
        joined,
        numbers,
        dates,
        gifts,
        attributes,
    } = &index.columns;
    file.write_all(MAGIC)?;
    file.write_all(&VERSION.to_le_bytes())?;
    let mut number = 0;
    let mut section = |fill: &dyn Fn(&mut Out)| {
        let mut out = Out::default();
        fill(&mut out);
        number += 1;
        write_section(file, number, &out.0)
    };
    section(&|out| {
        out.0.extend_from_slice(&index.as_of.to_le_bytes());
        out.0.extend_from_slice(&index.stamp);
    })?;
    section(&|out| out.bitmap(live))?;
    section(&|out| sets(out, areas))?;
    section(&|out| sets(out, areas_undeclared))?;
    section(&|out| sets(out, issues))?;
    section(&|out| sets(out, issues_undeclared))?;
    section(&|out| sets(out, tags))?;
    section(&|out| sets(out, sources))?;
    section(&|out| {
        out.length(consents.len());
        for ((purpose, channel), columns) in consents {
            out.text(purpose.as_str());
            out.text(Channel::as_str(*channel));
            columns.all().into_iter().for_each(|set| out.bitmap(set));
        }
    })?;
    section(&|out| out.numeric(joined))?;
    section(&|out| numerics(out, numbers))?;
    section(&|out| numerics(out, dates))?;
    section(&|out| out.gifts(&gifts.blocks))?;
    section(&|out| put_attributes(out, attributes))
}

fn put_attributes(out: &mut Out, attributes: &Attributes) {
    let Attributes { money, texts, choices, several, several_declared, areas, declared } = attributes;
    numerics(out, money);
    out.length(texts.len());
    for (name, text) in texts {
        out.text(name.as_str());
        out.length(text.0.len());
        text.0.iter().for_each(|column| out.numeric(column));
    }
    for sets in [choices, several, several_declared] {
        pairs(out, sets);
    }
    pairs(out, areas);
    pairs(out, declared);
}

fn pairs(out: &mut Out, sets: &BTreeMap<(impl Display, impl Display), Bitmap>) {
    out.length(sets.len());
    for ((first, second), set) in sets {
        out.text(&first.to_string());
        out.text(&second.to_string());
        out.bitmap(set);
    }
}

/// Number, length, checksum of all that, content.
fn write_section(file: &mut impl Write, number: u8, content: &[u8]) -> io::Result<()> {
    let length = (content.len() as u64).to_le_bytes();
    let mut hash = crc32fast::Hasher::new();
    hash.update(&[number]);
    hash.update(&length);
    hash.update(content);
    file.write_all(&[number])?;
    file.write_all(&length)?;
    file.write_all(&hash.finalize().to_le_bytes())?;
    file.write_all(content)
}

fn sets(out: &mut Out, columns: &BTreeMap<impl Display, Bitmap>) {
    out.length(columns.len());
    for (name, set) in columns {
        out.text(&name.to_string());
        out.bitmap(set);
    }
}

fn numerics(out: &mut Out, columns: &BTreeMap<impl Display, Numeric>) {
    out.length(columns.len());
    for (name, column) in columns {
        out.text(&name.to_string());
        out.numeric(column);
    }
}
