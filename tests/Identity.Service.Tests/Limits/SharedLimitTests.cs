using Culvert.Identity.Service.Limits;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Limits;

/// <summary>One limit held by several nodes: what they let through together, however they are asked.</summary>
public sealed class SharedLimitTests
{
    private static readonly RateLimit Limit = new(20, TimeSpan.FromSeconds(10));

    private readonly FakeTimeProvider time = new();
    private readonly List<(LimitShares Shares, KeyedRateLimiter<string> Limiter)> nodes = [];

    [Fact]
    public void TryTake_AtBothNodes_BurstsUpToTheLimitTogether()
    {
        Join(2);

        (Take(0, 50) + Take(1, 50)).ShouldBe(20);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void TryTake_AtEveryNodeForLong_ComesToOneLimit(int count)
    {
        Join(count);
        const int Seconds = 60;
        var taken = 0;
        for (var second = 0; second < Seconds; second++)
        {
            taken += Enumerable.Range(0, count).Sum(node => Take(node, 100));
            time.Advance(TimeSpan.FromSeconds(1));
            Tell();
        }

        // The burst and the rate of one, and what the others did not know of for one round at its begin.
        taken.ShouldBeLessThanOrEqualTo(20 + (2 * Seconds) + ((count - 1) * 2 * 2));
        taken.ShouldBeGreaterThanOrEqualTo(2 * Seconds);
    }

    [Fact]
    public void TryTake_AtOneNodeOfTwo_HasTheWholeRate()
    {
        Join(2);
        Take(0, 50).ShouldBe(10);

        for (var second = 0; second < 10; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Tell();
            Take(0, 50).ShouldBe(2);
        }
    }

    [Fact]
    public void TryTake_OthersNotHeard_HasThePartAlone()
    {
        Join(2);
        Take(0, 50).ShouldBe(10);
        nodes[0].Shares.Lost();

        time.Advance(TimeSpan.FromSeconds(1));

        Take(0, 50).ShouldBe(1);
    }

    [Fact]
    public void TryTake_OtherKeyOrOtherLimit_IsNotTouched()
    {
        Join(2);
        var others = nodes.ConvertAll(node => new KeyedRateLimiter<string>(
            Limit,
            time,
            shares: node.Shares,
            name: "other"
        ));
        Take(0, 50).ShouldBe(10);
        Tell();

        Take(1, 50, key: "somebody else").ShouldBe(10);
        Count(others[1], 50, "key").ShouldBe(10);
        Take(1, 50).ShouldBe(0);
    }

    [Fact]
    public void Apply_Garbage_ChangesNothing()
    {
        Join(1);

        nodes[0].Shares.Apply(new byte[LimitShares.RecordBytes + 3]);
        nodes[0].Shares.Apply([.. Enumerable.Repeat((byte)0xff, LimitShares.RecordBytes * 2)]);

        Take(0, 50).ShouldBe(20);
    }

    [Fact]
    public void Collect_MoreKeysThanAReportHolds_TellsTheRestNext()
    {
        Join(2);
        for (var i = 0; i < LimitShares.MaxKeys + 5; i++)
        {
            Take(0, 1, key: $"key {i}");
        }

        nodes[0].Shares.Collect().Length.ShouldBe(LimitShares.MaxKeys * LimitShares.RecordBytes);
        nodes[0].Shares.Collect().Length.ShouldBe(5 * LimitShares.RecordBytes);
        nodes[0].Shares.Collect().ShouldBeEmpty();
    }

    [Fact]
    public void Deduct_MoreKeysThanTheTableHolds_IsBounded()
    {
        var shares = new LimitShares(isShared: true);
        var limiter = new KeyedRateLimiter<string>(Limit, time, maxKeys: 4, shares, "test");
        for (var i = 0; i < 100; i++)
        {
            limiter.Deduct(LimitShares.ToKey($"key {i}"), 1);
        }

        // Strangers pay together for what did not fit.
        for (var i = 0; i < 4; i++)
        {
            limiter.TryTake($"stranger {i}");
        }

        limiter.TryTake("one more").ShouldNotBeNull();
    }

    private void Join(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var shares = new LimitShares(isShared: true);
            shares.Update(count);
            nodes.Add((shares, new KeyedRateLimiter<string>(Limit, time, shares: shares, name: "test")));
        }
    }

    /// <summary>Each tells all others, as once a second.</summary>
    private void Tell()
    {
        var reports = nodes.ConvertAll(node => node.Shares.Collect());
        for (var to = 0; to < nodes.Count; to++)
        {
            foreach (var report in reports.Where((_, from) => from != to))
            {
                nodes[to].Shares.Apply(report);
            }
        }
    }

    private int Take(int node, int times, string key = "key") => Count(nodes[node].Limiter, times, key);

    private static int Count(KeyedRateLimiter<string> limiter, int times, string key) =>
        Enumerable.Range(0, times).Count(_ => limiter.TryTake(key) is null);
}
