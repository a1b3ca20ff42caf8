//! Tests of reading hostile input.

use super::*;
use crate::import::rows::Rows;
use proptest::prelude::*;
use std::io::{BufReader, Cursor};

fn all(bytes: &[u8], max: usize, chunk: usize) -> Vec<(u64, Result<String, LineFault>)> {
    let mut lines = Lines::new(BufReader::with_capacity(chunk, Cursor::new(bytes)), max);
    let mut out = Vec::new();
    while let Some(line) = lines.next_line().unwrap() {
        out.push((line.number, line.text.map(str::to_owned)));
    }
    out
}

#[test]
fn broken_lines_are_told_by_number_and_the_next_ones_go_on() {
    let bytes = b"\xEF\xBB\xBFone\r\n\n\xFFbad\nba\xC3\nok\xF0\x9F\xA6\x80\nlast";
    let text = |text: &str| Ok(text.to_owned());
    let expected = vec![
        (1, text("one")),
        (2, text("")),
        (3, Err(LineFault::NotUtf8(1))),
        (4, Err(LineFault::NotUtf8(3))),
        (5, text("ok🦀")),
        (6, text("last")),
    ];
    for chunk in [1, 2, 3, 64] {
        assert_eq!(all(bytes, 100, chunk), expected, "chunk {chunk}");
    }
}

#[test]
fn a_line_that_is_too_long_is_skipped_in_bounded_memory() {
    let mut bytes = vec![b'x'; 10_000_000];
    bytes.extend_from_slice(b"\nshort\n");
    let mut lines = Lines::new(BufReader::new(Cursor::new(&bytes)), 1_000);
    let first = lines.next_line().unwrap().unwrap();
    assert_eq!(first.text, Err(LineFault::TooLong(1_000)));
    assert_eq!(lines.next_line().unwrap().unwrap().text, Ok("short"));
    assert!(lines.next_line().unwrap().is_none());
    assert!(lines.buffer.capacity() <= 16_384);
}

/// What an import that was stopped skips is what it had read: rows, whatever lies between them.
#[test]
fn empty_lines_are_no_rows_and_skipping_is_reading_without_looking() {
    let bytes = b"\n\n{\"n\":1}\n \r\n\xFF\n\n[]\n\n{\"n\":4}\n\n";
    let mut lines = Lines::new(Cursor::new(bytes), 100);
    let mut read = Vec::new();
    while let Some(row) = lines.next_row().unwrap() {
        read.push((row.line, row.value.is_ok()));
    }
    assert_eq!(read, [(3, true), (5, false), (7, false), (9, true)]);
    for skipped in 0..=4 {
        let mut lines = Lines::new(Cursor::new(bytes), 100);
        assert_eq!(lines.skip_rows(skipped).unwrap(), skipped);
        let next = lines.next_row().unwrap().map(|row| row.line);
        assert_eq!(next, read.get(skipped as usize).map(|(line, _)| *line), "behind {skipped}");
    }
    assert_eq!(Lines::new(Cursor::new(bytes), 100).skip_rows(9).unwrap(), 4);
}

fn unfold(bytes: &[u8], room: Room) -> std::io::Result<usize> {
    let taken_in = Arc::new(AtomicU64::new(0));
    let counted = Counted::new(Cursor::new(bytes), Arc::clone(&taken_in));
    let mut bounded = Bounded::new(flate2::read::MultiGzDecoder::new(counted), taken_in, room);
    let (mut buffer, mut sum) = (vec![0; 65_536], 0);
    loop {
        match bounded.read(&mut buffer)? {
            0 => return Ok(sum),
            read => sum += read,
        }
    }
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_decompression_bomb_is_stopped_by_ratio_and_by_total() {
    let bomb = gzipped(&vec![b'0'; 20_000_000]);
    assert!(bomb.len() < 30_000);
    let room = Room { total: 1 << 40, ratio: 100, slack: 1_000_000 };
    let error = unfold(&bomb, room).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
    let total = Room { total: 1_000_000, ratio: u64::MAX, slack: 0 };
    assert!(unfold(&bomb, total).is_err());
    assert_eq!(unfold(&bomb, Room { slack: 20_000_000, ..room }).unwrap(), 20_000_000);
}

proptest! {
    #[test]
    fn lines_are_what_a_plain_split_finds(
        pieces in proptest::collection::vec("[a-zé\u{1F980}]{0,20}", 0..20), chunk in 1_usize..40,
    ) {
        let joined = pieces.join("\n");
        let found = all(joined.as_bytes(), 1_000, chunk);
        let mut expected: Vec<&str> = joined.split('\n').collect();
        if expected.last() == Some(&"") {
            expected.pop();
        }
        let found: Vec<String> = found.into_iter().map(|(_, text)| text.unwrap()).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn any_bytes_are_read_to_the_end(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
        let found = all(&bytes, 20, 7);
        let ends = bytes.iter().filter(|b| **b == b'\n').count() as u64;
        let open = u64::from(bytes.last().is_some_and(|b| *b != b'\n'));
        prop_assert_eq!(found.len() as u64, ends + open);
        prop_assert!(found.iter().flat_map(|(_, text)| text).all(|text| text.len() <= 20));
    }
}
