using System.Globalization;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.EndToEnd.Tests.HighAvailability;
using Culvert.Stage.Processes;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Load;

/// <summary>Everything at once for a long time: whatever is not given back shows as growth.</summary>
[Collection(ShortLivedSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class LoadTests(ShortLivedSystem system) : SystemTest(system)
{
    private const int Samples = 50;

    [Fact]
    [Trait(Soak.Name, "load")]
    public async Task Load_OfEveryKindAtOnce_LeavesThePartsAsTheyWere()
    {
        await System.UntilReadyAsync(Cancel);
        var length = Soak.Duration("load", TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(30));
        UseSeries[] parts =
        [
            new("service", Installation.Service.Process),
            new("edge", Installation.Edge.Process),
            new("agent", Installation.Agent.Process),
        ];
        using var assertions = new AssertionSource();
        var exchanger = await Exchanger.CreateAsync(Installation, assertions, Cancel);

        var calls = CallLoad.Start(System);
        var exchanges = ExchangeLoad.Start(exchanger, Installation.Service.OwnUrl, keeping: 2, reconnecting: 1);
        var reads = ReadLoad.Start(Installation, exchanger);
        await using (calls)
        await using (exchanges)
        await using (reads)
        {
            for (var i = 0; i < Samples; i++)
            {
                await Task.Delay(length / Samples, TimeProvider.System, Cancel);
                foreach (var part in parts)
                {
                    part.Sample();
                }
            }

            await UntilAsync(
                () => Task.FromResult(calls.Serials.Count > 3),
                "leaves follow one another under load",
                TimeSpan.FromMinutes(2)
            );
        }

        Figure(
            string.Create(
                CultureInfo.InvariantCulture,
                $"mixed load for {length.TotalSeconds:0} s: {calls.Outcomes.Count} calls over {calls.Serials.Count} leaves, {exchanges.Outcomes.Count} exchanges, {reads.Answers} lists; {string.Join("; ", parts.Select(part => part.Describe()))}"
            )
        );
        calls.Outcomes.Where(o => o.Error is not null).Select(o => o.Error).ShouldBeEmpty();
        exchanges.Outcomes.Where(o => o.Error is not null).Select(o => o.Error).ShouldBeEmpty();
        reads.Faults.ShouldBeEmpty();
        parts.SelectMany(part => part.FindGrowth()).ShouldBeEmpty();
    }
}
