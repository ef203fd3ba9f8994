using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>A service account's membership was added, changed or removed.</summary>
/// <param name="Role">The role afterwards; of a removal the one that ended.</param>
internal sealed record MembershipAudited(string Event, string ServiceAccountId, string WorkspaceId, WorkspaceRole Role)
    : AuditEvent
{
    public override string Name => Event;

    /// <summary>The role before a change.</summary>
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
