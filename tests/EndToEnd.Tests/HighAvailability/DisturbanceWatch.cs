using System.Text.RegularExpressions;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Stage.Reporting;
using Shouldly;

namespace Culvert.EndToEnd.Tests.HighAvailability;

/// <summary>Both loads, and the table of what was done under them.</summary>
internal sealed partial class DisturbanceWatch : IAsyncDisposable
{
    /// <summary>Generous: the figures that are printed are what counts.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly HaSystem system;
    private readonly CallLoad calls;
    private readonly ExchangeLoad exchanges;
    private readonly CancellationToken cancellationToken;
    private readonly List<DisturbanceRow> rows = [];
    private bool isOver;

    private DisturbanceWatch(HaSystem system, int keeping, int reconnecting, CancellationToken cancellationToken)
    {
        (this.system, this.cancellationToken) = (system, cancellationToken);
        calls = CallLoad.Start(system, keeping, reconnecting);
        var address = new Uri(system.Installation.Service.PublicUrl);
        exchanges = ExchangeLoad.Start(system.Exchanger, address, keeping, reconnecting);
    }

    /// <summary>
    /// Why calls and exchanges failed, for the message of a failed test: each first line of an error with how often and
    /// when, the causes of the first of each kind, then what the balancer said of its servers.
    /// </summary>
    public string Errors
    {
        get
        {
            var failed = calls
                .Outcomes.Where(o => o.Error is not null)
                .Select(o => (Kind: "call", o.Begun, Error: o.Error!))
                .Concat(
                    exchanges
                        .Outcomes.Where(o => o.Error is not null)
                        .Select(o => (Kind: "exchange", o.Begun, Error: RequestIds().Replace(o.Error!, "…")))
                )
                .GroupBy(one => (one.Kind, First: one.Error.Split('\n')[0]))
                .ToList();
            return string.Join(
                '\n',
                failed
                    .Select(same =>
                        $"{same.Count()} × {same.Key.Kind} from {same.Min(o => o.Begun):HH:mm:ss.fff} to {same.Max(o => o.Begun):HH:mm:ss.fff}: {same.Key.First}"
                    )
                    .Concat(failed.Select(same => CausesOf(same.First().Error)))
                    .Concat(
                        LogTail.Read(system.Several.Balancer.Process.LogFile, 12).Select(line => $"haproxy: {line}")
                    )
            );
        }
    }

    // Without the places in the code, which would fill the message.
    private static string CausesOf(string error) =>
        string.Join('\n', error.Split('\n').Where(line => line.StartsWith(" --->", StringComparison.Ordinal)));

    [GeneratedRegex("req_[0-9a-zA-Z]+")]
    private static partial Regex RequestIds();

    public static async Task<DisturbanceWatch> StartAsync(
        HaSystem system,
        int keeping,
        int reconnecting,
        CancellationToken cancellationToken
    )
    {
        var watch = new DisturbanceWatch(system, keeping, reconnecting, cancellationToken);
        await watch.GoodAsync(DateTimeOffset.MinValue);
        return watch;
    }

    /// <summary>Runs the action, and counts the failures from its start until both loads succeed again.</summary>
    public async Task<DisturbanceRow> RowAsync(string done, Func<Task> deed)
    {
        var (callsBefore, exchangesBefore) = (calls.Outcomes.Count, exchanges.Outcomes.Count);
        var begun = TimeProvider.System.GetUtcNow();
        await deed();
        var (call, exchange) = await GoodAsync(begun);

        // Until every client has had its turn: what failed has ended by then.
        await GoodAsync(TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(1));
        var newCalls = calls.Outcomes.Skip(callsBefore).ToList();
        var newExchanges = exchanges.Outcomes.Skip(exchangesBefore).ToList();
        var row = new DisturbanceRow(
            done,
            newCalls.Count,
            newCalls.Count(o => o.Error is not null),
            newExchanges.Count,
            newExchanges.Count(o => o.Error is not null),
            call.Ended - begun,
            exchange.Ended - begun,
            newExchanges.Count(o => o.Error is null)
        );
        rows.Add(row);
        return row;
    }

    /// <summary>
    /// Of everything that was granted and signed: each grant is in the audit once, the chains of both nodes hold, and no
    /// serial is there twice.
    /// </summary>
    public async Task CheckAsync()
    {
        await DisposeAsync();
        var audit = await AuditExport.ReadAsync(system.Installation, cancellationToken);
        exchanges
            .Outcomes.Where(o => o.Error is null)
            .Select(o => o.RequestId!)
            .Where(request => audit.Requests.GetValueOrDefault(request) != 1)
            .ShouldBeEmpty();
        audit.Nodes.ShouldContain("node-1");
        audit.Nodes.ShouldContain("node-2");

        using var api = new ManagementApi(system.Installation.Service);
        var certificates = await api.ListAsync("/v1/certificates?limit=1000", cancellationToken);
        var serials = certificates.Select(c => c.GetProperty("serial").GetString()!).ToList();
        serials.Distinct(StringComparer.Ordinal).Count().ShouldBe(serials.Count);
        calls.Serials.Except(serials).ShouldBeEmpty();
        foreach (var row in rows)
        {
            SystemTest.Figure(row.ToString());
        }

        SystemTest.Figure($"ha: audit entries {audit.Rows} in {audit.Nodes.Count} chains, serials {serials.Count}");
    }

    public async ValueTask DisposeAsync()
    {
        if (isOver)
        {
            return;
        }

        isOver = true;
        await calls.DisposeAsync();
        await exchanges.DisposeAsync();
    }

    private async Task<(CallOutcome Call, ExchangeOutcome Exchange)> GoodAsync(DateTimeOffset after) =>
        (
            await calls.FirstGoodCallAsync(after, Limit, cancellationToken),
            await exchanges.FirstGrantAsync(after, Limit, cancellationToken)
        );
}
