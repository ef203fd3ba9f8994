using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Culvert.Benchmarks.ConsolePages;
using Culvert.Benchmarks.Exchange;
using Culvert.Benchmarks.Feed;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.HighAvailability;
using Culvert.Benchmarks.Issuance;
using Culvert.Benchmarks.Jose;
using Culvert.Benchmarks.Policy;
using Culvert.Benchmarks.Revocation;
using Culvert.Benchmarks.Servers;
using Culvert.Benchmarks.Tunnel;
using Culvert.Stage;
using Culvert.Stage.Reporting;

using var stopping = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopping.Cancel();
}

using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

if (args is ["serve", var kind, .. var arguments])
{
    return await ServeAsync(kind, arguments);
}

var checkout = Checkout.Find();
var folder = Path.Combine(checkout.RunFolder, "bench", RandomNumberGenerator.GetHexString(8, lowercase: true));
try
{
    IReadOnlyList<Figure> figures;
    switch (args)
    {
        case ["exchange"]:
            figures = [.. await MeasureRateAsync(), .. await MeasureColdStartAsync(), .. await MeasureFlatnessAsync()];
            break;
        case ["exchange", "rate"]:
            figures = await MeasureRateAsync();
            break;
        case ["exchange", "cold"]:
            figures = await MeasureColdStartAsync();
            break;
        case ["exchange", "flatness"]:
            figures = await MeasureFlatnessAsync();
            break;
        case ["issue"]:
            figures = await MeasureIssuanceAsync(null);
            break;
        case ["issue", "rate" or "pkcs11" or "oidc" or "postgres" or "stored"]:
            figures = await MeasureIssuanceAsync(args[1]);
            break;
        case ["feed"]:
            figures = await new FeedBench(checkout, folder, TimeProvider.System).RunAsync(stopping.Token);
            break;
        case ["crl"]:
            figures = await new CrlBench(folder, TimeProvider.System).RunAsync(stopping.Token);
            break;
        case ["jose"]:
            figures = new JoseBench(TimeProvider.System).Run(stopping.Token);
            break;
        case ["ha"]:
            figures = [.. await MeasureNodesAsync(), await MeasureMigrationAsync()];
            break;
        case ["ha", "nodes"]:
            figures = await MeasureNodesAsync();
            break;
        case ["ha", "migration"]:
            figures = [await MeasureMigrationAsync()];
            break;
        case ["console"]:
            figures = await new ConsoleBench(checkout, folder, TimeProvider.System).RunAsync(stopping.Token);
            break;
        case ["policy"]:
            figures = await new PolicyBench(checkout, folder, TimeProvider.System).RunAsync(stopping.Token);
            break;
        case ["policy", "decision"]:
            figures = [.. new DecisionRow(TimeProvider.System).Run(stopping.Token)];
            break;
        case ["tunnel", .. var rows] when rows.All(TunnelBench.Rows.Contains):
            figures = await new TunnelBench(checkout, folder, TimeProvider.System).RunAsync(rows, stopping.Token);
            break;
        default:
            await Console.Error.WriteLineAsync(
                "usage: ./bench tunnel [calls | newconn | bulk | rtt40 | hol | sse | idle | agent | versus | growth …] "
                    + "| exchange [rate | cold | flatness] "
                    + "| issue [rate | pkcs11 | oidc | postgres | stored] | feed | jose | crl | policy [decision] | ha [nodes | migration] | console"
            );
            return 64;
    }

    foreach (var figure in figures)
    {
        Console.WriteLine(figure.ToJson());
    }

    return 0;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    return 130;
}
catch (HopFailureException failure)
{
    await Console.Error.WriteLineAsync($"failed at {failure.Hop}: {failure.Message}");
    foreach (var line in failure.LogFile is { } log ? LogTail.Read(log, 20) : [])
    {
        await Console.Error.WriteLineAsync(line);
    }

    return 1;
}
finally
{
    if (Directory.Exists(folder))
    {
        Directory.Delete(folder, recursive: true);
    }
}

Task<IReadOnlyList<Figure>> MeasureIssuanceAsync(string? part) =>
    new IssuanceBench(checkout, folder, TimeProvider.System).RunAsync(part, stopping.Token);

Task<IReadOnlyList<Figure>> MeasureRateAsync() =>
    new ExchangeBench(checkout, Path.Combine(folder, "rate"), TimeProvider.System).RunAsync(stopping.Token);

Task<IReadOnlyList<Figure>> MeasureNodesAsync() =>
    new HaBench(checkout, Path.Combine(folder, "nodes"), TimeProvider.System).RunAsync(stopping.Token);

Task<Figure> MeasureMigrationAsync() =>
    new MigrationBench(Path.Combine(folder, "migration"), TimeProvider.System).RunAsync(stopping.Token);

Task<IReadOnlyList<Figure>> MeasureColdStartAsync() =>
    new ColdStartBench(checkout, Path.Combine(folder, "cold"), TimeProvider.System).RunAsync(stopping.Token);

Task<IReadOnlyList<Figure>> MeasureFlatnessAsync() =>
    new FlatnessBench(checkout, folder, TimeProvider.System).RunAsync(stopping.Token);

// A child of a measurement: serves until it is told to stop.
async Task<int> ServeAsync(string kind, string[] arguments)
{
    try
    {
        await (
            kind switch
            {
                "empty" => EmptyEndpoint.RunAsync(arguments, stopping.Token),
                "upstream" => FixedUpstream.RunAsync(arguments, stopping.Token),
                BareEdge.Kind => BareEdge.RunAsync(arguments, stopping.Token),
                "delay" => DelayRelay.RunAsync(arguments, stopping.Token),
                _ => DirectForwarder.RunAsync(arguments, stopping.Token),
            }
        );
    }
    catch (OperationCanceledException)
    {
        // Told to stop.
    }

    return 0;
}
