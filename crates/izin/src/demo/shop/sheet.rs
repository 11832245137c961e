//! A CSV text in the making.

/// Rows of as many cells as the header has.
pub(super) struct Sheet<const COLUMNS: usize>(String);

impl<const COLUMNS: usize> Sheet<COLUMNS> {
    /// Begins with the names of the columns.
    pub(super) fn new(header: [&str; COLUMNS]) -> Self {
        let mut sheet = Self(String::new());
        sheet.row(header);
        sheet
    }

    /// Adds a row; cells are quoted where they must be (RFC 4180 §2).
    pub(super) fn row(&mut self, cells: [&str; COLUMNS]) {
        for (place, cell) in cells.into_iter().enumerate() {
            if place > 0 {
                self.0.push(',');
            }
            if cell.contains([',', '"', '\n', '\r']) {
                self.0.push('"');
                self.0.push_str(&cell.replace('"', "\"\""));
                self.0.push('"');
            } else {
                self.0.push_str(cell);
            }
        }
        self.0.push('\n');
    }

    /// The finished text.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_hold_signs_of_the_format_are_quoted() {
        let mut sheet = Sheet::new(["a", "b"]);
        sheet.row(["1, 2", "say \"x\""]);
        sheet.row(["", "plain"]);
        assert_eq!(sheet.finish(), "a,b\n\"1, 2\",\"say \"\"x\"\"\"\n,plain\n");
    }
}
