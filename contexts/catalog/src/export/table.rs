//! Lines of a table, quoted where they must be.

/// One line with these fields.
pub fn line(fields: &[String]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    // Writing to memory fails never.
    let written = writer.write_record(fields);
    written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default()
}
