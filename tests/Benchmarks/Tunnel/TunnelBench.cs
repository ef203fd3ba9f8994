using System.Runtime.CompilerServices;
using Culvert.Benchmarks.Figures;
using Culvert.Stage;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>The figures of the data path; each row says in its own file what it measures.</summary>
internal sealed class TunnelBench(Checkout checkout, string folder, TimeProvider time)
{
    private const string Calls = "calls";
    private const string Record = "record";
    private const string NewConnections = "newconn";
    private const string Bulk = "bulk";
    private const string BulkFarAway = "rtt40";
    private const string HeadOfLine = "hol";
    private const string FirstEvent = "sse";
    private const string Idle = "idle";
    private const string PublishedAgent = "agent";
    private const string Native = "native";
    private const string Versus = "versus";
    private const string Growth = "growth";

    private const long BulkBytes = 512L * 1024 * 1024;
    private const long BulkFarAwayBytes = 256L * 1024 * 1024;

    /// <summary>Half of a round trip of 40 ms.</summary>
    private const int FarAwayMs = 20;

    public static readonly string[] Rows =
    [
        Calls,
        Record,
        NewConnections,
        Bulk,
        BulkFarAway,
        HeadOfLine,
        FirstEvent,
        Idle,
        PublishedAgent,
        Native,
        Versus,
        Growth,
    ];

    /// <param name="rows">Of <see cref="Rows"/>; none = all.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    public async IAsyncEnumerable<Figure> RunAsync(
        string[] rows,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        rows = rows.Length == 0 ? Rows : rows;
        if (rows.Contains(PublishedAgent))
        {
            var row = new PublishedAgentRow(checkout, Path.Combine(folder, PublishedAgent), time);
            foreach (var figure in await row.RunAsync(cancellationToken))
            {
                yield return figure;
            }
        }

        if (rows.Contains(Native))
        {
            await using var shipped = await StartAsync("shipped", 0, cancellationToken, isPublished: true);
            await using var built = await StartAsync("built", 0, cancellationToken);
            await foreach (var figure in new NativeRows(shipped, built, time).RunAsync(cancellationToken))
            {
                yield return figure;
            }
        }

        if (rows.Contains(Growth))
        {
            await foreach (var figure in new GrowthRow(Path.Combine(folder, Growth), time).RunAsync(cancellationToken))
            {
                yield return figure;
            }
        }

        if (rows.Any(row => row is not (BulkFarAway or PublishedAgent or Native or Growth)))
        {
            await using var stage = await StartAsync("near", 0, cancellationToken);
            await foreach (var figure in RunAsync(stage, rows, cancellationToken))
            {
                yield return figure;
            }
        }

        if (rows.Contains(BulkFarAway))
        {
            await using var stage = await StartAsync("far", FarAwayMs, cancellationToken);
            yield return await new BulkRow(stage, time).RunAsync(
                "tunnel.bulk.rtt40",
                BulkFarAwayBytes,
                cancellationToken
            );
        }
    }

    private async IAsyncEnumerable<Figure> RunAsync(
        TunnelStage stage,
        string[] rows,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (rows.Contains(Idle)) // first: later rows leave memory behind
        {
            foreach (var figure in await new IdleRow(stage, time).RunAsync(cancellationToken))
            {
                yield return figure;
            }
        }

        if (rows.Contains(Calls))
        {
            await foreach (var figure in new CallRows(stage, time).RunAsync(cancellationToken))
            {
                yield return figure;
            }
        }

        if (rows.Contains(Record))
        {
            await foreach (var figure in new RecordRows(stage, time).RunAsync(cancellationToken))
            {
                yield return figure;
            }
        }

        if (rows.Contains(NewConnections))
        {
            foreach (var figure in await new NewConnectionRow(stage, time).RunAsync(cancellationToken))
            {
                yield return figure;
            }
        }

        if (rows.Contains(Bulk))
        {
            var row = new BulkRow(stage, time);
            yield return await row.RunAsync("tunnel.bulk", BulkBytes, cancellationToken);
            foreach (var figure in await row.RunProcessorAsync(BulkBytes, cancellationToken))
            {
                yield return figure;
            }
        }

        if (rows.Contains(HeadOfLine))
        {
            yield return await new HeadOfLineRow(stage, time).RunAsync(cancellationToken);
        }

        if (rows.Contains(Versus))
        {
            await foreach (var figure in new VersusRows(stage, checkout, time).RunAsync(cancellationToken))
            {
                yield return figure;
            }
        }

        if (rows.Contains(FirstEvent))
        {
            yield return await new FirstEventRow(stage, time).RunAsync(cancellationToken);
        }
    }

    private Task<TunnelStage> StartAsync(
        string name,
        int delayMs,
        CancellationToken cancellationToken,
        bool isPublished = false
    ) =>
        TunnelStage.StartAsync(
            checkout,
            Path.Combine(folder, name),
            delayMs,
            time,
            cancellationToken,
            RecordRows.Unrecorded,
            isPublished
        );
}
