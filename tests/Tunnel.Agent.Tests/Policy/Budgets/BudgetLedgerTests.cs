using Culvert.Testing;
using Culvert.Tunnel.Agent.Policy.Budgets;

namespace Culvert.Tunnel.Agent.Tests.Policy.Budgets;

public sealed class BudgetLedgerTests : IDisposable
{
    private readonly BudgetScene scene = new();

    [Fact]
    public async Task Charge_UpToTheLimit_AndNotBeyond()
    {
        var rule = BudgetScene.Rule("100");

        (await scene.AllowsAsync(rule, 99.9m)).ShouldBeTrue();
        (await scene.AllowsAsync(rule, 0.2m)).ShouldBeFalse();
        (await scene.AllowsAsync(rule, 0.1m)).ShouldBeTrue();
        (await scene.AllowsAsync(rule, 0m)).ShouldBeTrue();
        (await scene.AllowsAsync(rule, 0.000000000001m)).ShouldBeFalse();
    }

    [Fact]
    public async Task Charge_BeyondTheLimit_SaysWhenItFitsAgain()
    {
        var rule = BudgetScene.Rule("100");
        await scene.ChargeAsync(rule, 60);
        scene.Time.Advance(TimeSpan.FromMinutes(10));
        await scene.ChargeAsync(rule, 40);

        var over = await scene.ChargeAsync(rule, 50);

        over.Failure!.Reason.ShouldBe("policy.budget_exceeded");
        over.RetryAfterSeconds.ShouldBeInRange(50 * 60, 51 * 60);
        scene.Time.Advance(TimeSpan.FromSeconds(over.RetryAfterSeconds - 1));
        (await scene.AllowsAsync(rule, 50)).ShouldBeFalse();
        scene.Time.Advance(TimeSpan.FromSeconds(1));
        (await scene.AllowsAsync(rule, 50)).ShouldBeTrue();
        (await scene.ChargeAsync(rule, 101)).RetryAfterSeconds.ShouldBe(0);
    }

    [Theory]
    [InlineData("principal", false, true, false)]
    [InlineData("tool", true, true, false)]
    [InlineData("rule", false, false, false)]
    public async Task Charge_CountsPerKey(string key, bool otherTool, bool otherCaller, bool same)
    {
        var rule = BudgetScene.Rule("1", $"per: 1h, key: {key}");
        (await scene.AllowsAsync(rule, 1)).ShouldBeTrue();

        (await scene.AllowsAsync(rule, 1, tool: "other")).ShouldBe(otherTool);
        (await scene.AllowsAsync(rule, 1, principal: "bob")).ShouldBe(otherCaller);
        (await scene.AllowsAsync(rule, 1)).ShouldBe(same);
    }

    [Fact]
    public async Task Charge_OfAnotherRouteOrRule_CountsApart()
    {
        var rule = BudgetScene.Rule("1");
        (await scene.AllowsAsync(rule, 1)).ShouldBeTrue();

        (await scene.ChargeAsync(rule, 1, route: "other")).Failure.ShouldBeNull();
        (await scene.AllowsAsync(BudgetScene.Rule("1", name: "second"), 1)).ShouldBeTrue();
    }

    [Fact]
    public async Task Charge_SharedByAgents_IsOnePartOfTheLimit()
    {
        var rule = BudgetScene.Rule("10", "per: 1h, agents: 3");

        (await scene.AllowsAsync(rule, 3.333333333334m)).ShouldBeFalse();
        (await scene.AllowsAsync(rule, 3.333333333333m)).ShouldBeTrue();
    }

    [Fact]
    public async Task Charge_ManyAtOnce_NeverPassTheLimit()
    {
        var rule = BudgetScene.Rule("100");

        var verdicts = await Task.WhenAll(
            Enumerable.Range(0, 300).Select(_ => Task.Run(() => scene.ChargeAsync(rule, 1).AsTask()))
        );

        verdicts.Count(v => v.Failure is null).ShouldBe(100);
        scene.Restart();
        (await scene.AllowsAsync(rule, 0.1m)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task AnyCalls_WithRestartsAndGivenBack_NeverPassTheLimitInAnyWindow(int seed)
    {
        var random = new Random(Soak.SeedOr(seed));
        var rule = BudgetScene.Rule("50");
        var charged = new List<(DateTimeOffset At, decimal Amount, BudgetCharge Charge)>();
        for (var step = 0; step < 400; step++)
        {
            scene.Time.Advance(TimeSpan.FromSeconds(random.Next(0, 200)));
            var amount = random.Next(0, 200) / 10m;
            if ((await scene.ChargeAsync(rule, amount)) is { Failure: null, Charge: { } charge })
            {
                charged.Add((scene.Time.GetUtcNow(), amount, charge));
            }

            if (random.Next(6) == 0 && charged.Count > 0)
            {
                scene.Ledger.Refund(charged[^1].Charge);
                charged.RemoveAt(charged.Count - 1);
            }

            if (random.Next(20) == 0)
            {
                scene.Restart();
            }

            var since = scene.Time.GetUtcNow() - TimeSpan.FromHours(1);
            charged.Where(c => c.At > since).Sum(c => c.Amount).ShouldBeLessThanOrEqualTo(50);
        }

        charged.Count.ShouldBeGreaterThan(50);
    }

    [Fact]
    public async Task TakeBack_MakesRoom_AlsoAfterARestart()
    {
        var rule = BudgetScene.Rule("10");
        var first = await scene.ChargeAsync(rule, 10);

        scene.Ledger.Refund(first.Charge!);

        (await scene.AllowsAsync(rule, 4)).ShouldBeTrue();
        scene.Restart();
        (await scene.AllowsAsync(rule, 6.1m)).ShouldBeFalse();
        (await scene.AllowsAsync(rule, 6)).ShouldBeTrue();
    }

    [Fact]
    public async Task Clock_SetBack_GivesNothingBack()
    {
        var rule = BudgetScene.Rule("10");
        await scene.ChargeAsync(rule, 10);

        scene.Time.StepWallClock(-TimeSpan.FromDays(1));

        (await scene.AllowsAsync(rule, 1)).ShouldBeFalse();
        scene.Restart();
        (await scene.AllowsAsync(rule, 1)).ShouldBeFalse();
    }

    [Fact]
    public async Task HalfALine_IsOfACallThatWasNotMade()
    {
        var rule = BudgetScene.Rule("10");
        await scene.ChargeAsync(rule, 4);
        await scene.ChargeAsync(rule, 5);
        scene.Ledger.Dispose();
        File.WriteAllText(scene.File, File.ReadAllText(scene.File)[..^3]);

        scene.Restart();

        (await scene.AllowsAsync(rule, 6.1m)).ShouldBeFalse();
        (await scene.AllowsAsync(rule, 6)).ShouldBeTrue();
        scene.Restart();
        (await scene.AllowsAsync(rule, 0.1m)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("removed")]
    [InlineData("garbage")]
    [InlineData("swapped")]
    public async Task DamagedFile_RefusesEveryCharge(string damage)
    {
        var rule = BudgetScene.Rule("10");
        for (var i = 0; i < 3; i++)
        {
            await scene.ChargeAsync(rule, 1);
        }

        scene.Ledger.Dispose();
        var lines = File.ReadAllLines(scene.File);
        File.WriteAllLines(
            scene.File,
            damage switch
            {
                "changed" => lines.Select(l => l.Replace(" + ", " - ", StringComparison.Ordinal)),
                "removed" => lines.Skip(1),
                "swapped" => lines.Reverse(),
                _ => lines.Append("\0\0\0"),
            }
        );

        scene.Restart();

        (await scene.ChargeAsync(rule, 1)).Failure!.Reason.ShouldBe("policy.budget_unavailable");
    }

    [Fact]
    public async Task LongFile_IsReplaced_AndSaysTheSame()
    {
        var rule = BudgetScene.Rule("1000000");
        var longest = 0L;
        for (var batch = 0; batch < 30; batch++)
        {
            await Task.WhenAll(
                Enumerable.Range(0, 600).Select(_ => Task.Run(() => scene.ChargeAsync(rule, 1).AsTask()))
            );
            longest = Math.Max(longest, new FileInfo(scene.File).Length);
        }

        new FileInfo(scene.File).Length.ShouldBeLessThan(longest);
        scene.Restart();
        (await scene.AllowsAsync(rule, 982_001)).ShouldBeFalse();
        (await scene.AllowsAsync(rule, 982_000)).ShouldBeTrue();
    }

    [Fact]
    public async Task File_NamesNoCaller()
    {
        await scene.ChargeAsync(BudgetScene.Rule(), 1, principal: "alice@example.test");

        File.ReadAllText(scene.File).ShouldNotContain("alice@");
        File.GetUnixFileMode(scene.File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("{of: n, limit: 1, per: 1h}", "budget.of")]
    [InlineData("{limit: 1, per: 1h}", "budget.of")]
    [InlineData("{of: /n, per: 1h}", "budget.limit")]
    [InlineData("{of: /n, limit: -1, per: 1h}", "budget.limit")]
    [InlineData("{of: /n, limit: \"1\", per: 1h}", "budget.limit")]
    [InlineData("{of: /n, limit: 1e30, per: 1h}", "budget.limit")]
    [InlineData("{of: /n, limit: 1}", "budget.per")]
    [InlineData("{of: /n, limit: 1, per: 1s}", "budget.per")]
    [InlineData("{of: /n, limit: 1, per: 1h, key: caller}", "budget.key")]
    [InlineData("{of: /n, limit: 1, per: 1h, agents: 0}", "budget.agents")]
    public void Read_BudgetThatCannotBeMeant_IsAnErrorAtItsPlace(string budget, string key) =>
        PolicyFile
            .Read($"{{mode: enforce, rules: [{{name: a, effect: allow, tools: [x], budget: {budget}}}]}}")
            .Errors.Select(e => e.Key)
            .ShouldContain($"policy.rules[0].{key}");

    public void Dispose() => scene.Dispose();
}
