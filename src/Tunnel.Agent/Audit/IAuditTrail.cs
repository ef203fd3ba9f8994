namespace Culvert.Tunnel.Agent.Audit;

/// <summary>Where calls, and what the agent does in its own name, are recorded. Two implementations: the file, and none.</summary>
internal interface IAuditTrail
{
    /// <summary>
    /// Takes room for one record. False: it could not be kept, and the call must not be made. Each true is paired with
    /// one <see cref="Add"/> or <see cref="Release"/>.
    /// </summary>
    bool TryReserve();

    /// <summary>There is nothing to record after all.</summary>
    void Release();

    /// <summary>Keeps a record; returns at once.</summary>
    void Add(AuditRecord record);

    /// <summary>Names and types of arguments, as JSON; empty where the operator wants none.</summary>
    string ShapeOf(ReadOnlySpan<byte> arguments);

    /// <summary>A hash that nobody without the agent's key can try values against.</summary>
    string HashOf(ReadOnlySpan<byte> value);
}
