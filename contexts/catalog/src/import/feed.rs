//! A product feed in XML, read as a stream: RSS 2.0 (`item`) or Atom (`entry`).
//!
//! Nothing is resolved that a feed could point at: a document type is refused, so there are no entities
//! but the five that XML has itself, and nothing is ever fetched for it.

use crate::import::LINE_BYTES;
use crate::import::google::{Item, Items, column};
use crate::import::rows::{Allowance, Metered};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};
use std::io::{self, BufReader, Read};

/// What the reader takes in at a time.
const BUFFER: usize = 1 << 16;

/// Elements inside an item, nested ones counted.
const ELEMENTS: usize = 2_000;

/// How deep elements may lie in each other.
const DEPTH: usize = 32;

/// A feed.
pub struct Feed<R: Read> {
    reader: Reader<BufReader<Metered<R>>>,
    allowance: Allowance,
    buffer: Vec<u8>,
    count: u64,
    depth: usize,
}

impl<R: Read> Feed<R> {
    /// From its start.
    pub fn new(input: R) -> Self {
        let allowance = Allowance::default();
        let metered = Metered::new(input, allowance.clone(), LINE_BYTES);
        let reader = Reader::from_reader(BufReader::with_capacity(BUFFER, metered));
        Self { reader, allowance, buffer: Vec::new(), count: 0, depth: 0 }
    }

    /// The next event of the file, owned: an item is small.
    fn event(&mut self) -> io::Result<Event<'static>> {
        self.buffer.clear();
        let event = self.reader.read_event_into(&mut self.buffer).map(Event::into_owned);
        event.map_err(|error| match error {
            quick_xml::Error::Io(error) => io::Error::new(error.kind(), error.to_string()),
            other => self.wrong(&other.to_string()),
        })
    }

    fn wrong(&self, what: &str) -> io::Error {
        let at = self.reader.buffer_position();
        io::Error::new(io::ErrorKind::InvalidData, format!("byte {at}: {what}"))
    }

    /// Goes to the next item; says whether there is one.
    fn find(&mut self) -> io::Result<bool> {
        loop {
            // What stands between items is a heading, of no more than an item's length each.
            match self.event()? {
                Event::Start(tag) if matches!(tag.local_name().as_ref(), "item" | "entry") => {
                    return Ok(true);
                }
                Event::Start(_) => {
                    self.depth += 1;
                    if self.depth > DEPTH {
                        return Err(self.wrong("elements lie too deep in each other"));
                    }
                }
                Event::End(_) => self.depth = self.depth.saturating_sub(1),
                Event::DocType(_) => return Err(self.wrong("a document type is not taken")),
                Event::Decl(said) => self.check_encoding(said.encoding())?,
                Event::Eof => return Ok(false),
                _ => {}
            }
        }
    }

    fn check_encoding<E>(
        &self,
        said: Option<Result<std::borrow::Cow<'_, str>, E>>,
    ) -> io::Result<()> {
        match said {
            Some(Ok(name)) if !name.eq_ignore_ascii_case("utf-8") => {
                Err(self.wrong(&format!("the feed is in {name:.20}: only UTF-8 is read")))
            }
            _ => Ok(()),
        }
    }

    /// The fields of the item that has begun.
    fn fields(&mut self) -> io::Result<Map<String, Value>> {
        let mut open: Vec<Open> = Vec::new();
        let mut fields = Map::new();
        let mut elements = 0;
        loop {
            match self.event()? {
                Event::Start(tag) => {
                    elements += 1;
                    if elements > ELEMENTS || open.len() > DEPTH {
                        return Err(self.wrong("an item has too many elements"));
                    }
                    open.push(Open::new(column(tag.local_name().as_ref())));
                }
                Event::Text(text) => add(&mut open, &text.into_inner()),
                Event::CData(text) => add(&mut open, &text.into_inner()),
                Event::GeneralRef(name) => {
                    let known = match name.resolve_char_ref() {
                        Ok(Some(c)) => Some(c),
                        _ => entity(&name.clone().into_inner()),
                    };
                    match known {
                        Some(c) => add(&mut open, c.encode_utf8(&mut [0; 4])),
                        None => return Err(self.wrong("an entity that XML doesn't have itself")),
                    }
                }
                Event::End(_) => match open.pop() {
                    Some(done) => {
                        let into = open.last_mut().map_or(&mut fields, |outer| &mut outer.fields);
                        put(into, done);
                    }
                    None => return Ok(fields),
                },
                Event::Eof => return Err(self.wrong("the file ends inside an item")),
                _ => {}
            }
        }
    }
}

impl<R: Read> Items for Feed<R> {
    fn next_item(&mut self) -> io::Result<Option<Item>> {
        self.allowance.renew(LINE_BYTES + BUFFER);
        if !self.find()? {
            if self.count == 0 {
                return Err(self.wrong("there is no item and no entry in it"));
            }
            return Ok(None);
        }
        self.count += 1;
        let fields = self.fields()?;
        Ok(Some(Item { line: self.count, fields: Ok(fields) }))
    }
}

/// An element whose end has not come yet.
struct Open {
    name: String,
    text: String,
    fields: Map<String, Value>,
}

impl Open {
    fn new(name: String) -> Self {
        Self { name, text: String::new(), fields: Map::new() }
    }
}

fn add(open: &mut [Open], text: &str) {
    if let Some(open) = open.last_mut() {
        open.text.push_str(text);
    }
}

/// Puts a closed element into what it lies in; one that comes again makes a list.
fn put(into: &mut Map<String, Value>, done: Open) {
    let value = if done.fields.is_empty() {
        Value::String(done.text.trim().to_owned())
    } else {
        Value::Object(done.fields)
    };
    match into.get_mut(&done.name) {
        None => {
            into.insert(done.name, value);
        }
        Some(Value::Array(all)) => all.push(value),
        Some(first) => {
            let first = first.take();
            into.insert(done.name, Value::Array(vec![first, value]));
        }
    }
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}
