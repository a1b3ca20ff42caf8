//! Files of records with a heading: comma- or tab-separated, quoted as spreadsheets quote.

use crate::error::FieldProblem;
use crate::import::rows::{Allowance, Metered, Row, Rows};
use crate::import::{LINE_BYTES, text::one_line};
use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Map, Value};
use std::io::{self, Read};

/// Columns that a file may have.
const COLUMNS: usize = 1_000;

/// What the reader takes in at a time.
const BUFFER: usize = 1 << 16;

/// A record: its line, its fields by the heading's names, as far as they can be read (empty ones are
/// left out), and what is wrong with it.
pub(crate) struct Record {
    pub(crate) line: u64,
    pub(crate) fields: Map<String, Value>,
    pub(crate) problem: Option<FieldProblem>,
}

impl Record {
    /// Its fields, or what is wrong with it.
    pub(crate) fn whole(self) -> Result<Map<String, Value>, FieldProblem> {
        self.problem.map_or(Ok(self.fields), Err)
    }
}

/// A file of records.
pub struct Table<R> {
    reader: csv::Reader<Metered<R>>,
    allowance: Allowance,
    heading: Vec<String>,
    record: ByteRecord,
}

impl<R: Read> Table<R> {
    /// Reads the heading. `named` makes our name of each of its names.
    ///
    /// # Errors
    /// There is none, it names a column twice, or the file can't be read.
    pub fn open(input: R, delimiter: u8, named: fn(&str) -> String) -> io::Result<Self> {
        let allowance = Allowance::default();
        allowance.renew(LINE_BYTES + BUFFER);
        let metered = Metered::new(input, allowance.clone(), LINE_BYTES);
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(BUFFER)
            .from_reader(metered);
        let mut record = ByteRecord::new();
        if !reader.read_byte_record(&mut record).map_err(broken)? {
            return Err(wrong("the file is empty".to_owned()));
        }
        let heading = heading(&record, named)?;
        Ok(Self { reader, allowance, heading, record })
    }

    pub(crate) fn next_record(&mut self) -> io::Result<Option<Record>> {
        self.allowance.renew(LINE_BYTES + BUFFER);
        if !self.reader.read_byte_record(&mut self.record).map_err(broken)? {
            return Ok(None);
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        let mut problem = self.shape();
        let fields = self.fields(&mut problem);
        Ok(Some(Record { line, fields, problem }))
    }

    fn shape(&self) -> Option<FieldProblem> {
        let problem = |reason: String| Some(FieldProblem::new("line", reason));
        if self.record.as_slice().len() > LINE_BYTES {
            return problem(format!("is longer than {LINE_BYTES} bytes"));
        }
        let (found, known) = (self.record.len(), self.heading.len());
        let beyond = self.record.iter().skip(known).any(|field| !field.is_empty());
        if beyond { problem(format!("has {found} fields, the heading {known}")) } else { None }
    }

    fn fields(&self, problem: &mut Option<FieldProblem>) -> Map<String, Value> {
        let mut fields = Map::new();
        for (name, field) in self.heading.iter().zip(&self.record) {
            match std::str::from_utf8(field) {
                Ok(text) if !name.is_empty() && !text.trim().is_empty() => {
                    fields.insert(name.clone(), Value::String(text.to_owned()));
                }
                Ok(_) => {}
                Err(_) => {
                    let reason = format!("is not UTF-8 (in {name:.40})");
                    problem.get_or_insert_with(|| FieldProblem::new("line", reason));
                }
            }
        }
        fields
    }
}

fn heading(record: &ByteRecord, named: fn(&str) -> String) -> io::Result<Vec<String>> {
    if record.len() > COLUMNS {
        return Err(wrong(format!(
            "the heading has {} columns, more than {COLUMNS}",
            record.len()
        )));
    }
    let mut names: Vec<String> = Vec::with_capacity(record.len());
    for (at, field) in record.iter().enumerate() {
        let field =
            if at == 0 { field.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(field) } else { field };
        let text = std::str::from_utf8(field);
        let text = text.map_err(|_| wrong("the heading is not UTF-8".to_owned()))?;
        let name = named(&one_line(text));
        if !name.is_empty() && names.contains(&name) {
            return Err(wrong(format!("the heading names {name:.40} twice")));
        }
        names.push(name);
    }
    Ok(names)
}

/// Each record is a row of its own.
impl<R: Read> Rows for Table<R> {
    fn next_row(&mut self) -> io::Result<Option<Row>> {
        let Some(record) = self.next_record()? else { return Ok(None) };
        let line = record.line;
        let value =
            record.whole().map(|fields| (!fields.is_empty()).then_some(Value::Object(fields)));
        Ok(Some(Row { line, value }))
    }
}

/// The heading's own names.
#[must_use]
pub fn as_written(name: &str) -> String {
    name.to_owned()
}

fn wrong(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn broken(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => wrong(format!("{other:?}")),
    }
}
