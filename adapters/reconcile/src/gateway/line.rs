//! One line of the record: flat JSON that ends with the CRC-32 of what is before it.

use serde::Deserialize;

/// A fact. Which fields are there depends on `op`.
#[derive(Debug, Deserialize)]
pub struct Line<'a> {
    /// Its number, from 1.
    pub n: u64,
    /// The last line that was durable before this one was written.
    pub s: u64,
    pub op: &'a str,
    #[serde(rename = "ref")]
    pub name: Option<&'a str>,
    pub reference: Option<&'a str>,
    pub key: Option<&'a str>,
    pub outcome: Option<&'a str>,
    pub amount: Option<i64>,
    pub currency: Option<&'a str>,
    pub asked: Option<i64>,
    pub asked_currency: Option<&'a str>,
    #[serde(default)]
    pub capture: bool,
    pub token: Option<&'a str>,
    pub approved: Option<bool>,
}

/// `,"crc":"` and eight digits and `"}`.
const TAIL: usize = 18;

/// Reads a line, its end included; `None`: it is not whole.
pub fn read(text: &[u8]) -> Option<Line<'_>> {
    let text = text.strip_suffix(b"\n")?;
    let (body, tail) = text.split_at(text.len().checked_sub(TAIL)?);
    let digits = tail.strip_prefix(b",\"crc\":\"")?.strip_suffix(b"\"}")?;
    if format!("{:08x}", crc32(body)).as_bytes() != digits {
        return None;
    }
    serde_json::from_slice(text).ok()
}

/// The CRC-32 of IEEE 802.3.
pub fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| TABLE[((crc ^ u32::from(*byte)) & 0xFF) as usize] ^ (crc >> 8);
    !bytes.iter().fold(!0, step)
}

const TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut crc = at as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[at] = crc;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn a_line_is_whole_or_nothing() {
        let body = r#"{"n":1,"s":0,"at":5,"op":"capture","ref":"ga_0000000000000001","amount":7"#;
        let text = format!("{body},\"crc\":\"{:08x}\"}}\n", crc32(body.as_bytes()));
        let line = read(text.as_bytes()).unwrap();
        assert_eq!((line.n, line.amount, line.approved), (1, Some(7), None));
        assert!(read(&text.as_bytes()[..text.len() - 1]).is_none());
        assert!(read(text.replace("\"amount\":7", "\"amount\":8").as_bytes()).is_none());
        assert!(read(b"\n").is_none());
    }
}
