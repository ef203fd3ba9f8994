using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Platform.Certificates;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Tests.Upstreams;

/// <summary>What a route may say of its HTTP upstream beyond its address: headers, a certificate, a socket, a family.</summary>
public sealed class HttpUpstreamTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-up-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Headers_Configured_ReplaceWhatTheClientWrote()
    {
        var secret = Secret("first");
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(
            upstream.Port,
            s =>
                s with
                {
                    Headers =
                    [
                        new("X-Api-Key", SettingValue.Parse("file:" + secret, folder)),
                        new("X-Tenant", SettingValue.Parse("acme", folder)),
                    ],
                }
        );
        using var client = tunnel.Client();
        client.DefaultRequestHeaders.Add("x-api-key", "the client's");

        await client.GetStringAsync("/", Token);
        var first = await upstream.NextAsync();
        File.WriteAllText(secret, "second");
        await client.GetStringAsync("/", Token);
        var second = await upstream.NextAsync();

        first.Header("X-Api-Key").ShouldBe(["first"]);
        first.Header("X-Tenant").ShouldBe(["acme"]);
        second.Header("X-Api-Key").ShouldBe(["second"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("two\nlines")]
    public async Task Headers_SecretThatCannotBeSent_IsRefusedUnshown(string? content)
    {
        var secret = content is null ? Path.Combine(folder, "none") : Secret(content);
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(
            upstream.Port,
            s => s with { Headers = [new("X-Api-Key", SettingValue.Parse("file:" + secret, folder))] }
        );
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/", Token);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        response.Headers.GetValues("culvert-reason").ShouldBe(["agent.credential_unavailable"]);
        upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task UnixSocket_IsCalledLikeAnyOther()
    {
        var path = Path.Combine(folder, "mcp.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var serving = AnswerOnceAsync(listener);
        await using var tunnel = await Support.Tunnel.StartAsync(
            1,
            s => s with { SocketPath = path, HostHeader = "localhost", AllowedRanges = Support.Tunnel.Ranges() }
        );
        using var client = tunnel.Client();

        (await client.GetStringAsync("/mcp?x=1", Token)).ShouldBe("ok");

        (await serving).ShouldStartWith("GET /mcp?x=1 HTTP/1.1\r\nHost: localhost\r\n");
    }

    [Fact]
    public async Task UnixSocket_NobodyListens_IsAFailedConnect()
    {
        await using var tunnel = await Support.Tunnel.StartAsync(
            1,
            s => s with { SocketPath = Path.Combine(folder, "none.sock") }
        );
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/", Token);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        response.Headers.GetValues("culvert-failed-hop").ShouldBe(["upstream"]);
        response.Headers.GetValues("culvert-reason").ShouldBe(["upstream.connect_failed"]);
    }

    [Fact]
    public async Task ClientCertificate_IsShownAndReadAgainWhenItChanges()
    {
        var pki = new TunnelPki();
        var (first, second) = (pki.Agent("first"), pki.Agent("second"));
        Write(first);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var settings = Support.Tunnel.UpstreamTo(((IPEndPoint)listener.LocalEndpoint).Port) with
        {
            IsTls = true,
            TlsServerName = "mcp.internal",
            TlsCaPem = pki.CaPem,
            TlsSystemRoots = false,
            ClientCertificateFile = Path.Combine(folder, "client.pem"),
            ClientKeyFile = SecretReference.ToFile(Path.Combine(folder, "client.key")),
        };
        var connector = new UpstreamConnector(settings, TimeProvider.System);
        var upstream = new HttpUpstream(settings, connector, Support.Tunnel.NewForwarder());
        await using var tunnel = new Support.Tunnel();
        tunnel.Add("docs", upstream);
        await tunnel.StartAsync();
        using var client = tunnel.Client();

        var shown = AcceptTlsAsync(listener, pki);
        await client.GetStringAsync("/", Token);
        (await shown).ShouldBe(first.Serial);

        Write(second);
        File.SetLastWriteTimeUtc(settings.ClientKeyFile!.FilePath!, DateTime.UnixEpoch);
        shown = AcceptTlsAsync(listener, pki);
        await client.GetStringAsync("/", Token);
        (await shown).ShouldBe(second.Serial);

        // Half-written files change nothing.
        File.WriteAllText(settings.ClientCertificateFile, "half");
        shown = AcceptTlsAsync(listener, pki);
        await client.GetStringAsync("/", Token);
        (await shown).ShouldBe(second.Serial);
    }

    [Fact]
    public async Task ClientCertificate_Unreadable_IsTheAgentsFault()
    {
        var pki = new TunnelPki();
        await using var server = RawUpstream.AnsweringOverTls(Ok, pki.Server("mcp.internal"));
        await using var tunnel = await Support.Tunnel.StartAsync(
            server.Port,
            s =>
                s with
                {
                    IsTls = true,
                    TlsServerName = "mcp.internal",
                    TlsCaPem = pki.CaPem,
                    ClientCertificateFile = Path.Combine(folder, "none.pem"),
                    ClientKeyFile = SecretReference.ToFile(Path.Combine(folder, "none.key")),
                }
        );
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/", Token);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        response.Headers.GetValues("culvert-reason").ShouldBe(["agent.credential_unavailable"]);
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, true)]
    [InlineData(AddressFamily.InterNetworkV6, false)]
    [InlineData(AddressFamily.Unspecified, true)]
    public async Task AddressFamily_LimitsWhatANameMayResolveTo(AddressFamily family, bool reached)
    {
        await using var upstream = RawUpstream.Answering(Ok); // on 127.0.0.1 alone
        await using var tunnel = await Support.Tunnel.StartAsync(
            upstream.Port,
            s => s with { Host = "docs.internal", AddressFamily = family },
            new ScriptedResolver(["127.0.0.1"])
        );
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/", Token);

        response.StatusCode.ShouldBe(reached ? HttpStatusCode.OK : HttpStatusCode.BadGateway);
        if (!reached)
        {
            response.Headers.GetValues("culvert-reason").ShouldBe(["policy.address_refused"]);
        }
    }

    [Fact]
    public async Task IPv6_LiteralAndName_AreConnectedTo()
    {
        using var listener = new TcpListener(IPAddress.IPv6Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        foreach (var host in new[] { "::1", "docs.internal" })
        {
            await using var tunnel = await Support.Tunnel.StartAsync(
                port,
                s => s with { Host = host, HostHeader = $"[::1]:{port}", AddressFamily = AddressFamily.InterNetworkV6 },
                new ScriptedResolver(["127.0.0.1", "::1"])
            );
            using var client = tunnel.Client();
            var serving = AnswerOnceAsync(listener.Server);

            (await client.GetStringAsync("/", Token)).ShouldBe("ok");

            (await serving).ShouldContain($"Host: [::1]:{port}\r\n");
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Secret(string text)
    {
        var file = Path.Combine(folder, "secret");
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private void Write(KeyAndCertificate pair)
    {
        File.WriteAllText(Path.Combine(folder, "client.pem"), pair.ExportCertificatesPem());
        var key = Path.Combine(folder, "client.key");
        File.WriteAllText(key, pair.ExportPrivateKeyPem());
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static async Task<string> AnswerOnceAsync(Socket listener)
    {
        using var socket = await listener.AcceptAsync(Token);
        await using var stream = new NetworkStream(socket);
        return await AnswerAsync(stream);
    }

    // The connection ends behind the answer, so that the next call makes a new one.
    private static async Task<string> AnswerAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, Token);
            head.Append((char)one[0]);
        }

        const string Last = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Last), Token);
        return head.ToString();
    }

    private static async Task<string> AcceptTlsAsync(TcpListener listener, TunnelPki pki)
    {
        using var socket = await listener.AcceptSocketAsync(Token);
        await using var tls = new SslStream(new NetworkStream(socket));
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(pki.Ca);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = pki.Server("mcp.internal").Context,
                ClientCertificateRequired = true,
                CertificateChainPolicy = policy,
                AllowTlsResume = false,
            },
            Token
        );
        await AnswerAsync(tls);
        await tls.ShutdownAsync();
        return CertificateNames.Serial((X509Certificate2)tls.RemoteCertificate!);
    }
}
