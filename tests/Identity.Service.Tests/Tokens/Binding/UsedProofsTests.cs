using Culvert.Identity.Service.Tokens.Binding;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.Binding;

public sealed class UsedProofsTests
{
    private readonly FakeTimeProvider time = new();

    private DateTimeOffset Until => time.GetUtcNow() + TimeSpan.FromMinutes(2);

    [Fact]
    [Trait("Attack", "A45")]
    public void TryUse_SecondTime_IsReplayed()
    {
        var used = new UsedProofs(time);

        used.TryUse("key", "id", Until).ShouldBe(ProofUse.Used);
        used.TryUse("key", "id", Until).ShouldBe(ProofUse.Replayed);
        used.TryUse("other-key", "id", Until).ShouldBe(ProofUse.Used);
        used.TryUse("key", "other-id", Until).ShouldBe(ProofUse.Used);
    }

    [Fact]
    public void TryUse_Full_RefusesUntilProofsEnd()
    {
        var used = new UsedProofs(time, capacity: 2);
        used.TryUse("key", "1", Until);
        used.TryUse("key", "2", Until);

        used.TryUse("key", "3", Until).ShouldBe(ProofUse.Full);
        used.TryUse("key", "1", Until).ShouldBe(ProofUse.Replayed);

        time.Advance(TimeSpan.FromMinutes(4));
        used.TryUse("key", "3", Until).ShouldBe(ProofUse.Used);
        used.Count.ShouldBe(1);
    }

    [Fact]
    public void TryUse_ManyAtOnce_OneIsFirst()
    {
        var used = new UsedProofs(time);
        var until = Until;
        var outcomes = new ProofUse[64];

        Parallel.For(0, outcomes.Length, i => outcomes[i] = used.TryUse("key", "id", until));

        outcomes.Count(outcome => outcome == ProofUse.Used).ShouldBe(1);
        used.Count.ShouldBe(1);
    }
}
