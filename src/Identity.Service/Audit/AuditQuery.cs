using System.Text.Json;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Audit;

/// <summary>The filters of an audit query; null members match everything.</summary>
internal sealed record AuditQuery
{
    public required string OrganizationId { get; init; }

    public IReadOnlyList<string>? Events { get; init; }

    public string? RequestId { get; init; }

    /// <summary>Inclusive.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The id of a key, a person, a service account or a machine.</summary>
    public string? Actor { get; init; }

    /// <summary>The actor's type, such as <c>host</c>.</summary>
    public string? ActorType { get; init; }

    /// <summary>The actor's subject at its identity provider; a trailing <c>*</c> matches a prefix.</summary>
    public string? Subject { get; init; }

    public string? Resource { get; init; }

    public string? TunnelId { get; init; }

    public string? Outcome { get; init; }

    /// <summary>Whether bodies must be read to decide; the other filters are columns.</summary>
    public bool NeedsBody => (Actor ?? ActorType ?? Subject ?? Resource ?? TunnelId ?? Outcome) is not null;

    /// <summary>Whether a body matches. Bodies removed by retention match nothing.</summary>
    public bool Matches(byte[]? body)
    {
        if (!NeedsBody)
        {
            return true;
        }

        if (body is null)
        {
            return false;
        }

        using var document = JsonDocument.Parse(body);
        var entry = document.RootElement;
        var actor = entry.GetProperty("actor");
        return (Actor is null || Text(actor, "id") == Actor)
            && (ActorType is null || Text(actor, "type") == ActorType)
            && QueryText.Matches(Subject, Text(actor, "subject"))
            && (Outcome is null || Text(entry.GetProperty("status"), "outcome") == Outcome)
            && (Resource is null || Concerns(entry, Resource))
            && (TunnelId is null || Concerns(entry, TunnelId) || HasDataForTunnel(entry, TunnelId));
    }

    private static bool Concerns(JsonElement entry, string id) =>
        entry.GetProperty("resources").EnumerateArray().Any(resource => Text(resource, "id") == id);

    private static bool HasDataForTunnel(JsonElement entry, string tunnelId) =>
        Text(entry.GetProperty("event_data"), "tunnel_id") == tunnelId;

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()
            : null;
}
