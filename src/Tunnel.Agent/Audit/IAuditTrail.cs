namespace Culvert.Tunnel.Agent.Audit;

/// <summary>Where calls, and what the agent does in its own name, are recorded. Two implementations: the file, and none.</summary>
internal interface IAuditTrail
{
    /// <summary>
    /// Takes room for one record. False: it could not be kept, and what must be recorded must not be done. Each true is
    /// paired with one <see cref="Add"/> or <see cref="Release"/>.
    /// </summary>
    /// <param name="mustBeKept">False: it happens with or without its record, which leaves room for those that must be.</param>
    bool TryReserve(bool mustBeKept = true);

    /// <summary>There is nothing to record after all.</summary>
    void Release();

    /// <summary>Keeps a record; returns at once.</summary>
    void Add(AuditRecord record);

    /// <summary>There was no room, and the call was made all the same: its record is not kept, only counted as lost.</summary>
    void Lose(AuditRecord record);

    /// <summary>Names and types of arguments, as JSON; empty where the operator wants none.</summary>
    string ShapeOf(ReadOnlySpan<byte> arguments);

    /// <summary>A hash that nobody without the agent's key can try values against.</summary>
    string HashOf(ReadOnlySpan<byte> value);
}
