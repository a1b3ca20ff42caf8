//! The file of an import: what kind it is, which mapping reads it, its rows.

use super::ImportArgs;
use souk_catalog::import::{Bounded, Counted, Format, HEAD, Mapping, Room, Rows};
use souk_kernel::Timestamp;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file as it was looked at.
pub struct Looked {
    pub format: Format,
    pub mapping: Mapping,
    /// The mapping's text.
    pub rules: String,
}

/// What kind of file it is and by which mapping it is read.
pub fn look(args: &ImportArgs) -> Result<Looked, String> {
    let format = match args.format {
        Some(format) => format,
        None => {
            let mut head = Vec::new();
            let (input, _) =
                unpacked(&args.file, &Arc::default()).map_err(|e| told(&args.file, &e))?;
            input.take(HEAD as u64).read_to_end(&mut head).map_err(|e| told(&args.file, &e))?;
            Format::of(&args.file.to_string_lossy(), &head).ok_or_else(|| {
                format!("{}: say what kind of file it is with --format", args.file.display())
            })?
        }
    };
    let Some(name) = args.mapping.as_deref().or(format.mapping()) else {
        let known = Mapping::built_in_names().collect::<Vec<_>>().join(", ");
        return Err(format!(
            "{} is a file of {}: name the mapping with --mapping (built in: {known}; or a file of your own)",
            args.file.display(),
            format.name()
        ));
    };
    let (mapping, rules) = load_mapping(name)?;
    Ok(Looked { format, mapping, rules })
}

fn load_mapping(name: &str) -> Result<(Mapping, String), String> {
    if let (Some(mapping), Some(text)) = (Mapping::built_in(name), Mapping::built_in_text(name)) {
        return Ok((mapping, text.to_owned()));
    }
    let known = || Mapping::built_in_names().collect::<Vec<_>>().join(", ");
    let text = std::fs::read_to_string(name)
        .map_err(|e| format!("mapping {name}: {e} (built in: {})", known()))?;
    let json = Path::new(name).extension().is_some_and(|end| end == "json");
    let mapping = if json { Mapping::from_json(&text) } else { Mapping::from_toml(&text) };
    Ok((mapping.map_err(|e| format!("{name}: {e}"))?, text))
}

/// The file from its start, unpacked if it is gzipped, and its size on the disk. `read` counts what is
/// read of it.
fn unpacked(file: &Path, read: &Arc<AtomicU64>) -> std::io::Result<(Box<dyn BufRead>, u64)> {
    let input = File::open(file)?;
    let size = input.metadata()?.len();
    // A feed is read twice: the second pass counts from the start again.
    read.store(0, Ordering::Relaxed);
    let mut input = BufReader::with_capacity(1 << 16, Counted::new(input, Arc::clone(read)));
    let packed = input.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    if !packed {
        return Ok((Box::new(input), size));
    }
    let plain = flate2::bufread::MultiGzDecoder::new(input);
    let plain = Bounded::new(plain, Arc::clone(read), Room::default());
    Ok((Box::new(BufReader::new(plain)), size))
}

/// A file that is being read.
pub struct Source {
    pub rows: Box<dyn Rows>,
    /// Bytes read from the disk so far.
    pub read: Arc<AtomicU64>,
    /// Bytes on the disk.
    pub size: u64,
}

pub fn source(file: &Path, format: Format, now: Timestamp) -> Result<Source, String> {
    let read = Arc::<AtomicU64>::default();
    let size = std::fs::metadata(file).map_err(|e| told(file, &e))?.len();
    let open = || unpacked(file, &read).map(|(input, _)| input);
    let rows = format.rows(&open, now).map_err(|e| told(file, &e))?;
    Ok(Source { rows, read, size })
}

pub fn told(file: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", file.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_mapping_names_the_known_ones() {
        let error = load_mapping("no-such-mapping").unwrap_err();
        assert!(error.contains("icecat"), "{error}");
    }
}
