using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

internal sealed record AdminKeyCreated(AdminKey Key) : AuditEvent
{
    public override string Name => AuditEvents.AdminKeyCreated;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("admin_key_id", Key.Id.Value);
        json.WriteString("name", Key.Name);
        json.WriteString("role", Key.Role);
        json.WriteString("created_by", Key.CreatedBy);
        WriteOptional(json, "owner_issuer", Key.Owner?.Issuer);
        WriteOptional(json, "owner_subject", Key.Owner?.Subject);
        json.WriteString("expires_at", Key.ExpiresAt.UtcDateTime);
        json.WriteStartArray("scopes");
        foreach (var scope in Key.Scopes.Order(StringComparer.Ordinal))
        {
            json.WriteStringValue(scope);
        }

        json.WriteEndArray();
    }
}
