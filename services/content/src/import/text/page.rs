//! The two code pages of eight bits that catalogue files went through.

/// The upper half of Mac OS Roman, from 0x80.
const MAC_ROMAN: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";
/// Windows-1252 from 0x80 to 0x9F; undefined places hold the control character that Latin-1 has.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// A code page that texts are confused with.
#[derive(Clone, Copy)]
pub(super) enum CodePage {
    MacRoman,
    Windows1252,
}

impl CodePage {
    /// Returns the byte of a letter.
    pub(super) fn byte(self, letter: char) -> Option<u8> {
        let place = |table: &str| table.chars().position(|c| c == letter);
        match (u32::from(letter), self) {
            (code @ 0..0x80, _) | (code @ 0x80..0x100, Self::Windows1252) => {
                u8::try_from(code).ok()
            }
            (_, Self::Windows1252) => u8::try_from(place(WINDOWS_1252)? + 0x80).ok(),
            (_, Self::MacRoman) => u8::try_from(place(MAC_ROMAN)? + 0x80).ok(),
        }
    }

    fn letter(self, byte: u8) -> Option<char> {
        let upper = usize::from(byte).checked_sub(0x80);
        match (upper, self) {
            (Some(place), Self::MacRoman) => MAC_ROMAN.chars().nth(place),
            (Some(place @ ..0x20), Self::Windows1252) => {
                WINDOWS_1252.chars().nth(place).filter(|c| !c.is_control())
            }
            (None, _) | (Some(_), Self::Windows1252) => Some(char::from(byte)),
        }
    }

    /// Returns the bytes of a text that has no other letters than the page.
    pub(super) fn encode(self, text: &str) -> Option<Vec<u8>> {
        text.chars().map(|c| self.byte(c)).collect()
    }

    /// Reads bytes as the page.
    pub(super) fn decode(self, bytes: &[u8]) -> Option<String> {
        bytes.iter().map(|b| self.letter(*b)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_pages_are_whole() {
        for page in [CodePage::MacRoman, CodePage::Windows1252] {
            for byte in 0..=255_u8 {
                if let Some(letter) = page.letter(byte) {
                    assert_eq!(page.byte(letter), Some(byte), "{byte:#x}");
                }
            }
        }
        assert_eq!(MAC_ROMAN.chars().count(), 128);
        assert_eq!(WINDOWS_1252.chars().count(), 32);
    }
}
