using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

internal sealed record AdminKeyOwned(AdminKey Key, KeyOwner Owner) : AuditEvent
{
    public override string Name => AuditEvents.AdminKeyOwned;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("admin_key_id", Key.Id.Value);
        json.WriteString("name", Key.Name);
        json.WriteString("owner_issuer", Owner.Issuer);
        json.WriteString("owner_subject", Owner.Subject);
    }
}
