using System.Net;
using Culvert.Platform.Net;
using Culvert.Tunnel.Edge.Routing;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>
/// Bounds the looks of certificate authorities at announced names (S25): five a second each, after twenty at once, since
/// a CA validates from several places. One source is limited to less than that, so that other clients leave the CA its
/// part. Only names of the feed have a bucket, so outsiders cannot fill it.
/// </summary>
internal sealed class ChallengeGate(TimeProvider time)
{
    public const int PerSecond = 5;
    public const int AtOnce = 20;
    public const int SourcePerSecond = 1;
    public const int SourceAtOnce = 5;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Name> names = new(StringComparer.Ordinal); // guarded by the gate

    /// <summary>Counts a look; false if it is one too many.</summary>
    public bool TryEnter(string name, IPAddress source)
    {
        var now = time.GetTimestamp();
        lock (gate)
        {
            if (!names.TryGetValue(name, out var looks))
            {
                names[name] = looks = new Name(now);
            }

            // Who had a look has an entry until its rate has recovered: the name's own rate bounds their number.
            foreach (var (other, had) in looks.Sources)
            {
                if (Refill(had, SourcePerSecond, SourceAtOnce, now) >= SourceAtOnce)
                {
                    looks.Sources.Remove(other);
                }
            }

            if (Refill(looks.All, PerSecond, AtOnce, now) < 1)
            {
                return false;
            }

            var bucket = looks.SourceOf(SourceLimiter.KeyOf(source), now);
            if (bucket.Tokens < 1)
            {
                return false;
            }

            bucket.Tokens--;
            looks.All.Tokens--;
            return true;
        }
    }

    /// <summary>Forgets names that are no longer announced.</summary>
    public void Apply(EdgeSnapshot snapshot)
    {
        var announced = snapshot.Challenges.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        lock (gate)
        {
            foreach (var name in names.Keys.Where(name => !announced.Contains(name)).ToArray())
            {
                names.Remove(name);
            }
        }
    }

    private double Refill(Bucket bucket, int perSecond, int atOnce, long now)
    {
        var refilled = bucket.Tokens + (perSecond * time.GetElapsedTime(bucket.At, now).TotalSeconds);
        (bucket.Tokens, bucket.At) = (Math.Min(atOnce, refilled), now);
        return bucket.Tokens;
    }

    private sealed class Name(long at)
    {
        public Bucket All { get; } = new(AtOnce, at);

        public Dictionary<IPAddress, Bucket> Sources { get; } = [];

        public Bucket SourceOf(IPAddress source, long now)
        {
            if (!Sources.TryGetValue(source, out var bucket))
            {
                Sources[source] = bucket = new Bucket(SourceAtOnce, now);
            }

            return bucket;
        }
    }

    private sealed class Bucket(double tokens, long at)
    {
        public double Tokens { get; set; } = tokens;

        public long At { get; set; } = at;
    }
}
