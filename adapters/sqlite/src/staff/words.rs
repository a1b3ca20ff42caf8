//! The shop's own words: few rows, read as a whole.

use super::desk::whole;
use crate::store::Store;
use crate::tx::Tx;
use async_trait::async_trait;
use souk_kernel::PortError;
use souk_search::rules::synonyms::MOST;
use souk_search::{Synonym, Words};
use souk_staff::{ChangeRefusal, Done};

pub(super) fn change(
    tx: &Tx<'_>,
    synonym: &Synonym,
    on: bool,
) -> Result<Result<Done, ChangeRefusal>, PortError> {
    let Synonym { word, other, percent } = synonym;
    if !on {
        let sql = "DELETE FROM search_synonym WHERE word = ?1 AND other = ?2";
        let gone = tx.execute(sql, (word, other))? == 1;
        return Ok(if gone { Ok(Done::Noted) } else { Err(ChangeRefusal::NoSynonym) });
    }
    let written = tx.execute(
        "INSERT INTO search_synonym (word, other, percent) SELECT ?1, ?2, ?3
         WHERE EXISTS (SELECT 1 FROM search_synonym WHERE word = ?1 AND other = ?2)
           OR (SELECT count(*) FROM search_synonym) < ?4
         ON CONFLICT (word, other) DO UPDATE SET percent = excluded.percent",
        (word, other, percent, whole(MOST)),
    )?;
    Ok(if written == 1 { Ok(Done::Noted) } else { Err(ChangeRefusal::FullOfSynonyms) })
}

#[async_trait]
impl Words for Store {
    async fn synonyms(&self) -> Result<Vec<Synonym>, PortError> {
        self.read(|conn| {
            let sql =
                "SELECT word, other, percent FROM search_synonym ORDER BY word, other LIMIT ?1";
            let one = |row: &rusqlite::Row<'_>| {
                Ok(Synonym { word: row.get(0)?, other: row.get(1)?, percent: row.get(2)? })
            };
            conn.prepare_cached(sql)?.query_map([whole(MOST)], one)?.collect()
        })
    }
}
