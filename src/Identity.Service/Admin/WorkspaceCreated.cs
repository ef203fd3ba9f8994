using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

internal sealed record WorkspaceCreated(Workspace Workspace) : AuditEvent
{
    public override string Name => AuditEvents.WorkspaceCreated;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("workspace_id", Workspace.Id.Value);
        json.WriteString("name", Workspace.Name);
    }
}
