//! The order of categories: a level is read, decided by the shared rule, and written as a whole.

use super::rows::{LEVEL_END, joined};
use crate::Tx;
use crate::store::sql_error;
use rusqlite::{Connection, Result, Row, params};
use souk_catalog::ArrangeRefused;
use souk_catalog::port::{Arrange, Beside};
use souk_catalog::rules::{Sibling, arrange as decide};
use souk_kernel::PortError;
use std::collections::{BTreeMap, HashMap};

/// One intent; says whether anything was written.
pub fn arrange(
    tx: &Tx<'_>,
    intent: &Arrange,
) -> std::result::Result<std::result::Result<bool, ArrangeRefused>, PortError> {
    match intent {
        Arrange::Step(wish) => step(tx, wish),
        Arrange::Follow { from, to } => follow(tx, from, to).map(Ok),
    }
}

fn step(
    tx: &Tx<'_>,
    wish: &Beside,
) -> std::result::Result<std::result::Result<bool, ArrangeRefused>, PortError> {
    let Some((_, above)) = wish.path.split_last() else {
        return Ok(Err(ArrangeRefused::NoCategory));
    };
    let parent = joined(above);
    let names = match decide(level(tx.conn, &parent).map_err(|e| sql_error(&e))?, wish) {
        Ok(Some(names)) => names,
        Ok(None) => return Ok(Ok(false)),
        Err(refused) => return Ok(Err(refused)),
    };
    tx.execute("DELETE FROM category_place WHERE parent = ?1", [&parent])?;
    for (place, name) in (0_u32..).zip(names) {
        tx.execute("INSERT INTO category_place VALUES (?1, ?2, ?3)", (&parent, name, place))?;
    }
    Ok(Ok(true))
}

/// All that is known of the children of a category; of the departments if `parent` is empty.
fn level(conn: &Connection, parent: &str) -> Result<Vec<Sibling>> {
    let prefix = below(parent);
    // The character behind the one that ends a level: what lies between are the paths below the parent.
    let end = if parent.is_empty() { "\u{10FFFF}".to_owned() } else { format!("{parent} ") };
    let sql = "SELECT substr(path, length(?1) + 1), products - hidden FROM category
               WHERE path > ?1 AND path < ?2 AND instr(substr(path, length(?1) + 1), char(31)) = 0";
    let mut found: BTreeMap<String, Sibling> = BTreeMap::new();
    let mut statement = conn.prepare_cached(sql)?;
    let live = statement.query_map([&prefix, &end], |row: &Row<'_>| {
        let (name, products) = (row.get(0)?, super::rows::version(row, 1)?);
        Ok(Sibling { name, products, live: true, place: None })
    })?;
    for sibling in live {
        let sibling = sibling?;
        found.insert(sibling.name.clone(), sibling);
    }
    let sql = "SELECT name, place FROM category_place WHERE parent = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let placed = statement.query_map([parent], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for one in placed {
        let (name, place): (String, u32) = one?;
        let gone = Sibling { name: name.clone(), products: 0, live: false, place: None };
        found.entry(name).or_insert(gone).place = Some(place);
    }
    Ok(found.into_values().collect())
}

fn below(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("{path}{LEVEL_END}") }
}

/// What staff arranged of `from` counts for `to` where that has no place of its own.
fn follow(tx: &Tx<'_>, from: &[String], to: &[String]) -> std::result::Result<bool, PortError> {
    let (Some((from_name, from_above)), Some((to_name, to_above))) =
        (from.split_last(), to.split_last())
    else {
        return Ok(false);
    };
    let mut written = 0;
    if from_above == to_above {
        written += tx.execute(
            "INSERT OR IGNORE INTO category_place
             SELECT parent, ?3, place FROM category_place WHERE parent = ?1 AND name = ?2",
            (joined(from_above), from_name, to_name),
        )?;
    }
    let (from, to) = (joined(from), joined(to));
    written += tx.execute(
        "INSERT OR IGNORE INTO category_place
         SELECT ?2 || substr(parent, length(?1) + 1), name, place FROM category_place
         WHERE parent = ?1 OR (parent > ?3 AND parent < ?4)",
        params![from, to, below(&from), format!("{from} ")],
    )?;
    Ok(written > 0)
}

/// Where staff put categories, by stored path.
pub fn places(conn: &Connection) -> Result<HashMap<String, u32>> {
    let mut statement = conn.prepare_cached("SELECT parent, name, place FROM category_place")?;
    let place = |row: &Row<'_>| {
        let (parent, name): (String, String) = (row.get(0)?, row.get(1)?);
        Ok((format!("{}{name}", below(&parent)), row.get(2)?))
    };
    statement.query_map([], place)?.collect()
}
