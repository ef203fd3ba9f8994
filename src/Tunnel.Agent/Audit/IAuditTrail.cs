namespace Culvert.Tunnel.Agent.Audit;

/// <summary>Records calls and the agent's own actions. Two implementations: the file, and a decorator that counts.</summary>
internal interface IAuditTrail
{
    /// <summary>Whether records have the shapes of answers.</summary>
    bool RecordsAnswerShapes => false;

    /// <summary>Reserves room; pair with <see cref="Add"/> or <see cref="Release"/>. False: refuse the action.</summary>
    /// <param name="mustBeKept">False: the action does not need its record, which leaves room for those that do.</param>
    bool TryReserve(bool mustBeKept = true);

    void Release();

    /// <summary>Queues a record; returns at once.</summary>
    void Add(AuditRecord record);

    /// <summary>Counts a record as lost: there was no room for it, and the call was made all the same.</summary>
    void CountLost(AuditRecord record);

    /// <summary>Describes a call's arguments and releases them early. <see cref="Add"/> does it otherwise.</summary>
    void Describe(CallRecord record);
}
