using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Output;

/// <summary>An exchange, or a simulated one, for people: first the result, then the steps to it, then what to do.</summary>
internal static class ExplainText
{
    private const int LabelWidth = 10;

    /// <param name="entry">In the history's form.</param>
    /// <param name="service">The service whose pages explain codes.</param>
    public static string OfExchange(JsonObject entry, Uri service)
    {
        var text = new StringBuilder();
        Line(text, entry.Text("decision") ?? "-", Join(entry.Text("reason"), entry.Text("request_id")));
        Line(text, "at", entry.Text("at"));
        Line(text, "rule", Join(entry.Text("federation_rule_id"), Prefixed("version", entry["rule_ver"])));
        Line(text, "issuer", entry.Text("issuer_id"));
        Line(text, "account", entry.Text("service_account_id"));
        Line(text, "subject", entry.Text("subject"));
        Line(text, "from", Join(entry.Text("ip_address"), entry.Text("user_agent")));
        if (entry["proven"] is JsonValue proven && proven.TryGetValue(out bool isProven) && !isProven)
        {
            Line(text, "unproven", "the signature is not valid: everything except the reason is unverified");
        }

        if (entry["trace"] is JsonObject trace)
        {
            AddTrace(text, trace, service);
        }
        else
        {
            // What the service account itself may see of its exchange.
            foreach (var failed in (entry["failed"] as JsonArray ?? []).OfType<JsonObject>())
            {
                Line(text, "claim", $"{failed.Text("claim")}: got {failed.Text("got") ?? "nothing"}");
            }

            Line(text, "hint", entry.Text("hint"));
        }

        return text.ToString();
    }

    public static string OfSimulation(JsonObject answer, Uri service)
    {
        var text = new StringBuilder();
        Line(text, answer.Text("decision") ?? "-", answer.Text("reason"));
        AddRule(text, answer["rule"] as JsonObject);
        AddGrant(text, answer["grant"] as JsonObject);
        Line(text, "searched", Prefixed("rules:", answer["searched"]));
        foreach (var match in (answer["matches"] as JsonArray ?? []).OfType<JsonObject>())
        {
            AddRule(text, match["rule"] as JsonObject);
            AddGrant(text, match["grant"] as JsonObject);
        }

        foreach (var miss in (answer["nearest"] as JsonArray ?? []).OfType<JsonObject>())
        {
            Line(text, "nearest", $"{miss["rule"].Text("name")}: {miss.Text("text")}");
        }

        if (answer["trace"] is JsonObject trace)
        {
            AddTrace(text, trace, service);
        }

        if (answer["candidate"] is JsonObject candidate)
        {
            text.Append('\n');
            Line(
                text,
                "candidate",
                Join(Prefixed("version", candidate["version"]), candidate.Text("decision"), candidate.Text("reason"))
            );
        }

        return text.ToString();
    }

    public static string OfReplay(JsonObject report)
    {
        var text = new StringBuilder();
        Line(text, "events", $"{CellText.Format(report["events"])} since {report.Text("since")}");
        if (report["truncated"] is JsonValue truncated && truncated.TryGetValue(out bool isTruncated) && isTruncated)
        {
            Line(text, "truncated", $"records before {report.Text("oldest")} were not searched");
        }

        Line(
            text,
            "unchanged",
            $"{CellText.Format(report["still_allowed"])} allowed, {CellText.Format(report["still_denied"])} denied"
        );
        AddIdentities(text, "newly allowed", report, "newly_allowed");
        AddIdentities(text, "newly denied", report, "newly_denied");
        return text.ToString();
    }

    private static void AddIdentities(StringBuilder text, string title, JsonObject report, string member)
    {
        text.Append('\n').Append(title).Append(": ").Append(CellText.Format(report[$"{member}_total"])).Append('\n');
        foreach (var identity in (report[member] as JsonArray ?? []).OfType<JsonObject>())
        {
            text.Append("  ").Append(CellText.Format(identity["subject"]));
            text.Append("  ×").Append(CellText.Format(identity["events"]));
            text.Append("  ").Append(CellText.Format(identity["reason"]));
            if (identity.Text("text") is { } miss)
            {
                text.Append(": ").Append(CellText.Safe(miss));
            }

            text.Append("  (").Append(CellText.Format(identity["request_id"])).Append(")\n");
        }
    }

    private static void AddRule(StringBuilder text, JsonObject? rule)
    {
        if (rule is not null)
        {
            Line(
                text,
                "rule",
                Join(rule.Text("name"), rule.Text("id"), Prefixed("version", rule["version"]), rule.Text("state"))
            );
        }
    }

    private static void AddGrant(StringBuilder text, JsonObject? grant)
    {
        if (grant is not null)
        {
            Line(
                text,
                "grants",
                Join(
                    grant.Text("oauth_scope"),
                    Prefixed("as", grant["service_account_id"]),
                    Prefixed("in", grant["workspace_id"])
                )
            );
        }
    }

    private static void AddTrace(StringBuilder text, JsonObject trace, Uri service)
    {
        text.Append('\n');
        foreach (var step in (trace["steps"] as JsonArray ?? []).OfType<JsonObject>())
        {
            AddStep(text, step);
        }

        text.Append('\n');
        Line(text, "clock", Prefixed("token minted, in seconds before:", trace["clock_delta_s"]));
        Line(text, "subject", Prefixed("format", trace["sub_format"]));
        Line(text, "nearest", trace["nearest"].Text("text"));
        foreach (var hint in (trace["hints"] as JsonArray ?? []).OfType<JsonObject>())
        {
            Line(text, "hint", hint.Text("text"));
        }

        Line(text, "more", trace.Text("doc") is { } page ? new Uri(service, "/" + page).AbsoluteUri : null);
    }

    private static void AddStep(StringBuilder text, JsonObject step)
    {
        text.Append("  ").Append(Mark(step)).Append("  ").Append((step.Text("s") ?? "-").PadRight(14));
        var details = step.Where(member => member.Key is not ("s" or "ok" or "conds" or "assumed"))
            .Select(member => $"{member.Key} {CellText.Format(member.Value)}");
        text.Append(string.Join(", ", details)).Append('\n');
        foreach (var condition in (step["conds"] as JsonArray ?? []).OfType<JsonObject>())
        {
            text.Append("        ").Append(Mark(condition)).Append("  ");
            text.Append(CellText.Format(condition["claim"]))
                .Append(' ')
                .Append(CellText.Format(condition["op"]))
                .Append(' ');
            text.Append(CellText.Format(condition["want"]))
                .Append("; got ")
                .Append(CellText.Format(condition["got"]))
                .Append('\n');
        }
    }

    private static string Mark(JsonObject step)
    {
        var holds = step["ok"] is JsonValue ok && ok.TryGetValue(out bool isOk) && isOk;
        return !holds ? "FAIL"
            : step["assumed"] is null ? "ok  "
            : "~   ";
    }

    private static void Line(StringBuilder text, string label, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            text.Append(CellText.Safe(label).PadRight(LabelWidth))
                .Append(' ')
                .Append(CellText.Safe(value))
                .Append('\n');
        }
    }

    private static string? Prefixed(string word, JsonNode? value) =>
        value is null ? null : $"{word} {CellText.Format(value)}";

    private static string Join(params ReadOnlySpan<string?> parts)
    {
        var present = new List<string>();
        foreach (var part in parts)
        {
            if (!string.IsNullOrEmpty(part))
            {
                present.Add(part);
            }
        }

        return string.Join("  ", present);
    }
}
