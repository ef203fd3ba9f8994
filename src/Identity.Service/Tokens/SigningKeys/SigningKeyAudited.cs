using System.Text.Json;
using Culvert.Identity.Service.Audit;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>A token signing key was made or retired.</summary>
internal sealed record SigningKeyAudited(string Event, string KeyId, DateTimeOffset? ActiveFrom) : AuditEvent
{
    public override string Name => Event;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("key_id", KeyId);
        if (ActiveFrom is { } from)
        {
            json.WriteString("active_from", UtcTimeConverter.Format(from));
        }
    }
}
