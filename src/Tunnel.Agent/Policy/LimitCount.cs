using Culvert.Platform.Timing;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>The usage of one key. Guarded by the lock of its table.</summary>
internal sealed class LimitCount
{
    /// <summary>Calls that may still start.</summary>
    public TokenBucket Bucket;

    public int Running;
}
