//! What the inventory says about a folder of files.

use std::path::{Path, PathBuf};

use domain::inventory::{Locator, System};
use domain::port::connector::ConnectorError;
use domain::selection::Selection;

use crate::settings;
use crate::template::{self, Captures, Pattern};

/// The folder that all containers are below.
const ROOT: &str = "root";

/// Refuses a wrong configuration.
pub(crate) fn check(system: &System) -> Result<(), ConnectorError> {
    settings::only(system, &[ROOT])?;
    root(system)?;
    for (at, dataset) in system.datasets.iter().enumerate() {
        let locator = &dataset.locator;
        let refused = |field: &str, why: &str| settings::wrong(&settings::at(system, at, field), why);
        let template = Template::parse(&locator.container).map_err(|why| refused("container", &why))?;
        if locator.id.is_some() {
            return Err(refused("id", "files have none; their path is their id"));
        }
        if locator.created.is_some() {
            return Err(refused("created", "files cannot be told apart by date"));
        }
        let fields: Vec<&str> = template.segments.iter().flat_map(Pattern::fields).collect();
        let absent = |field: &str| format!("the container has no placeholder {{{field}}}");
        if !fields.contains(&locator.tenant.field.as_str()) {
            return Err(refused("tenant.field", &absent(&locator.tenant.field)));
        }
        if let Some(by) = locator
            .subject
            .iter()
            .find(|by| !fields.contains(&by.field.as_str()))
        {
            return Err(refused("subject.field", &absent(&by.field)));
        }
    }
    Ok(())
}

/// The folder that all containers are below, by its whole path.
pub(crate) fn root(system: &System) -> Result<PathBuf, ConnectorError> {
    let path = Path::new(settings::text(system, ROOT, "the whole path of a folder")?);
    match path.is_absolute() {
        true => Ok(path.to_owned()),
        false => Err(settings::wrong(
            "config.root",
            "expected a whole path, beginning with /",
        )),
    }
}

/// A container: one pattern for each segment of a path. What lies below the last segment belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    segments: Vec<Pattern>,
}

impl Template {
    /// Reads a container, or says in words what is wrong with it.
    pub(crate) fn parse(container: &str) -> Result<Self, String> {
        let mut segments = Vec::new();
        let mut seen = Vec::new();
        for segment in container.trim_end_matches('/').split('/') {
            if matches!(segment, "" | "." | "..") || segment.contains('\0') {
                return Err("expected a path below the root, such as uploads/{tenant}".into());
            }
            let pattern = Pattern::parse(segment)?;
            for field in pattern.fields() {
                if seen.contains(&field.to_owned()) {
                    return Err(format!("placeholder {{{field}}} is there twice"));
                }
                seen.push(field.to_owned());
            }
            segments.push(pattern);
        }
        Ok(Self { segments })
    }

    /// The template of a locator, its selection checked: every value must be able to stand in a path.
    pub(crate) fn of(locator: &Locator, selection: &Selection) -> Result<Self, String> {
        let template = Self::parse(&locator.container)?;
        for criterion in template::criteria(selection)? {
            let field = &criterion.field;
            if !template
                .segments
                .iter()
                .flat_map(Pattern::fields)
                .any(|name| name == field)
            {
                return Err(format!("the container has no placeholder {{{field}}}"));
            }
            let good = |value: &String| {
                !value.contains(['/', '\0'])
                    && !matches!(value.as_str(), "." | "..")
                    && template
                        .segments
                        .iter()
                        .all(|segment| segment.admits(field, value))
            };
            if !criterion.any_of.iter().all(good) {
                return Err(format!("a value cannot stand in {{{field}}} of the container"));
            }
        }
        Ok(template)
    }

    /// The folders before the first placeholder: they belong to all tenants, and must be there.
    pub(crate) fn base(&self) -> Vec<&str> {
        self.segments.iter().map_while(Pattern::plain).collect()
    }

    /// The names of its placeholders.
    #[cfg(feature = "probe")]
    pub(crate) fn fields(&self) -> Vec<String> {
        self.segments
            .iter()
            .flat_map(Pattern::fields)
            .map(str::to_owned)
            .collect()
    }

    /// How many segments it has.
    pub(crate) fn depth(&self) -> usize {
        self.segments.len()
    }

    /// What the segment at a depth reads in a name, nothing below the template; absent when the name is not of it.
    pub(crate) fn read(&self, depth: usize, name: &str) -> Option<Captures<'_>> {
        match self.segments.get(depth) {
            Some(segment) => segment.capture(name),
            None => Some(Vec::new()),
        }
    }
}
