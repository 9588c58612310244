//! Compressed twins of what the browser loads: made once, with the greatest effort, so that nobody compresses while
//! somebody waits.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Files that shrink, by their ending.
const SHRINK: [&str; 3] = ["js", "wasm", "css"];
/// The greatest effort of Brotli, and its window.
const QUALITY: i32 = 11;
const WINDOW: i32 = 22;

/// Writes `<file>.br` and `<file>.gz` beside each file of a folder, and of its folders, that shrinks.
pub fn write(folder: &Path) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            write(&path)?;
        }
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or_default();
        if path.is_file() && SHRINK.contains(&ending) {
            let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            for (ending, small) in [("br", brotli(&bytes)?), ("gz", gzip(&bytes)?)] {
                let mut twin = path.clone().into_os_string();
                twin.push(format!(".{ending}"));
                fs::write(&twin, small).with_context(|| format!("cannot write {}", twin.display()))?;
            }
        }
    }
    Ok(())
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: QUALITY,
        lgwin: WINDOW,
        ..Default::default()
    };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut small, &params)?;
    Ok(small)
}

/// Without name and time: the same bytes give the same twin.
fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twin_opens_to_what_it_was_made_of() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("snippets")).unwrap();
        let text = "erased ".repeat(1_000);
        let file = folder.path().join("snippets/a.js");
        fs::write(&file, &text).unwrap();
        fs::write(folder.path().join("a.png"), "picture").unwrap();
        write(folder.path()).unwrap();
        let mut opened = Vec::new();
        let small = fs::read(folder.path().join("snippets/a.js.br")).unwrap();
        assert!(small.len() < 100);
        brotli::BrotliDecompress(&mut &small[..], &mut opened).unwrap();
        assert_eq!(opened, text.as_bytes());
        let small = fs::read(folder.path().join("snippets/a.js.gz")).unwrap();
        let mut opened = String::new();
        io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&small[..]), &mut opened).unwrap();
        assert_eq!(opened, text);
        assert!(!folder.path().join("a.png.gz").exists());
    }
}
