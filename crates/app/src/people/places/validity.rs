//! Divisions that have ended, or are not known: said where a rule or a request names them, with what to name instead.

use crate::refusal::{Refusal, Result};
use hustings_audience::language::{Asks, Term};
use hustings_audience::{CheckError, Expr, Spanned, Vocabulary, nearest_areas};
use hustings_domain::area::{AreaId, Division};
use hustings_store::Tx;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// How many areas that came after one are looked through, and how many are named.
const LOOKED_THROUGH: u32 = 50;
const NAMED: usize = 3;
/// How many divisions are compared with a name that is none.
const COMPARED: u32 = 10_000;

/// The areas that a rule names itself.
fn named_areas(expr: &Expr) -> Vec<&Spanned<AreaId>> {
    expr.terms()
        .into_iter()
        .flat_map(|(term, _)| match term {
            Term::Area(areas) | Term::Named { asks: Asks::Within(areas), .. } => areas.as_slice(),
            _ => &[],
        })
        .collect()
}

/// Refuses areas that have ended by `today`, and adds those to the words of rules that the register knows: somebody
/// may live there tomorrow.
pub(crate) fn check_areas(
    tx: &mut dyn Tx,
    expr: &Expr,
    known: &mut Vocabulary,
    today: Date,
) -> Result<std::result::Result<(), CheckError>> {
    for named in named_areas(expr) {
        let Some(division) = tx.division(&named.value)? else {
            near(tx, &named.value, known)?;
            continue;
        };
        if let Some((message, hint)) = over(tx, &division, today)? {
            let word = named.value.to_string();
            return Ok(Err(CheckError { span: named.span, message, hint: Some(hint), word }));
        }
        known.areas.insert(named.value.to_string());
        for areas in known.named_areas.values_mut() {
            areas.insert(named.value.to_string());
        }
    }
    Ok(Ok(()))
}

/// Refuses an area of a request that has ended, or, once there is a register, is not in it and has nobody living there.
pub(crate) fn check_area(tx: &mut dyn Tx, area: &AreaId, known: &Vocabulary, today: Date) -> Result<()> {
    if let Some(division) = tx.division(area)? {
        let Some((message, hint)) = over(tx, &division, today)? else { return Ok(()) };
        return Err(Refusal::invalid("area.ended", message).hint(hint));
    }
    if known.areas.contains(area.as_str()) || tx.division_count()? == 0 {
        return Ok(());
    }
    let mut known = known.clone();
    near(tx, area, &mut known)?;
    let refusal = Refusal::invalid("area.unknown", format!("`{area}` is not an area of this list"));
    let nearest = nearest_areas(area.as_str(), &known.areas);
    Err(if nearest.is_empty() {
        refusal.hint("`hustings places list` names those that there are")
    } else {
        refusal.hint(format!("did you mean `{}`?", nearest.join("` or `")))
    })
}

/// What is said of a division that is not valid on this day, and what to name instead.
pub(super) fn over(tx: &mut dyn Tx, division: &Division, today: Date) -> Result<Option<(String, String)>> {
    let id = &division.id;
    if let Some(begins) = division.begins(today) {
        let hint = "name the area that is there until then".to_owned();
        return Ok(Some((format!("`{id}` begins on {begins}"), hint)));
    }
    let Some(ended) = division.ended(today) else { return Ok(None) };
    let instead = successors(tx, division, today)?;
    let hint = if instead.is_empty() {
        let inside = id.parent().map_or_else(String::new, |parent| format!(" --inside {parent}"));
        format!("use one that is there now: `hustings places list{inside} --kind {}`", id.kind())
    } else {
        let names: Vec<String> = instead.iter().map(|area| format!("`{area}`")).collect();
        format!("use {}", names.join(" or "))
    };
    Ok(Some((format!("`{id}` ended on {ended}"), hint)))
}

/// What took the place of a division: what the register says, or else the areas of its kind in which its postal codes
/// lie now.
pub(super) fn successors(tx: &mut dyn Tx, division: &Division, today: Date) -> Result<Vec<AreaId>> {
    if let Some(same) = &division.same_as {
        return Ok(vec![same.clone()]);
    }
    let mut found = Vec::new();
    for (area, _) in tx.areas_after(&division.id, LOOKED_THROUGH)? {
        let ended = tx.division(&area)?.is_some_and(|other| other.ended(today).is_some());
        if area.kind() == division.id.kind() && !ended && found.len() < NAMED {
            found.push(area);
        }
    }
    Ok(found)
}

/// Adds divisions to compare a name with that is none: those inside the narrowest area that is one.
fn near(tx: &mut dyn Tx, area: &AreaId, known: &mut Vocabulary) -> Result<()> {
    if known.areas.contains(area.as_str()) {
        return Ok(());
    }
    let mut inside = area.parent();
    while let Some(parent) = &inside
        && tx.division(parent)?.is_none()
    {
        inside = parent.parent();
    }
    let found: BTreeSet<String> = tx
        .divisions(inside.as_ref(), None, COMPARED)?
        .into_iter()
        .map(|division| division.id.to_string())
        .collect();
    // Only what is near is added: what is not asked for must stay unknown.
    let nearest: Vec<String> = nearest_areas(area.as_str(), &found).into_iter().map(str::to_owned).collect();
    known.areas.extend(nearest.into_iter().filter(|name| name != area.as_str()));
    Ok(())
}
