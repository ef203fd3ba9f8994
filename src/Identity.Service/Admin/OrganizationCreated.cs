using System.Text.Json;
using Culvert.Identity.Service.Audit;

namespace Culvert.Identity.Service.Admin;

/// <summary>The installation has one organization more (S1).</summary>
internal sealed record OrganizationCreated(Organization Organization) : AuditEvent
{
    public override string Name => AuditEvents.OrganizationCreated;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("organization_id", Organization.Id);
        json.WriteString("name", Organization.Name);
    }
}
