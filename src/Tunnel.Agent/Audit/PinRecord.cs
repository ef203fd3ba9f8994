namespace Culvert.Tunnel.Agent.Audit;

/// <summary>A difference between a server's definition and its pin, or a change of pins. Empty members are not written.</summary>
internal sealed class PinRecord : AuditRecord
{
    /// <summary>Whether it is about a difference: a line of type <c>drift</c>, else <c>pin</c>.</summary>
    public bool IsDrift { get; init; }

    /// <summary>
    /// Of a difference: <c>found</c>, <c>ambiguous</c> or <c>gone</c>; of pins: <c>approved</c>, <c>removed</c> or
    /// <c>unusable</c>.
    /// </summary>
    public required string Event { get; init; }

    public required string Route { get; init; }

    /// <summary><c>tool</c>, <c>prompt</c>, <c>resource</c>, <c>template</c> or <c>instructions</c>.</summary>
    public string Kind { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Names of classes, joined by commas.</summary>
    public string Classes { get; init; } = "";

    /// <summary>What is done about it: <c>alert</c>, <c>serve_pinned</c>, <c>block</c>, <c>quarantine</c>; <c>observe</c> where nothing is.</summary>
    public string Action { get; init; } = "";

    /// <summary>Digest of the definition that was approved.</summary>
    public string Pinned { get; init; } = "";

    /// <summary>Digest of the definition that the server shows, or that is approved now.</summary>
    public string Observed { get; init; } = "";

    /// <summary>Who approved it.</summary>
    public string By { get; init; } = "";
}
