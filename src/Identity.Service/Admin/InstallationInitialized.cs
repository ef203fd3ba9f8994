using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

/// <summary>The first entry of every chain.</summary>
internal sealed record InstallationInitialized(Organization Organization, Workspace Workspace, string PublicUrl)
    : AuditEvent
{
    public override string Name => AuditEvents.InstallationInitialized;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("public_url", PublicUrl);
        json.WriteString("organization_id", Organization.Id);
        json.WriteString("organization_name", Organization.Name);
        json.WriteString("workspace_id", Workspace.Id.Value);
    }
}
