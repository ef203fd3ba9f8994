using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Identity.Service.Backup;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Backup;

/// <summary>
/// After a restore no machine works that the service does not know, and each can be revoked by its serial number.
/// </summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class RestoredMachinesTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-backup-").FullName;
    private readonly List<IDisposable> used = [];
    private MachineBench bench = null!;
    private ServiceUnderTest? restored;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string BackupPath => Path.Combine(folder, "backup");

    public async ValueTask InitializeAsync() => bench = await MachineBench.StartAsync();

    public async ValueTask DisposeAsync()
    {
        used.ForEach(one => one.Dispose());
        if (restored is not null)
        {
            await restored.DisposeAsync();
        }

        await bench.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Machine_SignedAfterTheBackup_IsRefusedByServiceEdgesAndAgents(bool withExport)
    {
        await BackUpAsync();
        var (certificate, key) = await EnrollAsync("lost");

        var service = await RestoreAsync(withExport);

        using var machine = Machine(service, certificate, key);
        await machine
            .GetAsync("/v1/agent/feed", Cancel)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.peer_revoked");
        var (agentFeed, edgeFeed) = await FeedsAsync(service);
        RevokedSerialSet.From(agentFeed).Contains(certificate.Serial).ShouldBeTrue();
        RevokedSerialSet.From(edgeFeed).Contains(certificate.Serial).ShouldBeTrue();
        edgeFeed.RevokedSerialPrefixes.ShouldNotBeNull().ShouldContain(certificate.Serial[..2]);
    }

    [Fact]
    public async Task Machine_SignedByTheRestoredService_IsServed()
    {
        await BackUpAsync();
        var service = await RestoreAsync(withExport: false);
        var (certificate, key) = await EnrollAsync("fresh", service);

        using var machine = Machine(service, certificate, key);

        (await machine.GetOkAsync("/v1/agent/feed"))
            .GetProperty("revoked_serial_prefixes")
            .EnumerateArray()
            .ShouldNotContain(prefix => certificate.Serial.StartsWith(prefix.GetString()!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Feed_OfAServiceThatWasNeverRestored_HasNoPrefixes()
    {
        var (certificate, key) = await EnrollAsync("one");

        using var machine = Machine(bench.Service, certificate, key);

        (await machine.GetOkAsync("/v1/agent/feed")).TryGetProperty("revoked_serial_prefixes", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Revoke_SerialOfAMachineThatTheBackupLacks_IsRecorded_AndAgainChangesNothing()
    {
        await BackUpAsync();
        var (certificate, _) = await EnrollAsync("lost");
        var service = await RestoreAsync(withExport: false);
        var body = $$"""{"serial":"{{certificate.Serial.ToUpperInvariant()}}","reason":"keyCompromise"}""";

        var first = await service.Api.PostOkAsync("/v1/certificates/revoke", body);
        var second = await service.Api.PostOkAsync("/v1/certificates/revoke", body);

        first.GetProperty("changed").GetInt32().ShouldBe(1);
        first.GetProperty("data")[0].Text("identity").ShouldBe("lost by a restore");
        second.GetProperty("changed").GetInt32().ShouldBe(0);
        (await service.Api.GetOkAsync($"/v1/certificates?serial={certificate.Serial}"))
            .GetProperty("data")[0]
            .Text("status")
            .ShouldBe("revoked");
        var (_, edgeFeed) = await FeedsAsync(service);
        edgeFeed.RevokedSerials.ShouldContain(certificate.Serial);
    }

    [Theory]
    [InlineData("7e")] // no node had it
    [InlineData("own")] // one of the restored service
    public async Task Revoke_UnknownSerialOfNoNodeFromBefore_IsNotFound(string prefix)
    {
        await BackUpAsync();
        var service = await RestoreAsync(withExport: false);
        var number =
            prefix == "own" ? service.Get<StoreNode>().Id.ToString("x2", CultureInfo.InvariantCulture) : prefix;

        await service
            .Api.PostAsync("/v1/certificates/revoke", $$"""{"serial":"{{number}}{{new string('0', 34)}}"}""")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Fact]
    public async Task Restored_WithALaterExport_HasTheCertificatesOfItInTheInventory()
    {
        await BackUpAsync();
        var (certificate, _) = await EnrollAsync("lost");

        var service = await RestoreAsync(withExport: true);

        var item = (await service.Api.GetOkAsync($"/v1/certificates?serial={certificate.Serial}")).GetProperty("data")[
            0
        ];
        item.Text("kind").ShouldBe("agent");
        item.Text("status").ShouldBe("revoked");
        item.Text("tunnel_id").ShouldBe(bench.TunnelId);
    }

    private async Task BackUpAsync() =>
        await BackupMaker.WriteAsync(bench.Service.Options, BackupPath, bench.Service.Time, _ => { }, Cancel);

    private async Task<ServiceUnderTest> RestoreAsync(bool withExport)
    {
        List<string> exports = [];
        if (withExport)
        {
            exports.Add(Path.Combine(folder, "export"));
            await File.WriteAllTextAsync(
                exports[0],
                await bench.Service.Api.GetStringAsync("/v1/audit/export", Cancel),
                Cancel
            );
        }

        bench.Service.Time.Advance(TimeSpan.FromSeconds(2));
        restored = await bench.Service.RestoreElsewhereAsync(
            BackupPath,
            new RestoreChoice(exports, [], NothingLater: true)
        );
        restored.Get<ScriptedFederation>().Name(bench.TunnelId);
        return restored;
    }

    private async Task<(CertificateDocument Certificate, AsymmetricAlgorithm Key)> EnrollAsync(
        string instance,
        ServiceUnderTest? service = null
    )
    {
        service ??= bench.Service;
        var token = bench.AgentToken();
        if (service != bench.Service)
        {
            // Each service has tokens of its own, numbered alike.
            var caller = (await bench.Tokens.ValidateAsync(token, Cancel)).Value;
            token = service.Get<MachineTokens>().Add(caller!);
        }

        var key = CertificateRequests.NewKey();
        used.Add(key);
        using var client = service.Client(token);
        var answer = await client.PostOkAsync(
            "/v1/agent/enrollments",
            JsonSerializer.Serialize(
                new
                {
                    tunnel_id = bench.TunnelId,
                    instance_id = instance,
                    csr = CertificateRequests.Create(key),
                }
            )
        );
        return (answer.Deserialize(WireJson.Default.AgentEnrollment)!.Certificate, key);
    }

    // Of an agent that the restored service enrolled, and of the lists that edges get.
    private async Task<(AgentFeed Agent, EdgeFeed Edge)> FeedsAsync(ServiceUnderTest service)
    {
        var (certificate, key) = await EnrollAsync("reader", service);
        using var machine = Machine(service, certificate, key);
        var agent = (await machine.GetOkAsync("/v1/agent/feed")).Deserialize(WireJson.Default.AgentFeed)!;
        var revoked = await service.Get<IRevokedMachines>().ListAsync(Cancel);
        var edge = new EdgeFeed
        {
            Revision = 1,
            Edge = null!,
            PlatformBundle = agent.PlatformBundle,
            Tunnels = [],
            RevokedSerials = [.. revoked.EdgeSerials, .. revoked.AgentSerials[bench.TunnelId]],
            RevokedEnrolments = [],
            RevokedSerialPrefixes = revoked.SerialPrefixes,
        };
        return (agent, edge);
    }

    private static HttpClient Machine(
        ServiceUnderTest service,
        CertificateDocument certificate,
        AsymmetricAlgorithm key
    )
    {
        var pair = KeyAndCertificate.Create(certificate, key);
        var presented = service.Get<Culvert.Identity.Service.Http.IApiCertificate>().Machine;
        return new HttpClient(
            new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    ClientCertificateContext = pair.Context,
                    RemoteCertificateValidationCallback = (_, server, _, _) =>
                        server is not null
                        && server.GetRawCertData().AsSpan().SequenceEqual(presented.TargetCertificate.RawData),
                },
                UseProxy = false,
            }
        )
        {
            BaseAddress = service.MachineUrl,
        };
    }
}
