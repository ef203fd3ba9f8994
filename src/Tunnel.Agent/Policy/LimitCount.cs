using Culvert.Platform.Timing;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>What one key has used. Guarded by the lock of its table.</summary>
internal sealed class LimitCount
{
    /// <summary>Calls that may still begin.</summary>
    public TokenBucket Bucket;

    public int Running;
}
