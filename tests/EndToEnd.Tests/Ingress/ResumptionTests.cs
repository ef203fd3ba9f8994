using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Ingress;

/// <summary>
/// S9: no port where clients present certificates resumes a stored session, which would skip the check of the
/// certificate, and inner TLS accepts no early data, which can be replayed. Tested with <c>openssl s_client</c>.
/// </summary>
[Collection(IngressSystemCollection.Name)]
public sealed partial class ResumptionTests(IngressSystem system) : SystemTest(system)
{
    private const string Request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    public enum Port
    {
        Api,
        Machine,
        Agents,
        Connect,
    }

    [Theory]
    [InlineData(Port.Api)]
    [InlineData(Port.Machine)]
    [InlineData(Port.Agents)]
    [InlineData(Port.Connect)]
    public async Task KeptSession_WhereClientsShowCertificates_IsNotResumed(Port port)
    {
        var own = PlatformFiles();
        string[] certificate = ["-cert", own.Certificate, "-key", own.Key];
        string[] arguments = port switch
        {
            Port.Api => [.. At(Installation.Ports.Api), .. certificate],
            Port.Machine => [.. At(Installation.Ports.Machine), .. certificate],
            Port.Agents => [.. At(Installation.Ports.Agents), .. certificate, "-alpn", "culvert/1"],
            _ => [.. At(ConnectPort()), .. certificate],
        };

        foreach (var connection in await TwiceAsync(arguments))
        {
            connection.ShouldContain("New, TLSv1.3");
            connection.ShouldNotContain("Reused, TLS");
            connection.ShouldNotContain("Early data was accepted");
        }
    }

    [Fact]
    public async Task EarlyData_ToInnerTls_IsNeverTaken()
    {
        foreach (
            var connection in await TwiceAsync([
                .. At(Installation.Ports.Sni),
                "-servername",
                Installation.Endpoint.Host,
            ])
        )
        {
            connection.ShouldContain("TLSv1.3");
            connection.ShouldNotContain("Early data was accepted");
            MaxEarlyData()
                .Matches(connection)
                .Select(match => match.Groups[1].Value)
                .ShouldAllBe(bytes => bytes == "0");
        }
    }

    [Fact]
    public async Task KeptSession_AtAServerThatResumes_IsSeen()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var issued = new TestPki(TimeProvider.System.GetUtcNow()).Issue(dnsNames: ["localhost"]);
        var context = SslStreamCertificateContext.Create(issued, null, offline: true);
        var serving = Task.Run(
            async () =>
            {
                for (var i = 0; i < 2; i++)
                {
                    using var client = await listener.AcceptTcpClientAsync(Cancel);
                    await using var tls = new SslStream(client.GetStream());
                    await tls.AuthenticateAsServerAsync(
                        new SslServerAuthenticationOptions { ServerCertificateContext = context },
                        Cancel
                    );
                    await tls.WriteAsync("bye"u8.ToArray(), Cancel);
                    await tls.ShutdownAsync();
                }
            },
            Cancel
        );

        var connections = await TwiceAsync(At(((IPEndPoint)listener.LocalEndpoint).Port));

        await serving;
        connections.Count.ShouldBe(2);
        connections[1].ShouldContain("Reused, TLSv1.3");
    }

    /// <summary>What it prints of a connection, and of another one with the session of that, if there is one to keep.</summary>
    private async Task<IReadOnlyList<string>> TwiceAsync(string[] arguments)
    {
        var folder = Installation.Run.Folder($"sessions-{Guid.CreateVersion7():N}");
        var session = Path.Combine(folder, "session.pem");
        var early = Path.Combine(folder, "early");
        await File.WriteAllTextAsync(early, Request, Cancel);
        var first = await RunAsync("-sess_out", session);
        return File.Exists(session) ? [first, await RunAsync("-sess_in", session, "-early_data", early)] : [first];

        async Task<string> RunAsync(params string[] more)
        {
            var result = await Tool.RunAsync(
                "openssl",
                ["s_client", "-tls1_3", "-ign_eof", .. arguments, .. more],
                folder,
                Cancel,
                input: Request
            );
            return result.Output + result.Error;
        }
    }

    private static string[] At(int port) => ["-connect", $"127.0.0.1:{port}"];

    // The agent's own credential: the ports that check certificates accept it.
    private (string Certificate, string Key) PlatformFiles()
    {
        var folder = Installation.Run.Folder("sessions");
        using var stored = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Installation.Run.Folder(TunnelAgent.AutomaticName), "state", "platform.json"))
        );
        var texts = Texts(stored.RootElement).ToList();
        return (
            Write("platform.pem", texts.First(text => text.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal))),
            Write("platform.key", texts.First(text => text.Contains("PRIVATE KEY", StringComparison.Ordinal)))
        );

        string Write(string name, string text)
        {
            var file = Path.Combine(folder, name);
            File.WriteAllText(file, text);
            return file;
        }
    }

    private static IEnumerable<string> Texts(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Texts(member.Value)),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
            JsonValueKind.String => [element.GetString()!],
            _ => [],
        };

    private int ConnectPort() =>
        int.Parse(
            Listening().Matches(File.ReadAllText(Installation.Edge.Process.LogFile))[^1].Groups["port"].Value,
            CultureInfo.InvariantCulture
        );

    [GeneratedRegex("listening connect 127\\.0\\.0\\.1:(?<port>\\d+)")]
    private static partial Regex Listening();

    [GeneratedRegex("Max Early Data: (\\d+)")]
    private static partial Regex MaxEarlyData();
}
