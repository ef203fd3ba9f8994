namespace Culvert.Tunnel.Agent.Audit;

/// <summary>A difference between a server's definition and its pin, or a change of pins. Empty members are not written.</summary>
internal sealed class PinRecord : AuditRecord
{
    /// <summary>True: the line has the type <c>drift</c>; false: <c>pin</c>.</summary>
    public bool IsDrift { get; init; }

    /// <summary><c>found|ambiguous|gone</c> of a difference; <c>approved|removed|unusable</c> of pins.</summary>
    public required string Event { get; init; }

    public required string Route { get; init; }

    /// <summary><c>tool</c>, <c>prompt</c>, <c>resource</c>, <c>template</c> or <c>instructions</c>.</summary>
    public string Kind { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Names of classes, separated by commas.</summary>
    public string Classes { get; init; } = "";

    /// <summary><c>alert</c>, <c>serve_pinned</c>, <c>block</c>, <c>quarantine</c> or <c>observe</c>.</summary>
    public string Action { get; init; } = "";

    public string Pinned { get; init; } = "";

    /// <summary>The digest of the definition that the server shows, or that is approved now.</summary>
    public string Observed { get; init; } = "";

    public string By { get; init; } = "";
}
