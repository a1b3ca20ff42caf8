//! A queue of rows that grows without ever copying them: rows are named by a number that stays.

use std::collections::VecDeque;

const CHUNK: usize = 4_096;

/// Rows numbered from 0, wrapping at 2³²; the oldest can be removed. Growing allocates one chunk,
/// so no push ever stalls on copying millions of rows, and at most one chunk is wasted.
#[derive(Debug)]
pub struct Chunks<T> {
    chunks: VecDeque<Vec<T>>,
    /// Number of the first row of the first chunk.
    base: u32,
    /// Number of the oldest row that was not removed.
    first: u32,
    len: usize,
}

impl<T> Chunks<T> {
    pub const fn new() -> Self {
        Self { chunks: VecDeque::new(), base: 0, first: 0, len: 0 }
    }

    /// How many rows are there.
    #[cfg(test)]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// The number that the next row will get.
    pub const fn next(&self) -> u32 {
        self.first.wrapping_add(self.len as u32)
    }

    /// Adds a row; gives its number.
    pub fn push(&mut self, row: T) -> u32 {
        let number = self.next();
        if self.chunks.back().is_none_or(|chunk| chunk.len() == CHUNK) {
            self.chunks.push_back(Vec::with_capacity(CHUNK));
        }
        if let Some(chunk) = self.chunks.back_mut() {
            chunk.push(row);
        }
        self.len += 1;
        number
    }

    /// The row of that number, unless removed or not there yet.
    pub fn get(&self, number: u32) -> Option<&T> {
        let at = self.place(number)?;
        self.chunks.get(at / CHUNK)?.get(at % CHUNK)
    }

    /// As [`Self::get`], to change it.
    pub fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        let at = self.place(number)?;
        self.chunks.get_mut(at / CHUNK)?.get_mut(at % CHUNK)
    }

    /// The oldest row and its number.
    pub fn oldest(&self) -> Option<(u32, &T)> {
        self.get(self.first).map(|row| (self.first, row))
    }

    /// Forgets the oldest row; its memory is given back a chunk at a time.
    pub fn drop_oldest(&mut self) {
        if self.len == 0 {
            return;
        }
        self.first = self.first.wrapping_add(1);
        self.len -= 1;
        if self.first.wrapping_sub(self.base) as usize == CHUNK {
            self.chunks.pop_front();
            self.base = self.first;
        }
    }

    fn place(&self, number: u32) -> Option<usize> {
        let from_first = number.wrapping_sub(self.first) as usize;
        (from_first < self.len).then(|| number.wrapping_sub(self.base) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_numbers_while_old_ones_go() {
        let mut rows = Chunks::new();
        for n in 0..10_000_u32 {
            assert_eq!(rows.push(n), n);
        }
        for _ in 0..5_000 {
            rows.drop_oldest();
        }
        assert_eq!(rows.len(), 5_000);
        assert_eq!(rows.get(4_999), None);
        assert_eq!(rows.get(10_000), None);
        assert!((5_000..10_000).all(|n| rows.get(n) == Some(&n)));
        assert_eq!(rows.oldest(), Some((5_000, &5_000)));
        assert_eq!(rows.chunks.len(), 2);
        for _ in 0..6_000 {
            rows.drop_oldest();
        }
        assert_eq!((rows.len(), rows.push(7)), (0, 10_000));
        assert_eq!(rows.get(10_000), Some(&7));
    }

    #[test]
    fn numbers_wrap() {
        let mut rows = Chunks::new();
        (rows.base, rows.first) = (u32::MAX - 1, u32::MAX - 1);
        let numbers: Vec<u32> = (0..5).map(|n| rows.push(n)).collect();
        assert_eq!(numbers, [u32::MAX - 1, u32::MAX, 0, 1, 2]);
        for _ in 0..3 {
            rows.drop_oldest();
        }
        assert_eq!((rows.get(0), rows.get(1), rows.get(2)), (None, Some(&3), Some(&4)));
    }
}
