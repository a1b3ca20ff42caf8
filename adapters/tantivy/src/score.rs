//! Adding up scores, term by term, into an array by document: a catalogue's words are few and its
//! lists short, so one pass over each list beats walking them side by side, and facets need every
//! match anyway.

use crate::snapshot::{Located, Snapshot, Terms, View};
use souk_search::rules::plan::{Alternative, Group, Plan};
use souk_search::rules::ranking::{
    FIELDS, Field, alternative_idf, counted, coverage, idf, saturate,
};
use std::sync::Arc;
use tantivy::schema::IndexRecordOption;

/// A document that answers some of what was asked.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    pub segment: u32,
    pub doc: u32,
    pub score: f32,
    pub answered: u8,
}

/// An array by document and which of its entries are not zero.
#[derive(Default)]
struct Sums {
    by_doc: Vec<f32>,
    touched: Vec<u32>,
}

impl Sums {
    fn fit(&mut self, docs: u32) {
        if self.by_doc.len() < docs as usize {
            self.by_doc.resize(docs as usize, 0.0);
        }
    }

    fn add(&mut self, doc: u32, value: f32) {
        let entry = &mut self.by_doc[doc as usize];
        if *entry == 0.0 {
            self.touched.push(doc);
        }
        *entry += value;
    }

    fn raise(&mut self, doc: u32, value: f32) {
        let entry = &mut self.by_doc[doc as usize];
        if *entry == 0.0 {
            self.touched.push(doc);
        }
        *entry = entry.max(value);
    }

    /// Gives every entry away and is all zeros again.
    fn drain(&mut self, mut each: impl FnMut(u32, f32)) {
        for doc in self.touched.drain(..) {
            each(doc, std::mem::take(&mut self.by_doc[doc as usize]));
        }
    }
}

/// The arrays of one thread, kept between searches.
#[derive(Default)]
pub struct Scratch {
    total: Sums,
    group: Sums,
    alternative: Sums,
    phrase: Sums,
    answered: Vec<u8>,
}

/// One way to answer a group, looked up.
struct Way {
    terms: Vec<Arc<Located>>,
    factor: f32,
}

fn ways(group: &Group, terms: &Terms<'_>, products: u32) -> Vec<Way> {
    let first = terms.locate(&group.term).products;
    let first_idf = idf(first, products);
    let way = |alternative: &Alternative| {
        let located: Vec<Arc<Located>> =
            alternative.terms.iter().map(|t| terms.locate(t)).collect();
        let rarest = located.iter().map(|l| l.products).min().unwrap_or(0);
        let own = idf(rarest, products);
        let idf = alternative_idf(own, first_idf, first > 0, alternative.weight);
        Way { terms: located, factor: idf * alternative.weight }
    };
    group.alternatives.iter().map(way).filter(|w| w.terms.iter().all(|t| t.products > 0)).collect()
}

/// Every live document that answers something, with its score apart from what is known of the
/// product. Without groups: every live document.
pub fn score(
    snapshot: &Snapshot,
    terms: &Terms<'_>,
    plan: &Plan,
    scratch: &mut Scratch,
    found: &mut Vec<Found>,
) -> std::io::Result<()> {
    let groups: Vec<Vec<Way>> =
        plan.groups.iter().map(|g| ways(g, terms, snapshot.products)).collect();
    for (number, segment) in snapshot.segments.iter().enumerate() {
        if groups.is_empty() {
            let live = (0..segment.docs).filter(|doc| segment.is_alive(*doc));
            let all = |doc| Found { segment: number as u32, doc, score: 1.0, answered: 0 };
            found.extend(live.map(all));
            continue;
        }
        scratch.fit(segment.docs);
        for group in &groups {
            scratch.add_group(snapshot, segment, number, group)?;
        }
        let (answered, count) = (&mut scratch.answered, groups.len());
        scratch.total.drain(|doc, sum| {
            let answered = std::mem::take(&mut answered[doc as usize]);
            if segment.is_alive(doc) {
                let score = sum * coverage(usize::from(answered), count);
                found.push(Found { segment: number as u32, doc, score, answered });
            }
        });
    }
    Ok(())
}

impl Scratch {
    fn fit(&mut self, docs: u32) {
        for sums in [&mut self.total, &mut self.group, &mut self.alternative, &mut self.phrase] {
            sums.fit(docs);
        }
        if self.answered.len() < docs as usize {
            self.answered.resize(docs as usize, 0);
        }
    }

    fn add_group(
        &mut self,
        snapshot: &Snapshot,
        segment: &View,
        number: usize,
        ways: &[Way],
    ) -> std::io::Result<()> {
        for way in ways {
            add_term(&mut self.alternative, snapshot, segment, &way.terms[0].places[number])?;
            for further in &way.terms[1..] {
                add_term(&mut self.phrase, snapshot, segment, &further.places[number])?;
                // Only documents that have this word too, as much as they have the rarer one.
                let phrase = &mut self.phrase;
                let sums = &mut self.alternative;
                sums.touched.retain(|doc| {
                    let least = sums.by_doc[*doc as usize].min(phrase.by_doc[*doc as usize]);
                    sums.by_doc[*doc as usize] = least;
                    least > 0.0
                });
                phrase.drain(|_, _| {});
            }
            if ways.len() == 1 {
                let (total, answered) = (&mut self.total, &mut self.answered);
                self.alternative.drain(|doc, sum| {
                    total.add(doc, saturate(sum) * way.factor);
                    answered[doc as usize] += 1;
                });
                return Ok(());
            }
            let group = &mut self.group;
            self.alternative.drain(|doc, sum| group.raise(doc, saturate(sum) * way.factor));
        }
        let (total, answered) = (&mut self.total, &mut self.answered);
        self.group.drain(|doc, best| {
            total.add(doc, best);
            answered[doc as usize] += 1;
        });
        Ok(())
    }
}

/// Adds one term's weighted frequencies over the fields.
fn add_term(
    sums: &mut Sums,
    snapshot: &Snapshot,
    segment: &View,
    places: &[Option<tantivy::postings::TermInfo>; FIELDS],
) -> std::io::Result<()> {
    for (field, info) in places.iter().enumerate() {
        let Some(info) = info else { continue };
        let view = &segment.fields[field];
        let weights = &snapshot.weights[field];
        let kind = Field::ALL[field];
        let option = IndexRecordOption::WithFreqs;
        let mut block = view.terms.read_block_postings_from_terminfo(info, option)?;
        while block.block_len() > 0 {
            for (doc, times) in block.docs().iter().zip(block.freqs()) {
                let length = view.lengths.fieldnorm_id(*doc);
                sums.add(*doc, counted(kind, *times) as f32 * weights[usize::from(length)]);
            }
            block.advance();
        }
    }
    Ok(())
}
