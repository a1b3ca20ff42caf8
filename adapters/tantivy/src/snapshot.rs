//! One moment of the index, as searches see it: opened segments with their arrays, the names, the
//! vocabulary. Immutable; a refresh replaces it.

use crate::columns::Columns;
use crate::live::Live;
use crate::names::Names;
use crate::schema::Fields;
use parking_lot::RwLock;
use souk_search::rules::plan::Lexicon;
use souk_search::rules::ranking::{self, FIELDS, per_occurrence};
use souk_search::rules::spelling::{Candidate, Vocabulary};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use tantivy::fastfield::AliveBitSet;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentId;
use tantivy::postings::TermInfo;
use tantivy::store::StoreReader;
use tantivy::{InvertedIndexReader, Searcher, SegmentReader};

/// Lengths of fields have 256 classes.
const LENGTHS: usize = 256;

/// One text field of one segment.
pub struct FieldView {
    pub terms: Arc<InvertedIndexReader>,
    pub lengths: FieldNormReader,
}

/// One segment.
pub struct View {
    pub docs: u32,
    pub alive: Option<AliveBitSet>,
    pub columns: Arc<Columns>,
    /// By [`ranking::Field`].
    pub fields: [FieldView; FIELDS],
    pub words: Arc<InvertedIndexReader>,
    pub cards: StoreReader,
}

impl View {
    /// Whether a document is still the one of its product.
    pub fn is_alive(&self, doc: u32) -> bool {
        self.alive.as_ref().is_none_or(|alive| alive.is_alive(doc))
    }
}

/// One moment of the index.
pub struct Snapshot {
    pub segments: Vec<View>,
    pub names: Arc<Names>,
    pub vocabulary: Arc<Vocabulary>,
    /// How many products can be found.
    pub products: u32,
    /// By category: how many products lie in it.
    pub shelves: Vec<u32>,
    /// What one occurrence counts, by field and class of length.
    pub weights: [[f32; LENGTHS]; FIELDS],
    /// The columns of the segments, for the next snapshot.
    pub known: HashMap<SegmentId, Arc<Columns>>,
    /// Documents that came since the vocabulary was learnt.
    unlearnt: u64,
}

/// Learning takes a few milliseconds up to so many products: then it is done at every change…
const QUICKLY_LEARNT: u64 = 50_000;
/// …beyond, when more than one in so many documents is new.
const RELEARN_SHARE: u64 = 50;

impl Snapshot {
    /// Opens what `searcher` sees, taking over from the moment before what hasn't changed.
    pub fn open(
        searcher: &Searcher,
        fields: &Fields,
        before: Option<&Self>,
        live: &RwLock<Live>,
    ) -> tantivy::Result<Self> {
        let mut names = before.map_or_else(Arc::default, |b| Arc::clone(&b.names));
        let mut segments = Vec::new();
        let mut known = HashMap::new();
        let mut new_docs = 0;
        for reader in searcher.segment_readers() {
            let kept = before.and_then(|b| b.known.get(&reader.segment_id()));
            let columns = match kept {
                Some(columns) => Arc::clone(columns),
                None => {
                    new_docs += u64::from(reader.max_doc());
                    Arc::new(Columns::read(reader, &mut names, live)?)
                }
            };
            known.insert(reader.segment_id(), Arc::clone(&columns));
            segments.push(view(reader, fields, columns)?);
        }
        let products = u32::try_from(searcher.num_docs()).unwrap_or(u32::MAX);
        let unlearnt = new_docs + before.map_or(0, |b| b.unlearnt);
        let few = unlearnt * RELEARN_SHARE < searcher.num_docs();
        let (vocabulary, unlearnt) = match before {
            Some(b) if searcher.num_docs() > QUICKLY_LEARNT && few => {
                (Arc::clone(&b.vocabulary), unlearnt)
            }
            _ => (Arc::new(learn(&segments)?), 0),
        };
        let weights = weights(&segments);
        let shelves = shelves(&segments, names.paths().len());
        Ok(Self { segments, names, vocabulary, products, shelves, weights, known, unlearnt })
    }
}

fn view(reader: &SegmentReader, fields: &Fields, columns: Arc<Columns>) -> tantivy::Result<View> {
    let field = |field| -> tantivy::Result<FieldView> {
        let terms = reader.inverted_index(field)?;
        Ok(FieldView { terms, lengths: reader.get_fieldnorms_reader(field)? })
    };
    Ok(View {
        docs: reader.max_doc(),
        alive: reader.alive_bitset().cloned(),
        columns,
        fields: [
            field(fields.text[0])?,
            field(fields.text[1])?,
            field(fields.text[2])?,
            field(fields.text[3])?,
        ],
        words: reader.inverted_index(fields.words)?,
        cards: reader.get_store_reader(0)?,
    })
}

fn shelves(segments: &[View], categories: usize) -> Vec<u32> {
    let mut shelves = vec![0; categories];
    for segment in segments {
        for (doc, category) in segment.columns.categories.iter().enumerate() {
            if segment.is_alive(doc as u32)
                && let Some(products) = shelves.get_mut(*category as usize)
            {
                *products += 1;
            }
        }
    }
    shelves
}

fn learn(segments: &[View]) -> tantivy::Result<Vocabulary> {
    let mut words: Vec<(String, u32)> = Vec::new();
    for segment in segments {
        let mut stream = segment.words.terms().stream()?;
        while let Some((word, info)) = stream.next() {
            words.push((String::from_utf8_lossy(word).into_owned(), info.doc_freq));
        }
    }
    Ok(Vocabulary::learn(words))
}

/// Tables of what one occurrence counts, from the mean lengths of the fields.
fn weights(segments: &[View]) -> [[f32; LENGTHS]; FIELDS] {
    let docs: u64 = segments.iter().map(|s| u64::from(s.docs)).sum();
    let mut weights = [[0.0; LENGTHS]; FIELDS];
    for field in ranking::Field::ALL {
        let at = field as usize;
        let terms: u64 = segments.iter().map(|s| s.fields[at].terms.total_num_tokens()).sum();
        let average = terms as f32 / docs.max(1) as f32;
        for (class, weight) in weights[at].iter_mut().enumerate() {
            let length = FieldNormReader::id_to_fieldnorm(class as u8);
            *weight = per_occurrence(field, length, average);
        }
    }
    weights
}

/// Where a term stands, in each segment's fields.
pub struct Located {
    /// By segment, by [`ranking::Field`].
    pub places: Vec<[Option<TermInfo>; FIELDS]>,
    /// How many products have it in the field where most do.
    pub products: u32,
}

/// What a snapshot knows of its terms; each is looked up once in a search.
pub struct Terms<'a> {
    snapshot: &'a Snapshot,
    located: RefCell<HashMap<String, Arc<Located>>>,
}

impl<'a> Terms<'a> {
    pub fn of(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, located: RefCell::default() }
    }

    /// Where a term stands.
    pub fn locate(&self, term: &str) -> Arc<Located> {
        if let Some(located) = self.located.borrow().get(term) {
            return Arc::clone(located);
        }
        let located = Arc::new(self.look_up(term));
        self.located.borrow_mut().insert(term.to_owned(), Arc::clone(&located));
        located
    }

    fn look_up(&self, term: &str) -> Located {
        let mut sums = [0_u32; FIELDS];
        let place = |segment: &View| {
            let mut infos = [const { None }; FIELDS];
            for ((info, field), sum) in infos.iter_mut().zip(&segment.fields).zip(&mut sums) {
                // A broken dictionary finds nothing; opening the index checks its sums.
                *info = field.terms.terms().get(term.as_bytes()).ok().flatten();
                *sum += info.as_ref().map_or(0, |i: &TermInfo| i.doc_freq);
            }
            infos
        };
        let places = self.snapshot.segments.iter().map(place).collect();
        Located { places, products: sums.into_iter().max().unwrap_or(0) }
    }
}

impl Lexicon for Terms<'_> {
    fn frequency(&self, term: &str) -> u32 {
        self.locate(term).products
    }

    fn correct(&self, word: &str, most: u8) -> Option<Candidate> {
        self.snapshot.vocabulary.correct(word, most)
    }
}
