using System.Net;
using Culvert.Platform.Net;
using Culvert.Platform.Timing;
using Culvert.Tunnel.Edge.Routing;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>
/// Limits validations by certificate authorities per announced name (S25): 5/s with a burst of 20, since a CA validates from
/// several places. The limit per source is lower, so that other clients cannot use up the CA's share. Only names of the feed
/// have a bucket, so that clients cannot fill it.
/// </summary>
internal sealed class ChallengeGate(TimeProvider time)
{
    public const int PerSecond = 5;
    public const int AtOnce = 20;
    public const int SourcePerSecond = 1;
    public const int SourceAtOnce = 5;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Name> names = new(StringComparer.Ordinal); // guarded by gate

    /// <summary>Counts a validation; false if it exceeds a limit.</summary>
    public bool TryEnter(string name, IPAddress source)
    {
        lock (gate)
        {
            if (!names.TryGetValue(name, out var looks))
            {
                names[name] = looks = new Name();
            }

            // A source keeps its entry until its bucket is full again. The name's own rate bounds the number of entries.
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

            own.Tokens.Consume();
            looks.All.Consume();
            return true;
        }
    }

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
