using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>A service account's membership was added, changed or removed.</summary>
/// <param name="Role">The role afterwards; for a removal, the previous role.</param>
internal sealed record MembershipAudited(string Event, string ServiceAccountId, string WorkspaceId, WorkspaceRole Role)
    : AuditEvent
{
    public override string Name => Event;

    public WorkspaceRole? Before { get; init; }

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("service_account_id", ServiceAccountId);
        json.WriteString("workspace_id", WorkspaceId);
        json.WriteString("workspace_role", Role.Name());
        if (Before is { } before)
        {
            json.WriteString("previous_workspace_role", before.Name());
        }
    }
}
