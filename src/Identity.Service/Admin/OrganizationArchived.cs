using System.Text.Json;
using Culvert.Identity.Service.Audit;

namespace Culvert.Identity.Service.Admin;

/// <summary>Every credential of an organization ended.</summary>
internal sealed record OrganizationArchived(Organization Organization) : AuditEvent
{
    public override string Name => AuditEvents.OrganizationArchived;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("organization_id", Organization.Id);
        json.WriteString("name", Organization.Name);
    }
}
