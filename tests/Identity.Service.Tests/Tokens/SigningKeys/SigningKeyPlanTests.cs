using Culvert.Identity.Service.Tokens;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose.Keys;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.SigningKeys;

public sealed class SigningKeyPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Keys rotate every 30 days and are published 25 hours before they sign.
    private static readonly TokenSigningOptions Options = new();

    [Theory]
    [InlineData(0, null)]
    [InlineData((29 * 86_400) - 3601, null)]
    [InlineData((29 * 86_400) - 3600, 30 * 86_400)]
    [InlineData(29 * 86_400, (30 * 86_400) + 3600)]
    [InlineData(100 * 86_400, (101 * 86_400) + 3600)]
    public void For_OneKey_PreparesTheNextInTime(int nowSeconds, int? fromSeconds)
    {
        using var key = SigningKey.Create();

        var plan = SigningKeyPlan.For([Key(key, 0)], Options, Start.AddSeconds(nowSeconds));

        plan.PrepareFrom.ShouldBe(fromSeconds is { } from ? Start.AddSeconds(from) : null);
        plan.Retire.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void For_Successor_RetiresTheOldWhenItsTokensEnded(int secondsAround, bool retired)
    {
        using var old = SigningKey.Create();
        using var next = SigningKey.Create();
        var takeover = TimeSpan.FromDays(30);

        var plan = SigningKeyPlan.For(
            [Key(old, 0), Key(next, takeover.TotalSeconds)],
            Options,
            Start + takeover + AccessTokenFactory.LongestLife + TimeSpan.FromSeconds(secondsAround)
        );

        plan.PrepareFrom.ShouldBeNull();
        plan.Retire.ShouldBe(retired ? [old.KeyId] : []);
    }

    [Fact]
    public void For_FullSet_PreparesNothing()
    {
        using var key = SigningKey.Create();
        var keys = Enumerable.Range(0, SigningKeyPlan.MaxKeys).Select(i => Key(key, i)).ToList();

        SigningKeyPlan.For(keys, Options, Start.AddDays(30)).PrepareFrom.ShouldNotBeNull();
        SigningKeyPlan
            .For(keys, Options with { RotateEvery = TimeSpan.FromHours(26) }, Start.AddHours(2))
            .PrepareFrom.ShouldBeNull();
    }

    [Fact]
    public void MinterAt_Takeover_SwitchesToTheNewKey()
    {
        using var old = SigningKey.Create();
        using var next = SigningKey.Create();
        var set = new SigningKeySet([Key(old, 0), Key(next, 100)]);

        set.MinterAt(Start.AddSeconds(99)).KeyId.ShouldBe(old.KeyId);
        set.MinterAt(Start.AddSeconds(100)).KeyId.ShouldBe(next.KeyId);
        set.Find(next.KeyId).ShouldNotBeNull();
    }

    private static TokenSigningKey Key(SigningKey key, double activeFromSeconds) =>
        new(key, Start, Start.AddSeconds(activeFromSeconds), 1);
}
