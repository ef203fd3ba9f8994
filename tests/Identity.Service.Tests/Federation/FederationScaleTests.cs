using System.Diagnostics;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation;

/// <summary>What many rules cost: memory, the start, a look-up, a change. All of them with ./test --soak rules.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class FederationScaleTests
{
    private const int Full = 100_000;
    private const int PerDecision = 200;

    [Fact]
    [Trait(Soak.Name, "rules")]
    public async Task Directory_ManyRules_StaysSmallAndQuick()
    {
        var count = Soak.Rounds("rules", 2000, Full);
        await using var service = await FederatedService.StartAsync();
        var directory = service.Service.Get<FederationDirectory>();
        var first = await service.RuleAsync();
        var model = directory.Current.FindRule(first)!.Rule;
        await directory.ReloadAsync(TestContext.Current.CancellationToken);
        var memoryBefore = GC.GetTotalMemory(forceFullCollection: true);
        var rules = await InsertAsync(service.Service.Get<IJournal>(), service.Service.Get<IRuleStore>(), model, count);

        var started = Stopwatch.GetTimestamp();
        await directory.ReloadAsync(TestContext.Current.CancellationToken);
        var load = Stopwatch.GetElapsedTime(started);
        var perRule = (GC.GetTotalMemory(forceFullCollection: true) - memoryBefore) / count;

        started = Stopwatch.GetTimestamp();
        foreach (var rule in rules)
        {
            directory.Current.FindRule(rule).ShouldNotBeNull();
        }

        var lookUp = Stopwatch.GetElapsedTime(started) / count;
        started = Stopwatch.GetTimestamp();
        const int Changes = 20;
        for (var i = 0; i < Changes; i++)
        {
            await service.CreateAsync(
                $"{FederatedService.Rules}/{rules[i * (count / Changes)]}",
                new JsonObject { ["description"] = "changed" }
            );
        }

        var change = Stopwatch.GetElapsedTime(started) / Changes;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{count} rules: {perRule} bytes each, loaded in {load.TotalMilliseconds:F0} ms, "
                + $"found in {lookUp.TotalNanoseconds:F0} ns, changed in {change.TotalMilliseconds:F1} ms"
        );
        directory.Current.Rules.Count.ShouldBe(count + 1);
        if (count == Full)
        {
            // In the short form other tests' memory would count for more than the rules'.
            perRule.ShouldBeLessThan(4096);
        }

        await service.AccessTokenAsync(rules[^1]);
    }

    private static async Task<List<string>> InsertAsync(IJournal journal, IRuleStore store, Rule model, int count)
    {
        var ids = new List<string>(count);
        var statements = new List<Statement>();
        for (var i = 0; i < count; i++)
        {
            var rule = model with { Id = RuleId.New(), Name = $"scale-{i}" };
            ids.Add(rule.Id.Value);
            statements.AddRange(store.Insert(rule));
            if (i % PerDecision == PerDecision - 1 || i == count - 1)
            {
                var result = await journal.CommitAsync(
                    new Decision { Statements = [.. statements] },
                    TestContext.Current.CancellationToken
                );
                result.Outcome.ShouldBe(CommitOutcome.Committed);
                statements.Clear();
            }
        }

        return ids;
    }
}
