//! `izin bench`: what this machine does, as ratios to a limit measured in the same run.

mod send;

use serde::Serialize;

/// Which way a figure is better.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// One measured figure.
#[derive(Debug, Clone, Serialize)]
struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
    better: Better,
    #[serde(skip_serializing_if = "Option::is_none")]
    must: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bold: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer: Option<&'static str>,
}

impl Figure {
    const fn new(name: &'static str, value: f64, unit: &'static str) -> Self {
        Self { name, value, unit, better: Better::Higher, must: None, bold: None, peer: None }
    }

    const fn better(self, better: Better) -> Self {
        Self { better, ..self }
    }

    const fn must(self, must: f64) -> Self {
        Self { must: Some(must), ..self }
    }

    const fn bold(self, bold: f64) -> Self {
        Self { bold: Some(bold), ..self }
    }

    const fn peer(self, peer: &'static str) -> Self {
        Self { peer: Some(peer), ..self }
    }
}
