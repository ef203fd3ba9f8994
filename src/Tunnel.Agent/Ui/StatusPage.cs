using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Tunnel.Agent.Ui;

/// <summary><c>/ui</c>: HTML without script, form or link. Every text is encoded: peers influence some of them.</summary>
internal sealed class StatusPage(Func<CancellationToken, Task<StatusView>> look)
{
    private const string Style = """
        :root{color-scheme:light dark;--ink:#1c2430;--faint:#566072;--line:#dde2ea;--ok:#19692c;--bad:#a11818;--note:#8a5a00;--page:#fff}
        @media(prefers-color-scheme:dark){:root{--ink:#dfe5ee;--faint:#98a3b5;--line:#2e3642;--ok:#6fce84;--bad:#ff8f88;--note:#e6b450;--page:#14181e}}
        body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:var(--ink);background:var(--page)}
        h1{font-size:1.4rem;margin:0}h2{font-size:1.05rem;margin:1.8rem 0 .4rem}p{margin:.2rem 0;color:var(--faint)}
        table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem 1rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        th{font-weight:600;color:var(--faint);font-size:.85rem}td{overflow-wrap:break-word}td:first-child{min-width:11rem}td:last-child{width:50%;overflow-wrap:anywhere}
        .ok{color:var(--ok)}.bad{color:var(--bad);font-weight:600}.note{color:var(--note)}.n{font-variant-numeric:tabular-nums;white-space:nowrap}
        """;

    // The policy has the style's hash (CSP Level 3 §8.1): it blocks all other styles and scripts.
    private static readonly string Policy =
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-"
        + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))
        + "'";

    public async Task HandleAsync(HttpContext context)
    {
        var body = Encoding.UTF8.GetBytes(Write(await look(context.RequestAborted)));
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    internal static string Write(StatusView view)
    {
        var html = new StringBuilder();
        html.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>tunnel-agent</title>");
        html.Append(
            "<meta name=\"viewport\" content=\"width=device-width\"><meta http-equiv=\"refresh\" content=\"10\">"
        );
        html.Append("<style>").Append(Style).Append("</style></head><body>");
        var ready = view.Checks.All(c => c.Reason is null || c.IsAdvisory);
        html.Append("<h1>tunnel-agent: ")
            .Append(ready ? Mark("ok", "ready") : Mark("bad", "not ready"))
            .Append("</h1>");
        html.Append("<p>").Append(Text($"{view.TunnelId} {view.Domain}, version {view.Version}, {Time(view.Now)}"));
        html.Append("</p>");
        Table(
            html,
            "Checks",
            ["check", "state"],
            view.Checks.Select(c => new[] { Text(c.Name), Reason(c.Reason, c.IsAdvisory) })
        );
        Table(
            html,
            "Connections",
            ["edge", "connections"],
            view.Edges.Select(e =>
                new[]
                {
                    Text(e.Edge),
                    Mark(
                        e.Serving > 0 ? "ok" : "bad",
                        string.Create(CultureInfo.InvariantCulture, $"{e.Serving} of {e.Wanted}")
                    ),
                }
            )
        );
        if (view.LongPolls.Count > 0)
        {
            LongPolls(html, view);
        }

        if (view.Connectors.Count > 0)
        {
            Connectors(html, view);
        }

        Table(
            html,
            "Routes",
            ["hostname", "upstream", "callers", "state"],
            view.Routes.Select(r =>
                new[]
                {
                    Text(r.Hostname),
                    Text(r.Upstream),
                    Text(r.Oauth),
                    r.IsHealthy switch
                    {
                        true => Mark("ok", "answers"),
                        false => Mark("bad", r.Detail),
                        null => Mark("note", "not probed"),
                    },
                }
            )
        );
        Table(
            html,
            "Last calls",
            ["time", "route", "end"],
            view.Calls.Reverse()
                .Select(c =>
                    new[]
                    {
                        Mark("n", Time(c.Time)),
                        Text(c.Route),
                        c.Reason.Length > 0
                            ? Mark("bad", c.Reason)
                            : Text(c.Status.ToString(CultureInfo.InvariantCulture)),
                    }
                )
        );
        Table(
            html,
            "Certificates",
            ["what", "serial", "until"],
            view.Certificates.Select(c =>
                new[] { Text(c.Kind), Text(c.Serial), Mark(c.NotAfter > view.Now ? "ok" : "bad", Time(c.NotAfter)) }
            )
        );
        if (view.PublicNames.Count > 0)
        {
            PublicCertificates(html, view);
        }

        Table(
            html,
            "Log",
            ["time", "level", "message"],
            view.Lines.Reverse()
                .Select(l =>
                    new[]
                    {
                        Mark("n", Time(l.Time)),
                        Mark(
                            l.Level >= LogLevel.Error ? "bad"
                                : l.Level == LogLevel.Warning ? "note"
                                : "n",
                            $"{l.Level}"
                        ),
                        Text(l.Message),
                    }
                )
        );
        return html.Append("</body></html>").ToString();
    }

    private static void Connectors(StringBuilder html, StatusView view) =>
        Table(
            html,
            "Tunnels behind connectors",
            ["tunnel", "listens at", "last connection", "connections", "certificate until", "state"],
            view.Connectors.Select(t =>
                new[]
                {
                    Text(t.Domain),
                    Text(t.Listen.ToString()),
                    t.LastConnection is { } at ? Mark("n", Time(at)) : "",
                    Mark("n", t.Open.ToString(CultureInfo.InvariantCulture)),
                    t.CertificateExpires is { } until ? Mark("n", Time(until)) : "",
                    t.Problem is { } problem ? Mark("bad", problem) : Mark("ok", "serves"),
                }
            )
        );

    private static void LongPolls(StringBuilder html, StatusView view) =>
        Table(
            html,
            "Tunnels of other providers",
            ["tunnel", "control plane", "last poll", "commands", "state"],
            view.LongPolls.Select(t =>
                new[]
                {
                    Text(t.TunnelId),
                    Text(t.Host),
                    t.LastPoll is { } at ? Mark("n", Time(at)) : "",
                    Mark("n", t.UnderWay.ToString(CultureInfo.InvariantCulture)),
                    t.Problem is { } problem ? Mark("bad", problem) : Mark("ok", "polls succeed"),
                }
            )
        );

    private static void PublicCertificates(StringBuilder html, StatusView view)
    {
        Table(
            html,
            "Public certificates",
            ["name", "serial", "until", "next order", "CAA", "last failure"],
            view.PublicNames.Select(n =>
                new[]
                {
                    Text(n.Name),
                    n.Serial is null ? Mark("note", "none: the tunnel's own certificate is used") : Text(n.Serial),
                    n.NotAfter is { } end ? Mark(end > view.Now ? "ok" : "bad", Time(end)) : "",
                    n.NextAt is { } next ? Mark("n", Time(next)) : "",
                    Text(n.Caa ?? "not looked up yet"),
                    n.Failure is { } failure
                        ? Mark("bad", $"{failure.Code} at {Time(failure.At)}: {failure.Detail}")
                        : Mark("ok", "none"),
                }
            )
        );
        html.Append("<p>account: ").Append(Text(view.PublicAccount ?? "none yet")).Append("</p>");
        if (view.AllowsUnboundNames)
        {
            html.Append("<p>")
                .Append(
                    Mark(
                        "bad",
                        "dangerous_allow_unbound_acme: others, including the edge, could get a certificate for these names."
                    )
                )
                .Append("</p>");
        }
    }

    // Cells must be encoded already.
    private static void Table(StringBuilder html, string title, string[] heads, IEnumerable<string[]> rows)
    {
        html.Append("<h2>").Append(title).Append("</h2><table><tr>");
        foreach (var head in heads)
        {
            html.Append("<th>").Append(head).Append("</th>");
        }

        html.Append("</tr>");
        var any = false;
        foreach (var row in rows)
        {
            any = true;
            html.Append("<tr>");
            foreach (var cell in row)
            {
                html.Append("<td>").Append(cell).Append("</td>");
            }

            html.Append("</tr>");
        }

        html.Append(any ? "</table>" : "<tr><td>none</td></tr></table>");
    }

    private static string Reason(string? reason, bool isAdvisory) =>
        reason is null ? Mark("ok", "ok") : Mark(isAdvisory ? "note" : "bad", reason);

    private static string Mark(string style, string text) => $"<span class=\"{style}\">{Text(text)}</span>";

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";
}
