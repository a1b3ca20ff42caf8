//! Completing the word that is being typed.

use crate::search::broken;
use crate::snapshot::{Snapshot, View};
use souk_kernel::PortError;
use souk_search::CategoryCount;
use souk_search::rules::suggest::{TRIED, typing};
use souk_search::rules::{self, MAX_SUGGESTIONS};
use tantivy::InvertedIndexReader;
use tantivy::schema::IndexRecordOption;

/// Completions of the last word that products with the words before it have.
pub fn suggest(snapshot: &Snapshot, prefix: &str) -> Result<Vec<String>, PortError> {
    let Some(typing) = typing(prefix) else { return Ok(Vec::new()) };
    let tried = snapshot.vocabulary.completions(&typing.last, TRIED);
    let mut counts = vec![0_u32; tried.len()];
    for segment in &snapshot.segments {
        let within = having_all(segment, &typing.before).map_err(broken)?;
        for ((word, _), count) in tried.iter().zip(&mut counts) {
            each_doc(&segment.words, word, |doc| {
                let inside = within.as_ref().is_none_or(|docs| docs[doc as usize]);
                *count += u32::from(inside && segment.is_alive(doc));
            })
            .map_err(broken)?;
        }
    }
    let mut found: Vec<(u32, &str)> = counts.into_iter().zip(tried.iter().map(|t| t.0)).collect();
    found.retain(|(count, _)| *count > 0);
    found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    found.truncate(MAX_SUGGESTIONS);
    Ok(found.into_iter().map(|(_, word)| format!("{}{word}", typing.head)).collect())
}

/// Categories whose own name has what is typed.
pub fn categories(snapshot: &Snapshot, prefix: &str) -> Vec<CategoryCount> {
    let paths = snapshot.names.paths().iter().map(|path| &path[..]);
    let counted: Vec<(&[String], u64)> =
        paths.zip(snapshot.shelves.iter().map(|products| u64::from(*products))).collect();
    rules::suggest::categories(prefix, &counted)
}

/// The documents that have every term; `None` when there are no terms.
fn having_all(segment: &View, terms: &[String]) -> std::io::Result<Option<Vec<bool>>> {
    let mut all: Option<Vec<bool>> = None;
    for term in terms {
        let mut docs = vec![false; segment.docs as usize];
        for field in &segment.fields {
            each_doc(&field.terms, term, |doc| docs[doc as usize] = true)?;
        }
        if let Some(earlier) = all {
            docs.iter_mut().zip(earlier).for_each(|(doc, before)| *doc &= before);
        }
        all = Some(docs);
    }
    Ok(all)
}

fn each_doc(
    terms: &InvertedIndexReader,
    term: &str,
    mut each: impl FnMut(u32),
) -> std::io::Result<()> {
    let Some(info) = terms.terms().get(term.as_bytes())? else { return Ok(()) };
    let option = IndexRecordOption::Basic;
    let mut block = terms.read_block_postings_from_terminfo(&info, option)?;
    while block.block_len() > 0 {
        block.docs().iter().for_each(|doc| each(*doc));
        block.advance();
    }
    Ok(())
}
