using System.Text;
using System.Text.Json.Nodes;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using static Culvert.Tunnel.Agent.Tests.Pins.Definitions;
using static Culvert.Tunnel.Agent.Tests.Policy.Policies;

namespace Culvert.Tunnel.Agent.Tests.Pins;

/// <summary>What pins hide is denied and what they deny is hidden, whatever is pinned, shown and configured.</summary>
public sealed class PinnedListAndCallTests : IDisposable
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];
    private static readonly string[] Schemas =
    [
        Schema,
        "{}",
        """{"type":"object"}""",
        """{"type":"object","properties":{"x":{}}}""",
    ];

    private readonly AgentMetrics metrics = new();

    public void Dispose() => metrics.Dispose();

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void AnyPins_ShowExactlyWhatMayBeUsed(bool isModern, int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var settings = RandomSettings(random);
            var state = new PinState("docs");
            if (random.Next(10) > 0)
            {
                state.Use(Pinned([.. Names.Where(_ => random.Next(3) > 0).Select(n => Read(RandomTool(random, n)))]));
            }

            var rules = Rules(settings, state);
            for (var list = 0; list < 3; list++)
            {
                string[] entries = [.. Enumerable.Range(0, 6).Select(_ => RandomTool(random, Names[random.Next(5)]))];
                if (random.Next(3) == 0)
                {
                    ReadOnce(state, entries);
                }

                var shown = Shown(rules, entries, isModern);

                shown.ShouldBe(
                    [.. entries.Select(e => Read(e).Key.Name).Where(n => Calls(rules, n))],
                    $"round {round}, {settings}"
                );
                rules.Pins!.IsQuarantined.ShouldBe(rules.Pins.IsQuarantined && shown.Length == 0);
            }
        }
    }

    [Fact]
    public void UnusablePins_UnderEnforce_DenyAndHideEverything()
    {
        var state = new PinState("docs");
        state.Use(Pinned(Read(Tool("a"))));
        state.Problem = "damaged";

        Shown(Rules(new PinSettings { Mode = PinMode.Enforce }, state), [Tool("a")], isModern: false).ShouldBeEmpty();
        Calls(Rules(new PinSettings { Mode = PinMode.Enforce }, state), "a").ShouldBeFalse();
        Calls(Rules(new PinSettings { Mode = PinMode.Observe }, state), "a").ShouldBeTrue();
    }

    [Fact]
    public void UnpinnedNames_WithoutEnd_AreDeniedAndNotKept()
    {
        var state = new PinState("docs");
        state.Use(Pinned());
        for (var i = 0; i < PinState.MaxUnpinned + 10; i++)
        {
            state.Observe(
                new PinKey(PinKind.Tool, $"t{i}"),
                Element(Tool($"t{i}")),
                DateTimeOffset.UnixEpoch,
                isListed: true
            );
        }

        state.Drifts.Count.ShouldBe(PinState.MaxUnpinned);
        Calls(Rules(new PinSettings { Mode = PinMode.Enforce }, state), $"t{PinState.MaxUnpinned + 5}").ShouldBeFalse();
    }

    [Fact]
    public void ListChanged_OnItsWayToAClient_IsAReasonToReadAgain()
    {
        var rules = Rules(new PinSettings { Mode = PinMode.Enforce }, new PinState("docs"));
        rules.Pins!.TryStartCrawl().ShouldBeFalse();

        new MessageFilter(rules, default, hasLists: false, isModern: false)
            .Apply("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"""u8.ToArray())
            .Fate.ShouldBe(MessageFate.Pass);

        rules.Pins.TryStartCrawl().ShouldBeTrue();
    }

    [Fact] // a server must not fill the agent's memory
    public void Differences_TooLargeTogether_AreBlockedAndNotKept()
    {
        var state = new PinState("docs");
        state.Use(Pinned(Read(Tool("a"))));
        var rules = Rules(new PinSettings { Mode = PinMode.Enforce }, state);
        var text = new string('x', Definition.MaxCharacters / 2);
        for (var i = 0; i < 40; i++)
        {
            state.Observe(
                new PinKey(PinKind.Tool, $"t{i}"),
                Element(Tool($"t{i}", text)),
                DateTimeOffset.UnixEpoch,
                true
            );
        }

        state.Observe(new PinKey(PinKind.Tool, "a"), Element(Tool("a", text)), DateTimeOffset.UnixEpoch, true);

        state.Drifts.Sum(d => d.Observed?.Json.Length ?? 0).ShouldBeLessThanOrEqualTo(PinState.MaxCharacters);
        Calls(rules, "a").ShouldBeFalse();
        Calls(rules, "t39").ShouldBeFalse();
    }

    [Fact]
    public void ADifferenceThatKeepsChanging_IsReportedAFewTimes()
    {
        var state = new PinState("docs");
        state.Use(Pinned(Read(Tool("a"))));
        var key = new PinKey(PinKind.Tool, "a");

        var reports = Enumerable
            .Range(0, 100)
            .Count(i =>
                state.Observe(key, Element(Tool("a", $"{i}")), DateTimeOffset.UnixEpoch, isListed: true) is not null
            );

        reports.ShouldBe(PinState.MaxReports);
    }

    private CompiledPolicy Rules(PinSettings settings, PinState state)
    {
        var reporter = new PinReporter(
            NoTrail.Instance,
            metrics,
            TimeProvider.System,
            NullLogger<PinReporter>.Instance
        );
        return new CompiledPolicy(
            new PolicySettings { Mode = PolicyMode.Enforce, Default = PolicyEffect.Allow },
            name => name,
            [],
            new RoutePins(settings, state, reporter, TimeProvider.System)
        );
    }

    private static void ReadOnce(PinState state, string[] entries)
    {
        state.BeginReading();
        foreach (var entry in entries)
        {
            state.Observe(Read(entry).Key, Element(entry), DateTimeOffset.UnixEpoch, isListed: false);
        }

        state.FinishReading(DateTimeOffset.UnixEpoch, TimeSpan.Zero, [PinKind.Tool]);
    }

    private static string[] Shown(CompiledPolicy rules, string[] entries, bool isModern)
    {
        var answer = Encoding.UTF8.GetBytes(
            $$$"""{"jsonrpc":"2.0","id":1,"result":{"tools":[{{{string.Join(',', entries)}}}]}}"""
        );
        var filtered = new MessageFilter(rules, default, hasLists: true, isModern).Apply(answer);
        var seen = JsonNode.Parse(filtered.Fate == MessageFate.Replace ? filtered.Replacement.Span : answer)!;
        return [.. seen["result"]!["tools"]!.AsArray().Select(t => t!["name"]!.GetValue<string>())];
    }

    private static bool Calls(CompiledPolicy rules, string name)
    {
        var message = MessageReader.Read(
            Encoding.UTF8.GetBytes(
                $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{name}}}","arguments":{} } }"""
            )
        );
        return rules
            .DecideMessage(message.Method, message.Target, message.Name, message.Resources, caller: default)
            .IsAllowed;
    }

    private static string RandomTool(Random random, string name) =>
        Tool(
            name,
            $"Text {random.Next(3)}.",
            Schemas[random.Next(Schemas.Length)],
            random.Next(2) == 0 ? "" : ""","annotations":{"readOnlyHint":true}"""
        );

    private static PinSettings RandomSettings(Random random)
    {
        PinAction[] unpinned = [PinAction.Alert, PinAction.Block, PinAction.Block, PinAction.Quarantine];
        PinAction[] all = [PinAction.Alert, PinAction.ServePinned, PinAction.Block, PinAction.Block];
        return new PinSettings
        {
            Mode = random.Next(5) == 0 ? PinMode.Observe : PinMode.Enforce,
            Added = unpinned[random.Next(3)],
            RenameSuspect = unpinned[random.Next(4)],
            Removed = unpinned[random.Next(3)],
            Description = all[random.Next(4)],
            Widened = all[random.Next(4)],
            Narrowed = all[random.Next(4)],
            RiskUp = random.Next(8) == 0 ? PinAction.Quarantine : all[random.Next(4)],
        };
    }
}
