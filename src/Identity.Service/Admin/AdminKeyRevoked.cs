using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

internal sealed record AdminKeyRevoked(AdminKey Key, string? Reason) : AuditEvent
{
    public override string Name => AuditEvents.AdminKeyRevoked;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("admin_key_id", Key.Id.Value);
        json.WriteString("name", Key.Name);
        json.WriteString("reason", Reason);
    }
}
