using System.Text.Json;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.History;

internal static class HistoryEntryWriter
{
    /// <summary>Writes everything that administrators see except the explanation; the object stays open.</summary>
    public static void WriteMembers(Utf8JsonWriter json, HistoryEntry entry)
    {
        json.WriteString("type", "authentication");
        json.WriteString("request_id", entry.RequestId);
        json.WriteString("at", UtcTimeConverter.Format(entry.At));
        json.WriteString("decision", entry.IsGranted ? "granted" : "denied");
        json.WriteString("reason", entry.Reason);
        json.WriteString("detail", entry.Detail);
        json.WriteBoolean("proven", entry.IsProven);
        json.WriteString("federation_rule_id", entry.RuleId);
        if (entry.RuleVersion is { } version)
        {
            json.WriteNumber("rule_ver", version);
        }

        json.WriteString("issuer_id", entry.IssuerId);
        json.WriteString("service_account_id", entry.ServiceAccountId);
        json.WriteString("subject", entry.Subject);
        json.WriteString("jti", entry.AssertionId);
        json.WriteString("workspace_id", entry.WorkspaceId);
        json.WriteString("oauth_scope", entry.Scope);
        json.WriteString("token_id", entry.TokenId);
        json.WriteString("ip_address", entry.Source);
        json.WriteString("user_agent", entry.UserAgent);
        json.WriteNumber("count", entry.Refusals);
        if (entry.CandidateJson is { } candidate)
        {
            json.WritePropertyName("candidate");
            json.WriteRawValue(candidate);
        }

        json.WritePropertyName("claims");
        if (entry.ClaimsJson is { } claims)
        {
            json.WriteRawValue(claims);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    /// <summary>
    /// Writes what the federated service account itself sees: the result, a reason in terms of its own token, and that
    /// token's claims. Never what a rule requires; before the signature is verified only a coarse reason.
    /// </summary>
    public static void WriteForCaller(Utf8JsonWriter json, HistoryEntry entry)
    {
        var reason = entry.Reason is { } name ? DenialReasons.Parse(name) : null;
        if (!entry.IsProven)
        {
            reason = reason?.Coarse();
        }

        json.WriteStartObject();
        json.WriteString("type", "authentication");
        json.WriteString("request_id", entry.RequestId);
        json.WriteString("decision", entry.IsGranted ? "granted" : "denied");
        json.WriteString("reason", reason?.Name());
        if (reason is { } denied)
        {
            json.WriteBoolean("retryable", denied.IsRetryable());
        }

        if (entry is { IsProven: true, Trace: { } text })
        {
            using var trace = JsonDocument.Parse(text);
            WriteOwnValues(json, trace.RootElement);
        }

        json.WriteEndObject();
    }

    private static void WriteOwnValues(Utf8JsonWriter json, JsonElement trace)
    {
        if (trace.TryGetProperty("clock_delta_s", out var delta))
        {
            json.WriteNumber("clock_delta_s", delta.GetInt64());
        }

        json.WriteStartArray("failed");
        var failed = trace
            .GetProperty("steps")
            .EnumerateArray()
            .Where(step => step.TryGetProperty("conds", out _))
            .SelectMany(step => step.GetProperty("conds").EnumerateArray())
            .Where(condition => !condition.GetProperty("ok").GetBoolean());
        foreach (var condition in failed)
        {
            json.WriteStartObject();
            json.WriteString("claim", condition.GetProperty("claim").GetString());
            json.WriteString("got", condition.GetProperty("got").GetString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        var hints = trace.GetProperty("hints");
        json.WriteString("hint", hints.GetArrayLength() > 0 ? hints[0].GetProperty("text").GetString() : null);
    }
}
