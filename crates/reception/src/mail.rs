//! E-mails as HTML: made of the same lines as their text, so that both say the same.

/// Text as HTML shows it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// An e-mail of some lines: `what: how` becomes a row, a link a button, everything else a paragraph.
pub(crate) fn html(text: &str) -> String {
    let mut body = String::new();
    let mut rows = String::new();
    let flush = |rows: &mut String, body: &mut String| {
        if !rows.is_empty() {
            body.push_str("<table cellpadding=\"0\" cellspacing=\"0\" style=\"width:100%;border-collapse:collapse;margin:8px 0 16px\">");
            body.push_str(rows);
            body.push_str("</table>");
            rows.clear();
        }
    };
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if line.starts_with("https://") || line.starts_with("http://") {
            flush(&mut rows, &mut body);
            body.push_str(&format!(
                "<p style=\"margin:20px 0\"><a href=\"{}\" style=\"background:#7a3b57;color:#ffffff;text-decoration:none;padding:12px 20px;border-radius:8px;font-weight:600;display:inline-block\">Open</a></p>",
                escaped(line)
            ));
        } else if let Some((what, how)) = line.split_once(": ").filter(|(what, _)| at > 0 && what.len() < 24) {
            rows.push_str(&format!(
                "<tr><td style=\"color:#5b6675;padding:4px 16px 4px 0;vertical-align:top;white-space:nowrap\">{}</td><td style=\"padding:4px 0\">{}</td></tr>",
                escaped(what),
                escaped(how)
            ));
        } else {
            flush(&mut rows, &mut body);
            let size = if at == 0 { "font-size:18px;font-weight:600;" } else { "" };
            body.push_str(&format!("<p style=\"{size}margin:0 0 12px\">{}</p>", escaped(line)));
        }
    }
    flush(&mut rows, &mut body);
    format!(
        "<!doctype html><html><body style=\"margin:0;background:#f4f1ee\"><div style=\"max-width:560px;margin:0 auto;padding:24px 16px\">\
         <div style=\"background:#ffffff;border:1px solid #d9dee5;border-radius:12px;padding:24px;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#1c2430\">{body}</div></div></body></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_rows_and_links_and_nobody_writes_markup() {
        let page = html(
            "New booking - Glow\n\nName: Jo <b>Park</b>\nVisit: Botox, 3:00 PM\n\nPlease look.\nhttps://us.example/s/x?a=1&b=2",
        );
        assert!(page.contains("Jo &lt;b&gt;Park&lt;/b&gt;") && !page.contains("<b>"));
        assert!(page.contains(">Visit</td>") && page.contains("<p style=\"margin:0 0 12px\">Please look.</p>"));
        assert!(page.contains("href=\"https://us.example/s/x?a=1&amp;b=2\""));
    }
}
