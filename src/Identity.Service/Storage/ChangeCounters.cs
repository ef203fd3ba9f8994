using System.Numerics;

namespace Culvert.Identity.Service.Storage;

/// <summary>The counters of all topics at one moment; immutable.</summary>
internal sealed class ChangeCounters
{
    public static readonly ChangeCounters Zero = new([.. Enumerable.Repeat(0L, All.Length)]);

    private readonly long[] counters;

    private ChangeCounters(long[] counters) => this.counters = counters;

    /// <summary>Every single topic, in the order in which their rows are locked.</summary>
    public static ReadOnlySpan<ChangeTopics> All =>
        [
            ChangeTopics.Feed,
            ChangeTopics.Federation,
            ChangeTopics.IssuerKeys,
            ChangeTopics.Revocations,
            ChangeTopics.SigningKeys,
            ChangeTopics.Jobs,
        ];

    public long this[ChangeTopics topic] => counters[GetIndex(topic)];

    public static ChangeCounters From(IEnumerable<(long Topic, long Counter)> rows)
    {
        var counters = new long[All.Length];
        foreach (var (topic, counter) in rows)
        {
            var index = GetIndex((ChangeTopics)topic);
            if (index < counters.Length)
            {
                counters[index] = counter; // other topics belong to a newer version that runs at the same time
            }
        }

        return new ChangeCounters(counters);
    }

    /// <summary>Raises the counter of each topic by one.</summary>
    public ChangeCounters Raise(ChangeTopics topics) =>
        topics == ChangeTopics.None
            ? this
            : new ChangeCounters([
                .. counters.Select(
                    (counter, index) => topics.HasFlag((ChangeTopics)(1 << index)) ? counter + 1 : counter
                ),
            ]);

    /// <summary>The larger counter per topic, and the topics for which <paramref name="other"/> is ahead.</summary>
    public (ChangeCounters Newest, ChangeTopics Moved) Merge(ChangeCounters other)
    {
        var moved = ChangeTopics.None;
        var newest = new long[counters.Length];
        for (var i = 0; i < newest.Length; i++)
        {
            newest[i] = Math.Max(counters[i], other.counters[i]);
            moved |= newest[i] > counters[i] ? (ChangeTopics)(1 << i) : ChangeTopics.None;
        }

        return (moved == ChangeTopics.None ? this : new ChangeCounters(newest), moved);
    }

    private static int GetIndex(ChangeTopics topic) => BitOperations.TrailingZeroCount((uint)topic);
}
