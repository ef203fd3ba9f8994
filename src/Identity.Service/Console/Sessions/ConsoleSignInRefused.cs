using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Console.Sessions;

/// <summary>The identity provider authenticated a person to whom no role is mapped.</summary>
internal sealed record ConsoleSignInRefused(string PersonName) : AuditEvent
{
    public override string Name => AuditEvents.ConsoleSignInRefused;

    protected override void WriteData(Utf8JsonWriter json) => json.WriteString("name", PersonName);
}
