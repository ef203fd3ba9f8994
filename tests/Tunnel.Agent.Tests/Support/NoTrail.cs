using Culvert.Tunnel.Agent.Audit;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>Nothing is recorded.</summary>
internal sealed class NoTrail : IAuditTrail
{
    public static readonly NoTrail Instance = new();

    private NoTrail() { }

    public bool TryReserve(bool mustBeKept) => true;

    public void Release() { }

    public void Add(AuditRecord record) { }

    public void CountLost(AuditRecord record) { }

    public void Describe(CallRecord record) { }
}
