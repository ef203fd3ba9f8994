using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Console.Sessions;

internal sealed record ConsoleSignedIn(ConsoleSession Session) : AuditEvent
{
    public override string Name => AuditEvents.ConsoleSignedIn;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("session_id", Session.Id);
        json.WriteString("name", Session.Name);
        json.WriteString("admin_key_id", Session.AdminKeyId);
        json.WriteString("expires_at", Session.ExpiresAt.UtcDateTime);
        json.WriteStartArray("roles");
        foreach (var role in Session.Roles)
        {
            json.WriteStringValue(role);
        }

        json.WriteEndArray();
    }
}
