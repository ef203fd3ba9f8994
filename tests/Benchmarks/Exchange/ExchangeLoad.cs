using System.Globalization;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Exchange;

/// <summary>A measured load with what it cost the server.</summary>
/// <param name="Result">Rate and times.</param>
/// <param name="ProcessorPerThousand">Processor time that the server took for a thousand requests.</param>
/// <param name="AllocatedBytes">Memory that it allocated for a request; 0 where it does not say.</param>
internal sealed record ExchangeLoad(LoadResult Result, TimeSpan ProcessorPerThousand, double AllocatedBytes)
{
    public const int Connections = 64;

    /// <summary>
    /// Loads the servers in turns, after a warm-up of each that is not counted: whatever else the machine does meets all
    /// of them, so that the ratios of one round hold although rounds differ. Each round begins with another server.
    /// </summary>
    /// <returns>The rounds of each subject, in the order of the subjects.</returns>
    public static async Task<IReadOnlyList<IReadOnlyList<ExchangeLoad>>> MeasureAsync(
        LoadPlan plan,
        CancellationToken cancellationToken,
        params LoadSubject[] subjects
    )
    {
        var each = new List<int>();
        foreach (var subject in subjects)
        {
            var warm = await subject.MakeAsync(LoadPlan.WarmUpRequests, cancellationToken);
            var rate = await RunAsync(subject, warm, warm.Count, plan.WarmUp, cancellationToken);
            // The middle answer was a warm one, however long the first took.
            each.Add(plan.RequestsAt(Connections / rate.P50.TotalSeconds));
        }

        var rounds = await QuietRounds.RunAsync(
            plan.Turns,
            [.. subjects.Select(subject => subject.Pid)],
            async round =>
            {
                // Made before the first turn, so that the turns follow one another.
                var requests = new List<RequestFile>();
                foreach (var (subject, count) in subjects.Zip(each))
                {
                    requests.Add(await subject.MakeAsync(count, cancellationToken));
                }

                var loads = new ExchangeLoad[subjects.Length];
                for (var turn = 0; turn < subjects.Length; turn++)
                {
                    var i = (round + turn) % subjects.Length;
                    loads[i] = await MeasureAsync(subjects[i], requests[i], plan.Round, cancellationToken);
                }

                return loads;
            }
        );
        return [.. subjects.Select((_, i) => rounds.Select(loads => loads[i]).ToList())];
    }

    private static async Task<ExchangeLoad> MeasureAsync(
        LoadSubject subject,
        RequestFile requests,
        TimeSpan duration,
        CancellationToken cancellationToken
    )
    {
        var allocated = await subject.AllocatedAsync(cancellationToken);
        var before = ProcessorTime.Of(subject.Pid);
        var load = await RunAsync(subject, requests, requests.Count, duration, cancellationToken);
        var spent = ProcessorTime.Of(subject.Pid) - before;
        allocated = await subject.AllocatedAsync(cancellationToken) - allocated;
        return new ExchangeLoad(load, spent / load.Requests * 1000, (double)allocated / load.Requests);
    }

    private static Task<LoadResult> RunAsync(
        LoadSubject subject,
        RequestFile requests,
        int count,
        TimeSpan duration,
        CancellationToken cancellationToken
    ) =>
        Wrk.RunAsync(
            string.Create(CultureInfo.InvariantCulture, $"https://localhost:{subject.Port}/"),
            requests,
            subject.Reuse ? (0, requests.Count) : requests.Take(count),
            subject.Reuse,
            Connections,
            duration,
            cancellationToken
        );
}
