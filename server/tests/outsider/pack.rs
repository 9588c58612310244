//! An unpacked evidence pack, and the commands of its page.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Pack(tempfile::TempDir);

impl Pack {
    /// Unpacked as an outsider does it.
    pub fn unpacked(zip: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut python = Command::new("python3");
        python.args(["-m", "zipfile", "-e"]).arg(zip).arg(folder.path());
        let (good, said) = ended(&mut python);
        assert!(good, "{said}");
        Self(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Another folder with the same files.
    pub fn copy(&self) -> Self {
        let copy = Self(tempfile::tempdir().unwrap());
        for name in self.files() {
            fs::create_dir_all(copy.path(&name).parent().unwrap()).unwrap();
            fs::copy(self.path(&name), copy.path(&name)).unwrap();
        }
        copy
    }

    /// Every file that was packed, by its path.
    pub fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut folders = vec![self.0.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => files.push(
                        path.strip_prefix(self.0.path())
                            .unwrap()
                            .to_str()
                            .unwrap()
                            .to_owned(),
                    ),
                }
            }
        }
        // What Python and the commands left.
        files.retain(|name| !name.contains("__pycache__") && !name.ends_with("key.pem"));
        files.sort();
        files
    }

    /// The codes of its certificates, in the order of its page.
    pub fn codes(&self) -> Vec<String> {
        let page = fs::read_to_string(self.path("VERIFY.md")).unwrap();
        let codes = page
            .lines()
            .filter_map(|line| line.strip_prefix("## Certificate "));
        codes.map(str::to_owned).collect()
    }

    /// The commands of the page, block by block.
    pub fn blocks(&self) -> Vec<String> {
        let page = fs::read_to_string(self.path("VERIFY.md")).unwrap();
        let parts = page.split("```sh\n").skip(1);
        parts
            .map(|part| part.split("```").next().unwrap().to_owned())
            .collect()
    }

    /// The first block that names something.
    pub fn block(&self, what: &str) -> String {
        let mut blocks = self.blocks().into_iter();
        blocks
            .find(|block| block.contains(what))
            .unwrap_or_else(|| panic!("no command names {what}"))
    }

    /// Runs a block in the folder.
    pub fn run(&self, block: &str) -> (bool, String) {
        let python = env::var("LETHE_TEST_PYTHON")
            .expect("LETHE_TEST_PYTHON must name a Python with pyhanko-cli; `cargo xtask test` sets it");
        let tools = Path::new(&python).parent().unwrap().display().to_string();
        let mut shell = Command::new("bash");
        let path = format!("{}:{tools}", env::var("PATH").unwrap());
        shell
            .args(["-e", "-o", "pipefail", "-c", block])
            .current_dir(self.0.path())
            .env("PATH", path);
        ended(&mut shell)
    }

    /// Every command ends well.
    pub fn holds(&self) {
        let blocks = self.blocks();
        assert!(blocks.len() >= 10, "{blocks:?}");
        for block in blocks {
            let (good, said) = self.run(&block);
            assert!(good, "{block}\n{said}");
            if block.contains("pyhanko") {
                assert!(said.contains("TRUSTED,UNTOUCHED"), "{said}");
            }
        }
    }

    /// The block that names something ends with an error that says why.
    pub fn refuses(&self, block: &str, reason: &str) {
        let block = self.block(block);
        let (good, said) = self.run(&block);
        assert!(!good, "{block}\n{said}");
        assert!(said.contains(reason), "{reason} is missing from: {said}");
    }

    /// Flips one bit in the middle of a file.
    pub fn flip(&self, name: &str) {
        let mut bytes = fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(self.path(name), bytes).unwrap();
    }
}

/// How a command ended, and all that it said.
pub fn ended(command: &mut Command) -> (bool, String) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}
