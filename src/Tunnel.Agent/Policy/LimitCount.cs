using Culvert.Platform.Timing;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>Guarded by the lock of its table.</summary>
internal sealed class LimitCount
{
    public TokenBucket Bucket;

    public int Running;
}
