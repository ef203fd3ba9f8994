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
    void CountLost(AuditRecord record);

    /// <summary>
    /// Makes of a call's arguments what is kept of them, and lets go of them. <see cref="Add"/> does so too: needed only
    /// where they are too much to be held until then.
    /// </summary>
    void Describe(CallRecord record);
}
