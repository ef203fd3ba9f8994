namespace Culvert.Tunnel.Agent.Policy;

/// <summary>What one key has used. Guarded by the lock of its table.</summary>
internal sealed class LimitCount
{
    /// <summary>Calls that may still begin, in parts.</summary>
    public double Tokens;

    /// <summary>When <see cref="Tokens"/> was true.</summary>
    public DateTimeOffset At;

    public int Running;
}
