using System.Text.RegularExpressions;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>Plain HTTP on loopback in front of a route: adds TLS and the token, which the conformance suite does not know.</summary>
internal sealed partial class HttpShim : IAsyncDisposable
{
    private readonly ProgramProcess process;

    private HttpShim(ProgramProcess process) => this.process = process;

    /// <summary>What the suite calls.</summary>
    public Uri Endpoint { get; private set; } = null!;

    public static async Task<HttpShim> StartAsync(
        Installation installation,
        Uri route,
        string allowedOrigin,
        CancellationToken cancellationToken
    )
    {
        var checkout = Checkout.Find();
        var name = $"shim-{route.Host.Split('.')[0]}";
        var token = installation.Run.File($"{name}.token");
        await File.WriteAllTextAsync(token, await installation.TokenAsync(route, cancellationToken), cancellationToken);
        string[] arguments =
        [
            Path.Combine(checkout.Peers, "fidelity", "shim.mjs"),
            route.AbsoluteUri,
            installation.Record.Tunnel.TrustBundle,
            token,
            allowedOrigin,
        ];
        var command = new ProgramCommand(name, "node", arguments, new Dictionary<string, string>(), checkout.Peers);
        var log = installation.Run.LogFile(name);
        File.Delete(log);
        var shim = new HttpShim(new ProgramProcess(command, log, TimeProvider.System));
        shim.process.Start();
        try
        {
            await Readiness.UntilAsync(
                shim.process,
                shim.FindAsync,
                TimeSpan.FromSeconds(60),
                TimeProvider.System,
                cancellationToken
            );
            return shim;
        }
        catch
        {
            await shim.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await process.KillAsync(CancellationToken.None);

    private async Task<string> FindAsync(CancellationToken cancellationToken)
    {
        var log = File.Exists(process.LogFile) ? await File.ReadAllTextAsync(process.LogFile, cancellationToken) : "";
        if (ReadyLine().Match(log) is not { Success: true } ready)
        {
            return "it has not said where it listens";
        }

        Endpoint = new Uri(ready.Groups[1].Value);
        return "";
    }

    [GeneratedRegex("^ready: (http\\S+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ReadyLine();
}
