using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

/// <summary>An organization was created, or archived with all its credentials (S1).</summary>
internal sealed record OrganizationAudited(string Event, Organization Organization) : AuditEvent
{
    public override string Name => Event;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("organization_id", Organization.Id);
        json.WriteString("name", Organization.Name);
    }
}
