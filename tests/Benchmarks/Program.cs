using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Culvert.Benchmarks.Authorize;
using Culvert.Benchmarks.ConsolePages;
using Culvert.Benchmarks.Credentials;
using Culvert.Benchmarks.Exchange;
using Culvert.Benchmarks.Feed;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.HighAvailability;
using Culvert.Benchmarks.Issuance;
using Culvert.Benchmarks.Jose;
using Culvert.Benchmarks.Policy;
using Culvert.Benchmarks.Providers;
using Culvert.Benchmarks.Revocation;
using Culvert.Benchmarks.Servers;
using Culvert.Benchmarks.Transparency;
using Culvert.Benchmarks.Tunnel;
using Culvert.Stage;
using Culvert.Stage.Reporting;

const int NoSuchFile = 2; // ENOENT

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

if (args is ["--list"])
{
    foreach (var line in FigureCatalogue.Lines)
    {
        Console.WriteLine(line);
    }

    return 0;
}

var checkout = Checkout.Find();
var folder = Path.Combine(checkout.RunFolder, "bench", RandomNumberGenerator.GetHexString(8, lowercase: true));
var figures = args switch
{
    ["exchange"] => Each(MeasureRateAsync).Concat(Each(MeasureColdStartAsync)).Concat(MeasureFlatness()),
    ["compare", var first, var second] => Each(() =>
        new CompareBench(folder, TimeProvider.System).RunAsync(Built(first), Built(second), stopping.Token)
    ),
    ["compare", var first, var second, "issue"] => Each(() =>
        new IssuanceBench(checkout, folder, TimeProvider.System).CompareAsync(
            Built(first),
            Built(second),
            stopping.Token
        )
    ),
    ["exchange", "rate"] => Each(MeasureRateAsync),
    ["exchange", "cold"] => Each(MeasureColdStartAsync),
    ["exchange", "flatness"] => MeasureFlatness(),
    ["issue"] => MeasureIssuance(null),
    ["issue", "rate" or "pkcs11" or "oidc" or "postgres" or "stored"] => MeasureIssuance(args[1]),
    ["authorize"] => MeasureCodes().Concat(MeasureOffBoarding()).Concat(MeasureDirectory()),
    ["authorize", "code"] => MeasureCodes(),
    ["authorize", "off-boarding"] => MeasureOffBoarding(),
    ["authorize", "directory"] => MeasureDirectory(),
    ["feed"] => Each(() => new FeedBench(checkout, folder, TimeProvider.System).RunAsync(stopping.Token)),
    ["audit"] => new ProofBench(folder, TimeProvider.System).RunAsync(stopping.Token),
    ["crl"] => new CrlBench(folder, TimeProvider.System).RunAsync(stopping.Token),
    ["jose"] => new JoseBench(TimeProvider.System).Run(stopping.Token).ToAsyncEnumerable(),
    ["ha"] => MeasureNodes().Concat(Each(MeasureMigrationAsync)),
    ["ha", "nodes"] => MeasureNodes(),
    ["ha", "migration"] => Each(MeasureMigrationAsync),
    ["console"] => Each(() => new ConsoleBench(checkout, folder, TimeProvider.System).RunAsync(stopping.Token)),
    ["policy"] => new PolicyBench(checkout, folder, TimeProvider.System).RunAsync(stopping.Token),
    ["answers"] => new AnswersBench(checkout, folder, TimeProvider.System).RunAsync(stopping.Token),
    ["credentials"] => Each(() => new CredentialsBench(folder, TimeProvider.System).RunAsync(stopping.Token)),
    ["policy", "decision"] => new DecisionRow(TimeProvider.System).Run(stopping.Token).ToAsyncEnumerable(),
    ["policy", "record"] => new RecordRow(folder, TimeProvider.System).RunAsync(stopping.Token),
    ["providers", .. var rows] when rows.All(ProvidersBench.Rows.Contains) => new ProvidersBench(
        checkout,
        folder,
        TimeProvider.System
    ).RunAsync(rows, stopping.Token),
    ["tunnel", .. var rows] when rows.All(TunnelBench.Rows.Contains) => new TunnelBench(
        checkout,
        folder,
        TimeProvider.System
    ).RunAsync(rows, stopping.Token),
    _ => null,
};
if (figures is null)
{
    await Console.Error.WriteLineAsync(
        "usage: ./bench --list | tunnel [calls | record | newconn | bulk | rtt40 | hol | sse | idle | agent | versus | growth …] "
            + "| exchange [rate | cold | flatness] | authorize [code | off-boarding | directory] | issue [rate | pkcs11 | oidc | postgres | stored] | feed | jose | crl | audit "
            + "| policy [decision | record] | answers | credentials | ha [nodes | migration] | console | providers [longpoll | waiting | connector | soak …] | compare CHECKOUT CHECKOUT [issue]"
    );
    return 64;
}

try
{
    await foreach (var figure in figures)
    {
        Console.WriteLine(figure.ToJson());
        if (!FigureCatalogue.Lists(figure))
        {
            await Console.Error.WriteLineAsync(
                $"{figure.Name} in {figure.Unit} is not in ./bench --list: add it to FigureCatalogue."
            );
            return 70;
        }
    }

    return 0;
}
catch (Win32Exception missing) when (missing.NativeErrorCode == NoSuchFile)
{
    await Console.Error.WriteLineAsync($"A program that this measurement needs is missing: {missing.Message}");
    return 69;
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

IAsyncEnumerable<Figure> MeasureIssuance(string? part) =>
    new IssuanceBench(checkout, folder, TimeProvider.System).RunAsync(part, stopping.Token);

// Another checkout, built as this one is.
Checkout Built(string root) => checkout with { Root = Path.GetFullPath(root) };

IAsyncEnumerable<Figure> MeasureCodes() =>
    Each(() =>
        new AuthorizeBench(checkout, Path.Combine(folder, "code"), TimeProvider.System).RunAsync(stopping.Token)
    );

IAsyncEnumerable<Figure> MeasureOffBoarding() =>
    Each(() =>
        new OffBoardingBench(checkout, Path.Combine(folder, "off-boarding"), TimeProvider.System).RunAsync(
            stopping.Token
        )
    );

IAsyncEnumerable<Figure> MeasureDirectory() =>
    Each(() =>
        new DirectoryBench(checkout, Path.Combine(folder, "directory"), TimeProvider.System).RunAsync(stopping.Token)
    );

Task<IReadOnlyList<Figure>> MeasureRateAsync() =>
    new ExchangeBench(checkout, Path.Combine(folder, "rate"), TimeProvider.System).RunAsync(stopping.Token);

IAsyncEnumerable<Figure> MeasureNodes() =>
    new HaBench(checkout, Path.Combine(folder, "nodes"), TimeProvider.System).RunAsync(stopping.Token);

async Task<IReadOnlyList<Figure>> MeasureMigrationAsync() =>
    [await new MigrationBench(Path.Combine(folder, "migration"), TimeProvider.System).RunAsync(stopping.Token)];

Task<IReadOnlyList<Figure>> MeasureColdStartAsync() =>
    new ColdStartBench(checkout, Path.Combine(folder, "cold"), TimeProvider.System).RunAsync(stopping.Token);

IAsyncEnumerable<Figure> MeasureFlatness() =>
    new FlatnessBench(checkout, folder, TimeProvider.System).RunAsync(stopping.Token);

// For measurements whose figures become known together.
static async IAsyncEnumerable<Figure> Each(Func<Task<IReadOnlyList<Figure>>> measure)
{
    foreach (var figure in await measure())
    {
        yield return figure;
    }
}

// A child process of a measurement: serves until it receives the signal to stop.
async Task<int> ServeAsync(string kind, string[] arguments)
{
    try
    {
        await (
            kind switch
            {
                "empty" => EmptyEndpoint.RunAsync(arguments, stopping.Token),
                EchoUpstream.Kind => EchoUpstream.RunAsync(arguments, stopping.Token),
                "upstream" => FixedUpstream.RunAsync(arguments, stopping.Token),
                BarePoller.Kind => BarePoller.RunAsync(arguments, stopping.Token),
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
