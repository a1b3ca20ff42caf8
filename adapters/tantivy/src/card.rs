//! What a hit shows and no column holds, as the few bytes that lie in the index.

use crate::schema::SEPARATOR;
use souk_kernel::{Currency, OfferId};
use souk_search::Document;

/// The words of a hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub offer: OfferId,
    pub currency: Currency,
    pub title: String,
    pub brand: String,
    pub image: Option<String>,
    pub colours: Vec<String>,
}

impl Card {
    pub fn of(document: &Document) -> Self {
        Self {
            offer: document.offer,
            currency: document.price.currency,
            title: document.title.clone(),
            brand: document.brand.clone(),
            image: document.image.clone(),
            colours: document.colours.clone(),
        }
    }

    /// 16 bytes of offer, 3 of currency, then texts with their lengths; no image is one of length
    /// zero, which no image has.
    pub fn encode(&self) -> Vec<u8> {
        let image = self.image.as_deref().unwrap_or_default();
        let mut out = Vec::with_capacity(32 + self.title.len() + self.brand.len() + image.len());
        out.extend_from_slice(self.offer.bytes());
        out.extend_from_slice(self.currency.code().as_bytes());
        let colours = self.colours.join(&SEPARATOR.to_string());
        for text in [self.title.as_str(), &self.brand, image, &colours] {
            out.extend_from_slice(&(text.len() as u32).to_le_bytes());
            out.extend_from_slice(text.as_bytes());
        }
        out
    }

    /// Reads a card; `None` when these bytes are none.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (offer, rest) = bytes.split_first_chunk::<16>()?;
        let (currency, mut rest) = rest.split_first_chunk::<3>()?;
        let mut text = || -> Option<String> {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let (text, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            rest = after;
            Some(std::str::from_utf8(text).ok()?.to_owned())
        };
        Some(Self {
            offer: OfferId::from_bytes(*offer),
            currency: std::str::from_utf8(currency).ok()?.parse().ok()?,
            title: text()?,
            brand: text()?,
            image: text().map(|image| (!image.is_empty()).then_some(image))?,
            colours: text().map(|all| match all.as_str() {
                "" => Vec::new(),
                all => all.split(SEPARATOR).map(str::to_owned).collect(),
            })?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_survive_and_torn_ones_are_noticed() {
        let colours = ["Red", "Écru"].map(str::to_owned).to_vec();
        for (image, colours) in [(None, colours), (Some("a.webp".to_owned()), Vec::new())] {
            let card = Card {
                offer: OfferId::from_bytes([7; 16]),
                currency: Currency::Jpy,
                title: "Écran 17\"".to_owned(),
                brand: String::new(),
                image,
                colours,
            };
            let bytes = card.encode();
            assert_eq!(Card::decode(&bytes), Some(card));
            for cut in 0..bytes.len() {
                assert_eq!(Card::decode(&bytes[..cut]), None, "{cut}");
            }
        }
    }
}
