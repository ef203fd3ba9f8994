using System.Globalization;
using Culvert.Benchmarks.Exchange;
using Culvert.Benchmarks.Feed;
using Culvert.Benchmarks.Figures;
using Culvert.Stage;

namespace Culvert.Benchmarks.Authorize;

/// <summary>
/// <c>authorize.off_boarding.1000</c>: from the request that off-boards a person to each of a thousand agents' feeds. Each
/// round is another person.
/// </summary>
internal sealed class OffBoardingBench(Checkout checkout, string folder, TimeProvider time)
{
    private const int Agents = 1_000;

    // The first also has what a fresh service compiles; it is not counted.
    private const int People = 11;

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var mill = new AssertionMill();
        await using var service = await ExchangeInstallation.CreateAsync(
            checkout,
            folder,
            mill,
            time,
            cancellationToken,
            instancesPerTunnel: (Agents / AgentFleet.Tunnels) + 1
        );
        using var fleet = await AgentFleet.EnrolAsync(service, mill, Agents, time.GetUtcNow(), cancellationToken);
        await using var waiting = new WaitingFleet(service, fleet, time);
        await waiting.ConnectAsync(0, Agents, cancellationToken);
        waiting.Follow();
        var times = new List<TimeSpan>();
        for (var person = 1; person <= People; person++)
        {
            var count = person;
            var round = await waiting.MeasureAsync(
                string.Create(CultureInfo.InvariantCulture, $"person {person}"),
                answer => answer.OffBoarded >= count,
                () => fleet.OffBoardAsync($"person-{count}", cancellationToken),
                cancellationToken
            );
            times.AddRange(person == 1 ? [] : round);
        }

        times.Sort();
        return
        [
            new Figure
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"authorize.off_boarding.{Agents}"),
                Value = Math.Round(times[^1].TotalSeconds, 2),
                Unit = "s",
                P50Ms = Math.Round(times[times.Count / 2].TotalMilliseconds),
                P99Ms = Math.Round(times[(int)(times.Count * 0.99)].TotalMilliseconds),
            },
        ];
    }
}
