using System.Text.RegularExpressions;
using Culvert.Testing.Proxies;
using Shouldly;

namespace Culvert.Documentation.Tests.Security;

/// <summary>
/// S40: every place from which a program connects to another goes through the trials of <see cref="ProxyTrial"/>, or is named here
/// with the reason. A new one cannot be forgotten.
/// </summary>
public sealed partial class OutboundClientTests
{
    private const string OwnMachine = "It asks a program on this machine.";
    private const string ServerSide = "It is the server of its connections.";
    private const string NoProxy = "No proxy applies to it.";
    private const string Collector = "It sends by CollectorClient, which has its trials.";

    private static readonly IReadOnlyDictionary<string, string> WithoutTrial = new Dictionary<string, string>
    {
        ["Identity.Cli/Api/ManagementClient.cs"] = NoProxy,
        ["Identity.Cli/Api/ServerTrust.cs"] = NoProxy,
        ["Identity.Cli/Doctor/ServiceProbe.cs"] = NoProxy,
        ["Identity.Cli/SignIn/ProviderClient.cs"] = NoProxy,
        ["Identity.Service/Audit/Export/CollectorSink.cs"] = Collector,
        ["Machine.Client/Tokens/Detection/PlatformHttp.cs"] = NoProxy,
        ["Machine.Client/Tokens/Detection/SpiffeDetector.cs"] = OwnMachine,
        ["Platform/Health/RunningProgram.cs"] = OwnMachine,
        ["Platform/Launching/HealthProbe.cs"] = OwnMachine,
        ["Tunnel.Agent/Audit/Export/CallExporter.cs"] = Collector,
        ["Tunnel.Agent/Authorization/IssuerDocuments.cs"] = NoProxy,
        ["Tunnel.Agent/Commands/HealthCommand.cs"] = OwnMachine,
        ["Tunnel.Agent/Connector/ConnectorTrial.cs"] = OwnMachine,
        ["Tunnel.Agent/Credentials/CloudEndpoint.cs"] = NoProxy,
        ["Tunnel.Agent/Credentials/TokenEndpoint.cs"] = NoProxy,
        ["Tunnel.Agent/InnerTls/InnerHandshake.cs"] = ServerSide,
        ["Tunnel.Agent/InnerTls/InnerTlsMiddleware.cs"] = ServerSide,
        ["Tunnel.Agent/Upstreams/Callouts/CalloutClient.cs"] = NoProxy,
        ["Tunnel.Edge/Agents/AgentListener.cs"] = ServerSide,
        ["Tunnel.Edge/Ingress/Connect/ConnectListener.cs"] = ServerSide,
    };

    [Fact]
    public void Client_OfAProgram_HasItsTrialOrItsReason() =>
        Clients().ShouldBe(Trials().Concat(WithoutTrial.Keys).Order(StringComparer.Ordinal));

    [Fact]
    public void Client_WithoutTrial_UsesNoProxy()
    {
        var proxied = WithoutTrial
            .Where(client => client.Value is not Collector)
            .Select(client => client.Key)
            .Where(file => Proxied().IsMatch(Code(Repository.PathOf($"src/{file}"))));

        proxied.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("P:System.Net.Http.SocketsHttpHandler.ConnectCallback")]
    [InlineData("M:System.Net.Http.SocketsHttpHandler.#ctor")]
    [InlineData("M:System.Net.Http.HttpClientHandler.#ctor")]
    [InlineData("M:System.Net.Http.HttpClient.#ctor")]
    [InlineData("M:System.Net.WebSockets.ClientWebSocket.ConnectAsync(System.Uri,System.Threading.CancellationToken)")]
    public void Handler_MadeOrConnectedElsewhere_FailsTheBuild(string symbol) =>
        File.ReadLines(Repository.PathOf("src/BannedSymbols.txt"))
            .ShouldContain(line => line.StartsWith($"{symbol};", StringComparison.Ordinal));

    private static IEnumerable<string> Clients() =>
        Repository
            .Sources()
            .Where(file => Connects().IsMatch(Code(file)))
            .Select(file => Path.GetRelativePath(Repository.PathOf("src"), file))
            .Where(file => file != "Platform/Fetching/SafeFetcherOptions.cs")
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Trials() =>
        Repository
            .TestSources()
            .Select(File.ReadAllText)
            .Where(text => text.Contains("ProxyTrial.RunAsync(", StringComparison.Ordinal))
            .SelectMany(text => Trial().Matches(text).Select(match => match.Groups["client"].Value))
            .Distinct();

    // Comments may speak of anything.
    private static string Code(string file) => Comment().Replace(File.ReadAllText(file), "");

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    /// <summary>What connects, or makes what does: a file that names the options of a fetcher has one.</summary>
    [GeneratedRegex(
        @"OutboundHttp\.CreateHandler\(|\b(?:SafeFetcherOptions|OutboundDialer|ApiChannel|CollectorClient|ClientWebSocket)\b"
            + @"|ProxyTunnel\.OpenAsync\(|new SslStream\("
    )]
    private static partial Regex Connects();

    [GeneratedRegex(@"\b(?:OutboundDialer|ApiChannel)\b|ProxyTunnel\.OpenAsync\(|\bNetwork =|UseProxy = true")]
    private static partial Regex Proxied();

    [GeneratedRegex(@"ProxyTrial\.Client, ""(?<client>[^""]+)""")]
    private static partial Regex Trial();
}
