using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.History;

internal static class HistoryEntryReader
{
    public static HistoryEntry Read(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        var actor = root.GetProperty("actor");
        var status = root.GetProperty("status");
        var data = root.GetProperty("event_data");
        var token = data.TryGetProperty("oidc_token", out var proven) ? proven : default;
        return new HistoryEntry
        {
            RequestId = Text(root, "request_id"),
            At = root.GetProperty("at").GetDateTimeOffset(),
            IsGranted = Text(status, "outcome") == AuditStatus.Success.Outcome,
            Reason = Text(status, "reason"),
            Detail = Text(status, "detail"),
            RuleId = Text(data, "federation_rule_id")!,
            RuleVersion = data.GetProperty("rule_ver").GetInt32(),
            IssuerId = Text(data, "issuer_id")!,
            ServiceAccountId = Text(data, "service_account_id"),
            Subject = Text(actor, "subject"),
            AssertionId =
                Text(token, "jti") ?? (data.TryGetProperty("access_token", out var own) ? Text(own, "jti") : null),
            WorkspaceId = Text(data, "workspace_id"),
            Scope = Text(data, "scope"),
            TokenId = Text(data, "token_id"),
            TokenExpiresAt =
                data.TryGetProperty("token_expires_at", out var end) && end.TryGetInt64(out var seconds)
                    ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                    : null,
            Audience = Text(data, "audience"),
            Family = Text(data, "family"),
            SubjectHash = GetSubjectHash(data, token),
            IsProven = true,
            Source = Text(actor, "ip_address"),
            UserAgent = Text(actor, "user_agent"),
            CandidateJson = data.TryGetProperty("candidate", out var candidate) ? candidate.GetRawText() : null,
            ClaimsJson =
                token.ValueKind == JsonValueKind.Object && token.TryGetProperty("claims", out var claims)
                    ? claims.GetRawText()
                    : null,
        };
    }

    // An access token of this service contains the hash; for an assertion it is computed.
    private static string? GetSubjectHash(JsonElement data, JsonElement assertion) =>
        data.TryGetProperty("access_token", out var own)
            ? own.TryGetProperty("claims", out var claims) && claims.TryGetProperty("src", out var source)
                ? Text(source, "sub")
                : null
            : assertion.ValueKind == JsonValueKind.Object
            && assertion.TryGetProperty("claims", out var asserted)
            && Text(asserted, "sub") is { } subject
                ? Sha256Text.ToBase64Url(subject)
                : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
