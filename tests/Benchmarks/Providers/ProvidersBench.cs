using System.Runtime.CompilerServices;
using Culvert.Benchmarks.Figures;
using Culvert.Stage;

namespace Culvert.Benchmarks.Providers;

/// <summary>The figures of tunnels of other providers; each row says in its own file what it measures.</summary>
internal sealed class ProvidersBench(Checkout checkout, string folder, TimeProvider time)
{
    private const string LongPoll = "longpoll";
    private const string Waiting = "waiting";
    private const string Connector = "connector";
    private const string Soak = "soak";

    public static readonly string[] Rows = [LongPoll, Waiting, Connector, Soak];

    /// <param name="rows">Of <see cref="Rows"/>; none = all but the soak, which takes half an hour.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    public async IAsyncEnumerable<Figure> RunAsync(
        string[] rows,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        rows = rows.Length == 0 ? [LongPoll, Waiting, Connector] : rows;
        await using var stage = await ProvidersStage.StartAsync(checkout, folder, time, cancellationToken);
        if (rows.Contains(Waiting)) // first: later rows leave memory behind
        {
            yield return await new WaitingRow(stage, time).RunAsync(cancellationToken);
        }

        if (rows.Contains(LongPoll))
        {
            await foreach (var figure in new LongPollRows(stage, time).RunAsync(cancellationToken))
            {
                yield return figure;
            }
        }

        if (rows.Contains(Connector))
        {
            foreach (var figure in await new ConnectorRow(stage, time).RunAsync(cancellationToken))
            {
                yield return figure;
            }
        }

        if (rows.Contains(Soak))
        {
            foreach (var figure in await new SoakRow(stage, time).RunAsync(cancellationToken))
            {
                yield return figure;
            }
        }
    }
}
