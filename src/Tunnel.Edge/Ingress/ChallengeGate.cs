using System.Net;
using Culvert.Platform.Net;
using Culvert.Platform.Timing;
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
        lock (gate)
        {
            if (!names.TryGetValue(name, out var looks))
            {
                names[name] = looks = new Name();
            }

            // Who had a look has an entry until its rate has recovered: the name's own rate bounds their number.
            foreach (var (other, had) in looks.Sources)
            {
                had.Tokens.Refill(time, SourcePerSecond, SourceAtOnce);
                if (had.Tokens.IsFull(SourceAtOnce))
                {
                    looks.Sources.Remove(other);
                }
            }

            looks.All.Refill(time, PerSecond, AtOnce);
            if (!looks.All.HasToken)
            {
                return false;
            }

            var own = looks.GetSource(SourceLimiter.GetKey(source));
            own.Tokens.Refill(time, SourcePerSecond, SourceAtOnce);
            if (!own.Tokens.HasToken)
            {
                return false;
            }

            own.Tokens.Take();
            looks.All.Take();
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

    private sealed class Name
    {
        public TokenBucket All;

        public Dictionary<IPAddress, Source> Sources { get; } = [];

        public Source GetSource(IPAddress address)
        {
            if (!Sources.TryGetValue(address, out var source))
            {
                Sources[address] = source = new Source();
            }

            return source;
        }
    }

    private sealed class Source
    {
        public TokenBucket Tokens;
    }
}
