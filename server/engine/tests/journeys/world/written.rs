//! What the program writes of its work (the application log), at its most talkative.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};

/// All that was written in this process so far, by whatever test.
#[derive(Clone, Default)]
pub struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    /// As text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// From now on everything is kept. For the whole process: the work goes on in tasks of their own.
pub fn written() -> Written {
    static KEPT: OnceLock<Written> = OnceLock::new();
    let kept = KEPT.get_or_init(|| {
        let kept = Written::default();
        let writer = kept.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        kept
    });
    kept.clone()
}
