using Culvert.Platform.Certificates;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Testing;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>How the control plane is reached, and whom the agent trusts there.</summary>
public sealed class LongPollTlsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-long-poll-").FullName;
    private readonly TunnelPki pki = new();

    [Theory] // the CA bundle controls the TLS handshake
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tls_OnlyWithTheCaFile(bool hasFile)
    {
        await using var plane = new ControlPlaneDouble(pki.Server("localhost"));

        var reply = await PollAsync(plane, s => hasFile ? s with { CaFile = CaFile() } : s);

        reply.IsSuccess.ShouldBe(hasFile, reply.Describe());
        plane.Polls.ShouldBe(hasFile ? 1 : 0);
    }

    [Fact] // several certificates in one PEM
    public async Task Tls_NetworkBundle_CountsToo()
    {
        await using var plane = new ControlPlaneDouble(pki.Server("localhost"));
        var bundle = Path.Combine(folder, "bundle.pem");
        await File.WriteAllTextAsync(
            bundle,
            new TunnelPki().Ca.ExportCertificatePem() + "\n" + pki.Ca.ExportCertificatePem(),
            TestContext.Current.CancellationToken
        );

        var reply = await PollAsync(plane, s => s, new NetworkOptions { CaBundle = bundle });

        reply.IsSuccess.ShouldBeTrue(reply.Describe());
    }

    [Theory] // through proxy; fails without proxy
    [InlineData(true)]
    [InlineData(false)]
    public async Task Proxy_IsUsed(bool hasProxy)
    {
        await using var plane = new ControlPlaneDouble();
        await using var proxy = new ConnectProxy { Open = true, Target = plane.Port };
        var network = hasProxy
            ? new NetworkOptions { Proxy = new HttpProxyOptions { Url = proxy.Url } }
            : NetworkOptions.Default;

        var reply = await PollAsync(plane, s => s with { BaseUrl = new Uri("http://plane.invalid:8443") }, network);

        reply.IsSuccess.ShouldBe(hasProxy);
        reply.MayHaveArrived.ShouldBe(hasProxy);
        proxy.Targets.ShouldBe(hasProxy ? ["plane.invalid:8443"] : []);
    }

    [Fact] // the certificate is shown in addition to the key, and a replaced pair is used
    public async Task Tls_ClientCertificate_IsShownAndReplaced()
    {
        var shown = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using var plane = new ControlPlaneDouble(pki.Server("localhost"), shown.Enqueue);
        var (first, second) = (pki.Agent("one"), pki.Agent("two"));
        WritePair(first);
        using var client = await CreateAsync(
            plane,
            s =>
                s with
                {
                    CaFile = CaFile(),
                    ClientCertificateFile = Path.Combine(folder, "client.pem"),
                    ClientKeyFile = SecretReference.ToFile(Path.Combine(folder, "client.key")),
                }
        );

        (await PollAsync(client)).IsSuccess.ShouldBeTrue();
        WritePair(second);
        File.SetLastWriteTimeUtc(Path.Combine(folder, "client.pem"), DateTime.UnixEpoch);
        (await PollAsync(client)).IsSuccess.ShouldBeTrue();

        shown.ShouldBe([first.Serial, second.Serial]);
        (await plane.NextPollAsync()).Header("Authorization").ShouldBe([$"Bearer {LongPollScene.ApiKey}"]);
    }

    private void WritePair(KeyAndCertificate pair)
    {
        File.WriteAllText(Path.Combine(folder, "client.pem"), pair.ExportCertificatesPem());
        File.WriteAllText(Path.Combine(folder, "client.key"), pair.ExportPrivateKeyPem());
        File.SetUnixFileMode(Path.Combine(folder, "client.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private string CaFile()
    {
        var file = Path.Combine(folder, "ca.pem");
        File.WriteAllText(file, pki.Ca.ExportCertificatePem());
        return file;
    }

    private async Task<ControlReply> PollAsync(
        ControlPlaneDouble plane,
        Func<LongPollSettings, LongPollSettings> change,
        NetworkOptions? network = null
    )
    {
        using var client = await CreateAsync(plane, change, network);
        return await PollAsync(client);
    }

    private static Task<ControlReply> PollAsync(ControlPlane client) =>
        client.PollAsync(1, TimeSpan.FromMilliseconds(100), [], TestContext.Current.CancellationToken);

    private async Task<ControlPlane> CreateAsync(
        ControlPlaneDouble plane,
        Func<LongPollSettings, LongPollSettings> change,
        NetworkOptions? network = null
    )
    {
        var key = Path.Combine(folder, "key");
        await File.WriteAllTextAsync(key, LongPollScene.ApiKey, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var settings = new LongPollSettings
        {
            BaseUrl = new Uri($"https://localhost:{plane.Port}"),
            TunnelId = ControlPlaneDouble.TunnelId,
            ApiKey = SecretReference.ToFile(key),
            Channels = [new LongPollChannel("main", "docs", false)],
        };
        return new ControlPlane(
            change(settings),
            new NetworkSource(network ?? NetworkOptions.Default),
            TimeProvider.System
        );
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
