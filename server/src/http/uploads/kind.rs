//! Kinds of files, told by their bytes.

/// A kind that is accepted somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Pdf,
    Png,
    Jpeg,
    Text,
}

impl Kind {
    /// The kind of some bytes, where it is one of these.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            _ => is_text(bytes).then_some(Self::Text),
        }
    }

    /// Words for several.
    pub(super) fn list(kinds: &[Self]) -> String {
        let words: Vec<&str> = kinds.iter().map(|kind| kind.words()).collect();
        match words.as_slice() {
            [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
            words => words.concat(),
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Pdf => "a PDF",
            Self::Png => "a PNG picture",
            Self::Jpeg => "a JPEG picture",
            Self::Text => "plain text (UTF-8)",
        }
    }
}

fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| {
        let plain = |letter: char| !letter.is_control() || ['\n', '\r', '\t', '\u{c}'].contains(&letter);
        text.trim_start_matches('\u{feff}').chars().all(plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_judged_by_its_bytes() {
        for (bytes, kind) in [
            (&b"%PDF-1.7"[..], Some(Kind::Pdf)),
            (b"\x89PNG\r\n\x1a\n....", Some(Kind::Png)),
            (b"\xff\xd8\xff\xe0", Some(Kind::Jpeg)),
            (b"We erased it.\r\n", Some(Kind::Text)),
            (b"MZ\x90\0\x03", None),
            (b"PK\x03\x04", None),
        ] {
            assert_eq!(Kind::of(bytes), kind, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_accepted_is_said_in_words() {
        assert_eq!(Kind::list(&[Kind::Png]), "a PNG picture");
        let all = Kind::list(&[Kind::Pdf, Kind::Png, Kind::Text]);
        assert_eq!(all, "a PDF, a PNG picture or plain text (UTF-8)");
    }
}
