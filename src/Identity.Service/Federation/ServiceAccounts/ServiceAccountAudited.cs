using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

/// <summary>A service account was created, updated or archived: its state afterwards.</summary>
internal sealed record ServiceAccountAudited(string Event, ServiceAccount Account) : AuditEvent
{
    public override string Name => Event;

    /// <summary>Why it was archived; null if not given.</summary>
    public string? Reason { get; init; }

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("service_account_id", Account.Id.Value);
        json.WriteString("name", Account.Name);
        json.WriteString("organization_role", Account.Role.Name());
        json.WriteNumber("version", Account.Version);
        if (Reason is not null)
        {
            json.WriteString("reason", Reason);
        }
    }
}
