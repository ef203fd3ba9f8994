using System.Text.Json;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Audit;

/// <summary>What a reader of the audit asks for; null members ask for nothing.</summary>
internal sealed record AuditQuery
{
    public required string OrganizationId { get; init; }

    /// <summary>Names of events; null = all.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    public string? RequestId { get; init; }

    /// <summary>Not before.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Before.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The actor's id: of a key, a person, a service account, a machine.</summary>
    public string? Actor { get; init; }

    /// <summary>The kind of actor, as in <c>host</c>.</summary>
    public string? ActorType { get; init; }

    /// <summary>The actor's subject at its identity provider, or with a trailing <c>*</c> its beginning.</summary>
    public string? Subject { get; init; }

    /// <summary>The id of one of the things that the entry concerns.</summary>
    public string? Resource { get; init; }

    /// <summary>The tunnel that the entry concerns.</summary>
    public string? TunnelId { get; init; }

    /// <summary><c>success</c> or <c>denied</c>.</summary>
    public string? Outcome { get; init; }

    /// <summary>Whether entries must be read to decide; the other members are columns.</summary>
    public bool NeedsBody => (Actor ?? ActorType ?? Subject ?? Resource ?? TunnelId ?? Outcome) is not null;

    /// <summary>Whether an entry is wanted, by what only its body has. What retention dropped matches nothing.</summary>
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
            && (TunnelId is null || Concerns(entry, TunnelId) || IsDataOf(entry, TunnelId));
    }

    private static bool Concerns(JsonElement entry, string id) =>
        entry.GetProperty("resources").EnumerateArray().Any(resource => Text(resource, "id") == id);

    private static bool IsDataOf(JsonElement entry, string tunnelId) =>
        Text(entry.GetProperty("event_data"), "tunnel_id") == tunnelId;

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()
            : null;
}
