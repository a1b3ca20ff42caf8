//! Files that unfold without an end, as an import: refused in words and in bounded memory, and the shop
//! opens afterwards with what it had.

use crate::help::Shop;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

/// What a file unfolds to, in pieces.
const PIECES: usize = 75;

/// Bytes of a piece.
const PIECE: usize = 4 << 20;

/// What an import may take more than one of a few lines does, in kB: a batch of rows and its buffers.
const MORE_KB: u64 = 96 * 1_024;

/// A mapping for lines of JSON, and what its prices are worth.
const ESHOP: &[&str] = &["--mapping", "eshop", "--rate", "USD=1"];

struct Ended {
    well: bool,
    said: String,
    peak_kb: u64,
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut file = GzEncoder::new(Vec::new(), Compression::fast());
    file.write_all(bytes).unwrap();
    file.finish().unwrap()
}

/// Writes a packed file of a start and then one letter, over and over: packed once, and that as often as it
/// takes, as gzip allows.
fn bomb(path: &Path, start: &str, letter: u8) {
    let piece = packed(&vec![letter; PIECE]);
    let mut file = File::create(path).unwrap();
    file.write_all(&packed(start.as_bytes())).unwrap();
    for _ in 0..PIECES {
        file.write_all(&piece).unwrap();
    }
}

/// Runs an import to its end, looking at the most memory that it had.
fn import(shop: &Shop, file: &Path, more: &[&str]) -> Ended {
    let file = file.to_str().unwrap();
    let mut command = shop.command(&[&["import", file], more].concat());
    let output = File::create(shop.dir.join("said")).unwrap();
    command.stdout(output.try_clone().unwrap()).stderr(output);
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kb = 0;
    let well = loop {
        // The high-water mark only grows: the last look before the end has nearly all of it.
        let text = fs::read_to_string(&status).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        peak_kb = peak.unwrap_or(peak_kb).max(peak_kb);
        if let Some(ended) = child.try_wait().unwrap() {
            break ended.success();
        }
        std::thread::yield_now();
    };
    Ended { well, said: fs::read_to_string(shop.dir.join("said")).unwrap(), peak_kb }
}

#[test]
fn a_file_that_unfolds_without_an_end_is_refused_in_bounded_memory() {
    let mut shop = Shop::new("t40-bombs");
    let offer = shop.offer();
    let path = |name: &str| shop.dir.join(name);
    let few = path("few.csv");
    fs::write(&few, "Handle,Title,Variant Price,Variant Inventory Qty\nkettle,Kettle,49.90,3\n")
        .unwrap();
    let usual = import(&shop, &few, &[]);
    assert!(usual.well, "{}", usual.said);

    for (name, start, letter, more) in [
        ("line.jsonl.gz", "{\"id\":\"1\",\"title\":\"", b'x', ESHOP),
        ("lines.jsonl.gz", "{\"id\":\"1\",\"title\":\"A\",\"price\":1}", b'\n', ESHOP),
        ("quote.csv.gz", "Handle,Title\nbomb,\"", b'x', &[]),
        ("rows.csv.gz", "Handle,Title\nbomb,Bomb\n", b'\n', &[]),
        ("item.xml.gz", "<rss><channel><item><title>", b'x', &[]),
        ("between.xml.gz", "<rss><channel>", b' ', &[]),
        ("tabs.tsv.gz", "id\ttitle\tlink\tprice\n1\tA\t", b'x', &[]),
    ] {
        let file = path(name);
        bomb(&file, start, letter);
        let ended = import(&shop, &file, more);
        assert!(!ended.well, "{name} was taken");
        let said =
            ["unfolds to more than", "longer than"].iter().any(|words| ended.said.contains(words));
        assert!(said, "{name}: {}", ended.said);
        let most = usual.peak_kb + MORE_KB;
        assert!(ended.peak_kb < most, "{name} took {} kB of {most}", ended.peak_kb);
    }

    // Broken text is refused where it stands, and the rest is taken.
    let broken = path("broken.csv");
    fs::write(&broken, b"Handle,Title,Variant Price\na,Caf\xE9,1\nb,Tea,2\n").unwrap();
    assert!(import(&shop, &broken, &[]).well);
    shop.start();
    let found = |title: &str| shop.page(&shop.guest(), &format!("/search?q={title}")).body;
    assert!(found("Tea").contains(">Tea<"), "what is right was taken");
    shop.guest().bought(&offer);
    shop.is_sound();
}
