using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Lints;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>A rule was created, updated or archived, or its workspaces changed: its state afterwards.</summary>
internal sealed record RuleAudited(string Event, Rule Rule) : AuditEvent
{
    public override string Name => Event;

    public string? WorkspaceId { get; init; }

    public IReadOnlyList<Lint> Lints { get; init; } = [];

    public string? LintJustification { get; init; }

    public string? Reason { get; init; }

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("federation_rule_id", Rule.Id.Value);
        json.WriteString("name", Rule.Name);
        json.WriteString("issuer_id", Rule.IssuerId.Value);
        json.WriteString("service_account_id", Rule.ServiceAccountId.Value);
        WriteOptional(json, "subject_prefix", Rule.Match.Subject);
        WriteOptional(json, "subject_segments", Rule.Match.SubjectSegments);
        WriteOptional(json, "audience", Rule.Match.Audience);
        json.WriteStartObject("claims");
        foreach (var (name, value) in Rule.Match.Claims)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        if (Rule.Match.Matchers.Count > 0)
        {
            json.WritePropertyName("matchers");
            JsonSerializer.Serialize(
                json,
                [.. Rule.Match.Matchers.Select(MatcherReader.ToDocument)],
                FederationJson.Default.MatcherDocumentArray
            );
        }

        WriteOptional(json, "condition", Rule.Match.Condition);
        json.WriteString("oauth_scope", Rule.OAuthScope);
        json.WriteNumber("token_lifetime_seconds", Rule.TokenLifetimeSeconds);
        json.WriteBoolean("applies_to_all_workspaces", Rule.AppliesToAllWorkspaces);
        WriteList(json, "workspace_ids", Rule.WorkspaceIds);
        WriteList(json, "tunnel_ids", Rule.TunnelIds);
        WriteList(json, "edge_ids", Rule.EdgeIds);
        WriteList(json, "actor_ids", Rule.ActorIds);
        json.WriteString("state", Rule.State.Name());
        json.WriteString("bind", Rule.Bind.Name());
        if (Rule.ExpiresAt is { } expiresAt)
        {
            json.WriteString("expires_at", expiresAt.UtcDateTime);
        }

        json.WriteNumber("version", Rule.Version);
        if (Rule.EnforcedVersion is { } enforced)
        {
            json.WriteNumber("enforced_version", enforced);
        }

        if (Lints.Count > 0)
        {
            WriteList(json, "lints", [.. Lints.Select(lint => lint.Id)]);
        }

        if (LintJustification is not null)
        {
            json.WriteString("lint_justification", LintJustification);
        }

        if (Reason is not null)
        {
            json.WriteString("reason", Reason);
        }

        if (WorkspaceId is not null)
        {
            json.WriteString("workspace_id", WorkspaceId);
        }
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
