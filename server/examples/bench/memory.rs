//! How much memory this process has used at most (Linux).

/// Begins to measure anew.
pub fn forget_peak() {
    // Where the system does not offer it, the peak is that of the whole run.
    let _elsewhere = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most that was resident since, in megabytes.
pub fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1_000.0)
}
