using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Console.Sessions;

internal sealed record ConsoleSignedOut(ConsoleSession Session) : AuditEvent
{
    public override string Name => AuditEvents.ConsoleSignedOut;

    protected override void WriteData(Utf8JsonWriter json) => json.WriteString("session_id", Session.Id);
}
