//! Tests of [`super`]: record.

use super::*;
use crate::error::Refused;
use crate::fact::{Keyed, Operation};

fn fact(key: &str) -> Fact<'_> {
    let keyed = Keyed { key, request: 1 };
    Fact::Refused { of: Operation::Void, keyed, reason: Refused::WrongState }
}

fn open(disk: &MemoryDisk) -> Result<(Record, Vec<String>), RecordError> {
    let mut keys = Vec::new();
    let record = Record::open(Box::new(disk.clone()), Commit::Batches(Duration::ZERO), |line| {
        if let Fact::Refused { keyed, .. } = line.fact {
            keys.push(String::from(keyed.key));
        }
        Ok(())
    })?;
    Ok((record, keys))
}

/// A disk with `n` lines, each a batch of its own, and where each line ends.
async fn written(n: usize) -> (MemoryDisk, Vec<usize>) {
    let disk = MemoryDisk::default();
    let (record, _) = open(&disk).unwrap();
    let mut ends = Vec::new();
    for i in 0..n {
        record.append(fact(&format!("k{i}")), Timestamp(5)).unwrap().durable().await.unwrap();
        ends.push(disk.bytes().len());
    }
    (disk, ends)
}

fn names(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("k{i}")).collect()
}

#[tokio::test]
async fn what_was_acknowledged_is_read_back_in_order() {
    let (disk, ends) = written(5).await;
    assert_eq!(disk.synced(), ends[4]);
    let (record, keys) = open(&disk).unwrap();
    assert_eq!(keys, names(5));
    assert_eq!(record.durable_lines(), 5);
    let ticket = record.append(fact("k5"), Timestamp(6)).unwrap();
    assert_eq!(ticket.number, 6);
    ticket.durable().await.unwrap();
    assert_eq!(open(&disk).unwrap().1, names(6));
}

#[tokio::test]
async fn a_torn_end_is_cut_wherever_it_tears() {
    let (disk, ends) = written(3).await;
    let whole = disk.bytes();
    for cut in ends[1]..ends[2] {
        disk.set(whole[..cut].to_vec());
        let (record, keys) = open(&disk).unwrap();
        assert_eq!(keys, names(2), "cut at {cut}");
        assert_eq!(disk.bytes().len(), ends[1]);
        record.append(fact("k2"), Timestamp(5)).unwrap().durable().await.unwrap();
        assert_eq!(open(&disk).unwrap().1, names(3), "cut at {cut}");
    }
}

#[tokio::test]
async fn garbage_and_zeros_at_the_end_are_cut() {
    let (disk, ends) = written(2).await;
    for garbage in [&b"\0\0\0\0"[..], b"\n\n", b"{}\n{\"n\":9}\n\xff\xfe"] {
        let mut bytes = disk.bytes();
        bytes.extend_from_slice(garbage);
        disk.set(bytes);
        assert_eq!(open(&disk).unwrap().1, names(2));
        assert_eq!(disk.bytes().len(), ends[1]);
    }
}

#[tokio::test]
async fn damage_before_durable_lines_is_refused() {
    let (disk, ends) = written(4).await;
    let whole = disk.bytes();
    for at in 0..ends[2] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        disk.set(bytes.clone());
        let line = ends.iter().filter(|end| **end <= at).count() as u64 + 1;
        match open(&disk) {
            Err(RecordError::Corrupt { line: named, .. }) => assert_eq!(named, line, "byte {at}"),
            Err(other) => panic!("byte {at}: {other}"),
            Ok(_) => panic!("byte {at} was not noticed"),
        }
        assert_eq!(disk.bytes(), bytes, "a damaged record is left as it is");
    }
}

#[tokio::test]
async fn a_lost_line_before_durable_lines_is_refused() {
    let (disk, ends) = written(4).await;
    let mut bytes = disk.bytes();
    bytes.drain(ends[0]..ends[1]);
    disk.set(bytes);
    assert!(matches!(open(&disk), Err(RecordError::Corrupt { line: 2, .. })));
}

#[tokio::test]
async fn a_hole_in_the_last_batch_is_a_torn_end() {
    let (disk, ends) = written(1).await;
    let (record, _) = open(&disk).unwrap();
    // One batch of three lines: they are queued while the disk is held.
    let held = record.shared.disk.lock();
    let keys = ["k1", "k2", "k3"];
    let tickets: Vec<Ticket> = {
        let mut pending = record.shared.pending.lock();
        let (base, mut tickets) = (pending.base, Vec::new());
        for key in keys {
            let number = pending.next;
            pending.next += 1;
            let line = Line { number, synced: base, at: Timestamp(5), fact: fact(key) };
            line.write(&mut pending.lines);
            tickets.push(record.queue(&mut pending, number));
        }
        tickets
    };
    drop(held);
    for ticket in tickets {
        ticket.durable().await.unwrap();
    }
    drop(record);
    let mut bytes = disk.bytes();
    bytes[ends[0] + 10] = 0;
    disk.set(bytes);
    assert_eq!(open(&disk).unwrap().1, names(1));
}

#[tokio::test]
async fn a_full_disk_answers_with_errors_and_leaves_no_half_line() {
    let (disk, ends) = written(2).await;
    let (record, _) = open(&disk).unwrap();
    disk.limit(Some(ends[1] + 20));
    let lost = record.append(fact("lost"), Timestamp(5)).unwrap();
    assert!(matches!(lost.durable().await, Err(RecordError::Disk(_))));
    assert!(matches!(record.append(fact("later"), Timestamp(5)), Err(RecordError::Failed)));
    assert!(matches!(record.barrier(), Err(RecordError::Failed)));
    assert_eq!(disk.bytes().len(), ends[1], "cut back at once");

    disk.limit(None);
    let mut lines = 0;
    record
        .reopen(|_| {
            lines += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(lines, 2);
    record.append(fact("k2"), Timestamp(5)).unwrap().durable().await.unwrap();
    drop(record);
    assert_eq!(open(&disk).unwrap().1, names(3));
}

#[tokio::test]
async fn a_failed_sync_is_never_acknowledged() {
    let (disk, _) = written(1).await;
    let (record, _) = open(&disk).unwrap();
    disk.fail_syncs(true);
    let first = record.append(fact("lost"), Timestamp(5)).unwrap();
    assert!(first.durable().await.is_err());
    assert!(record.reopen(|_| Ok(())).is_err(), "the disk is still bad");
    assert!(record.failed());
    disk.fail_syncs(false);
    record.reopen(|_| Ok(())).unwrap();
    record.append(fact("k1"), Timestamp(5)).unwrap().durable().await.unwrap();
    drop(record);
    assert_eq!(open(&disk).unwrap().1, names(2));
}

#[tokio::test]
async fn many_callers_share_a_sync() {
    let disk = MemoryDisk::default();
    let (record, _) = open(&disk).unwrap();
    let before = disk.syncs();
    let held = record.shared.disk.lock();
    let tickets: Vec<Ticket> =
        (0..1_000).map(|i| record.append(fact(&format!("k{i}")), Timestamp(5)).unwrap()).collect();
    drop(held);
    for ticket in tickets {
        ticket.durable().await.unwrap();
    }
    // One batch may have been taken before the others were queued.
    assert!(disk.syncs() - before <= 2, "{} syncs", disk.syncs() - before);
    assert_eq!(record.durable_lines(), 1_000);
    drop(record);
    assert_eq!(open(&disk).unwrap().1, names(1_000));
}

#[tokio::test]
async fn dropping_the_record_writes_what_waits() {
    let disk = MemoryDisk::default();
    let (record, _) = open(&disk).unwrap();
    for name in names(10) {
        let _ = record.append(fact(&name), Timestamp(5)).unwrap();
    }
    drop(record);
    assert_eq!(open(&disk).unwrap().1, names(10));
}

#[tokio::test]
async fn a_file_is_locked_and_survives_reopening() {
    let folder = std::env::temp_dir().join(format!("souk-sandbox-{}", std::process::id()));
    let path = folder.join("deep/record.jsonl");
    let _ = std::fs::remove_dir_all(&folder);
    let disk = FileDisk::open(&path).unwrap();
    assert!(FileDisk::open(&path).is_err());
    let record = Record::open(Box::new(disk), Commit::Batches(Duration::ZERO), |_| Ok(())).unwrap();
    record.append(fact("k0"), Timestamp(5)).unwrap().durable().await.unwrap();
    let mut text = String::new();
    record.reader().unwrap().read_to_string(&mut text).unwrap();
    assert!(
        text.starts_with("{\"n\":1,\"s\":0,\"at\":5,\"op\":\"refused\"") && text.ends_with("\"}\n")
    );
    drop(record);
    let again = FileDisk::open(&path).unwrap();
    let record =
        Record::open(Box::new(again), Commit::Batches(Duration::ZERO), |_| Ok(())).unwrap();
    assert_eq!(record.durable_lines(), 1);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn an_inline_record_is_durable_before_append_returns() {
    let disk = MemoryDisk::default();
    let record = Record::open(Box::new(disk.clone()), Commit::Inline, |_| Ok(())).unwrap();
    let _ = record.append(fact("k0"), Timestamp(5)).unwrap();
    assert_eq!((record.durable_lines(), disk.synced()), (1, disk.bytes().len()));
    disk.limit(Some(disk.synced() + 3));
    assert!(matches!(record.append(fact("lost"), Timestamp(5)), Err(RecordError::Disk(_))));
    assert!(matches!(record.append(fact("later"), Timestamp(5)), Err(RecordError::Failed)));
    disk.limit(None);
    record.reopen(|_| Ok(())).unwrap();
    let _ = record.append(fact("k1"), Timestamp(5)).unwrap();
    drop(record);
    assert_eq!(open(&disk).unwrap().1, names(2));
}
