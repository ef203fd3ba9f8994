using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>A token signing key was created, retired, or revoked as compromised.</summary>
internal sealed record SigningKeyAudited(string Event, string KeyId) : AuditEvent
{
    public override string Name => Event;

    /// <summary>Of a creation: when it begins to sign.</summary>
    public DateTimeOffset? ActiveFrom { get; init; }

    /// <summary>Of a creation: where its private half is.</summary>
    public KeyCustody? Custody { get; init; }

    /// <summary>Of a revocation: the key that signs from now on.</summary>
    public string? SuccessorId { get; init; }

    public string? Reason { get; init; }

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("key_id", KeyId);
        if (ActiveFrom is { } from)
        {
            json.WriteString("active_from", UtcTimeConverter.Format(from));
        }

        if (Custody is { } custody)
        {
            json.WriteString("custody", WireNames.Of(custody));
        }

        if (SuccessorId is not null)
        {
            json.WriteString("successor_id", SuccessorId);
        }

        if (Reason is not null)
        {
            json.WriteString("reason", Reason);
        }
    }
}
