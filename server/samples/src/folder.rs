//! A folder of files for each tenant.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::{About, SYNTHETIC, Sample, SampleError, TENANTS, Tenant, merged, no_credentials};

/// Files below `<root>/<dataset>/<tenant>/`.
pub struct FolderSample {
    about: About,
    root: PathBuf,
    dataset: &'static str,
    categories: &'static [&'static str],
}

impl FolderSample {
    /// Makes and fills the folders; the smallest tenant gets `base` files.
    pub fn make(
        about: About,
        root: PathBuf,
        dataset: &'static str,
        categories: &'static [&'static str],
        base: u32,
    ) -> Result<Self, SampleError> {
        let sample = Self {
            about,
            root,
            dataset,
            categories,
        };
        for tenant in &TENANTS {
            sample
                .fill(tenant, base * tenant.weight)
                .map_err(|error| about.failed(error))?;
        }
        Ok(sample)
    }

    fn fill(&self, tenant: &Tenant, files: u32) -> io::Result<()> {
        for n in 1..=files {
            let file = self.root.join(path(self.dataset, tenant, n));
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(
                file,
                format!("Dear {},\n\nthis is letter {n}.\n", tenant.person(n)),
            )?;
        }
        Ok(())
    }
}

/// Letters in a folder for each year.
fn path(dataset: &str, tenant: &Tenant, n: u32) -> String {
    format!(
        "{dataset}/{}/{}/letter {n:04} to {}.txt",
        tenant.key,
        2024 + n % 3,
        tenant.person(n)
    )
}

/// How many files are in a folder and the folders below it; none where it is not there.
fn files_in(folder: &Path) -> io::Result<u64> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut files = 0;
    for entry in entries {
        let entry = entry?;
        files += if entry.file_type()?.is_dir() {
            files_in(&entry.path())?
        } else {
            1
        };
    }
    Ok(files)
}

#[async_trait]
impl Sample for FolderSample {
    fn about(&self) -> &About {
        &self.about
    }

    fn technology(&self) -> &'static str {
        "folder of files"
    }

    fn datasets(&self) -> Vec<&'static str> {
        vec![self.dataset]
    }

    fn entry(&self) -> Value {
        let dataset = json!({
            "name": self.dataset,
            "categories": self.categories,
            "canary": path(self.dataset, &SYNTHETIC, 1),
            "locator": {
                "container": format!("{}/{{tenant}}", self.dataset),
                "tenant": { "identifier": "tenant_key", "field": "tenant" },
            },
        });
        let more = json!({ "config": { "root": self.root.to_string_lossy() }, "datasets": [dataset] });
        self.about.entry("filesystem", merged(no_credentials(), more))
    }

    async fn count(&self, dataset: &str, tenant: &Tenant) -> Result<u64, SampleError> {
        files_in(&self.root.join(dataset).join(tenant.key)).map_err(|error| self.about.failed(error))
    }

    async fn exists(&self, _dataset: &str, id: &str) -> Result<bool, SampleError> {
        self.root
            .join(id)
            .try_exists()
            .map_err(|error| self.about.failed(error))
    }
}
