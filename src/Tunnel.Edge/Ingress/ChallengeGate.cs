using Culvert.Tunnel.Edge.Routing;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>
/// Bounds the looks of certificate authorities at announced names (S25): five a second each. Only names of the feed have
/// a bucket, so outsiders cannot fill it.
/// </summary>
internal sealed class ChallengeGate(TimeProvider time)
{
    public const int PerSecond = 5;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Bucket> buckets = new(StringComparer.Ordinal); // guarded by the gate

    /// <summary>Counts a look; false if it is one too many.</summary>
    public bool TryEnter(string name)
    {
        var now = time.GetTimestamp();
        lock (gate)
        {
            if (!buckets.TryGetValue(name, out var bucket))
            {
                buckets[name] = bucket = new Bucket(PerSecond, now);
            }

            var refilled = bucket.Tokens + (PerSecond * time.GetElapsedTime(bucket.At, now).TotalSeconds);
            (bucket.Tokens, bucket.At) = (Math.Min(PerSecond, refilled), now);
            if (bucket.Tokens < 1)
            {
                return false;
            }

            bucket.Tokens--;
            return true;
        }
    }

    /// <summary>Forgets names that are no longer announced.</summary>
    public void Apply(EdgeSnapshot snapshot)
    {
        var announced = snapshot.Challenges.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        lock (gate)
        {
            foreach (var name in buckets.Keys.Where(name => !announced.Contains(name)).ToArray())
            {
                buckets.Remove(name);
            }
        }
    }

    private sealed class Bucket(double tokens, long at)
    {
        public double Tokens { get; set; } = tokens;

        public long At { get; set; } = at;
    }
}
