//! What kind of file it is: said, or seen in its first bytes.

use crate::import::feed::Feed;
use crate::import::google::{self, Google, Groups, Items};
use crate::import::rows::Rows;
use crate::import::shopify::{self, Shopify};
use crate::import::table::{Table, as_written};
use crate::import::{LINE_BYTES, Lines};
use souk_kernel::Timestamp;
use std::io::{self, BufRead};
use std::str::FromStr;

/// Bytes of a file that are looked at to know its kind.
pub const HEAD: usize = 1 << 16;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    JsonLines,
    /// Comma-separated, one product a record, by a mapping of one's own.
    Csv,
    /// Tab-separated, the same.
    Tsv,
    /// Shopify's product CSV.
    Shopify,
    /// A Google Merchant feed, RSS or Atom.
    GoogleXml,
    /// A Google Merchant feed, tab-separated.
    GoogleTsv,
}

/// Not a kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is none of jsonl, csv, tsv, shopify, google-xml, google-tsv")]
pub struct UnknownFormat;

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or(UnknownFormat)
    }
}

impl Format {
    /// Every one.
    pub const ALL: [Self; 6] =
        [Self::JsonLines, Self::Csv, Self::Tsv, Self::Shopify, Self::GoogleXml, Self::GoogleTsv];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Shopify => "shopify",
            Self::GoogleXml => "google-xml",
            Self::GoogleTsv => "google-tsv",
        }
    }

    /// The built-in mapping of its files; `None` where every file has fields of its own.
    #[must_use]
    pub const fn mapping(self) -> Option<&'static str> {
        match self {
            Self::Shopify => Some("shopify"),
            Self::GoogleXml | Self::GoogleTsv => Some("google"),
            Self::JsonLines | Self::Csv | Self::Tsv => None,
        }
    }

    /// The kind of a file that begins like this, unpacked. Its heading says more than its name: a
    /// comma-separated file may be anybody's.
    #[must_use]
    pub fn of(name: &str, head: &[u8]) -> Option<Self> {
        let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
        let first = head.iter().find(|byte| !byte.is_ascii_whitespace())?;
        match first {
            b'{' => return Some(Self::JsonLines),
            b'<' => return Some(Self::GoogleXml),
            _ => {}
        }
        let line = head.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or(head);
        let line = String::from_utf8_lossy(line);
        let names = |mark: char, named: fn(&str) -> String| -> Vec<String> {
            line.split(mark).map(|name| named(name.trim().trim_matches('"'))).collect()
        };
        let has = |all: &[String], wanted: &[&str]| {
            wanted.iter().all(|name| all.iter().any(|known| known == name))
        };
        if has(&names(',', shopify::column), &["handle", "title"]) {
            return Some(Self::Shopify);
        }
        let tabbed = names('\t', google::column);
        if has(&tabbed, &["id", "title", "price"]) && tabbed.iter().any(|n| n.ends_with("link")) {
            return Some(Self::GoogleTsv);
        }
        let name = name.to_lowercase();
        match name.trim_end_matches(".gz").rsplit('.').next()? {
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            _ => None,
        }
    }

    /// The rows of such a file. `open` opens it from its start; a feed is read twice. `now` decides
    /// which of its sales are running.
    ///
    /// # Errors
    /// It can't be read, or isn't such a file.
    pub fn rows(
        self,
        open: &dyn Fn() -> io::Result<Box<dyn BufRead>>,
        now: Timestamp,
    ) -> io::Result<Box<dyn Rows>> {
        Ok(match self {
            Self::JsonLines => Box::new(Lines::new(open()?, LINE_BYTES)),
            Self::Csv => Box::new(Table::open(open()?, b',', as_written)?),
            Self::Tsv => Box::new(Table::open(open()?, b'\t', as_written)?),
            Self::Shopify => Box::new(Shopify::open(open()?)?),
            Self::GoogleXml | Self::GoogleTsv => {
                let groups = Groups::count(&mut *self.items(open()?)?)?;
                Box::new(Google::new(self.items(open()?)?, groups, now))
            }
        })
    }

    fn items(self, input: Box<dyn BufRead>) -> io::Result<Box<dyn Items>> {
        Ok(match self {
            Self::GoogleXml => Box::new(Feed::new(input)),
            _ => Box::new(Table::open(input, b'\t', google::column)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_shows_what_it_is() {
        for (name, head, format) in [
            ("a.jsonl", "{\"id\":1}\n", Some(Format::JsonLines)),
            ("a.txt", "\u{feff}\n {\"id\":1}", Some(Format::JsonLines)),
            ("a.csv", "Handle,Title,Vendor\n", Some(Format::Shopify)),
            ("a.csv", "\"Title\",\"URL handle\",\"Description\"\r\nx", Some(Format::Shopify)),
            ("a.csv", "sku,title\n", Some(Format::Csv)),
            ("a.xml", "<?xml version=\"1.0\"?><rss>", Some(Format::GoogleXml)),
            ("a.txt", "id\ttitle\tlink\tprice\n", Some(Format::GoogleTsv)),
            ("a.TSV.gz", "sku\tname\n", Some(Format::Tsv)),
            ("a.txt", "hello", None),
            ("a.csv", "", None),
        ] {
            assert_eq!(Format::of(name, head.as_bytes()), format, "{name} {head}");
        }
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
    }
}
