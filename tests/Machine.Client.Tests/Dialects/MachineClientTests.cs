using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Dialects;

/// <summary>S6, S9: 8444 is spoken to only when it shows the service's identity.</summary>
public sealed class MachineClientTests : IAsyncDisposable
{
    private const string AgentUri = "spiffe://id.test/o/org/t/tnl_1/agent/a";

    private readonly FakeTimeProvider time = new();
    private RevokedSerialSet revoked = RevokedSerialSet.None;
    private FakeService? service;

    public async ValueTask DisposeAsync()
    {
        if (service is not null)
        {
            await service.DisposeAsync();
        }
    }

    [Fact]
    public async Task Feed_OverMutualTls_ShowsOurCertificate()
    {
        var (client, own) = await Start("spiffe://id.test/service/1");

        var result = await Feed(client);

        result.Value!.Feed!.Revision.ShouldBe(1);
        service!.Requests[0].ClientSerial.ShouldBe(own.Serial);
    }

    [Theory]
    [InlineData("spiffe://id.test/edge/edge_1", PeerRefusal.Role)]
    [InlineData("spiffe://other.test/service/1", PeerRefusal.TrustDomain)]
    [InlineData("https://id.test/service/1", PeerRefusal.Identity)]
    public async Task Feed_ServerThatIsNotTheService_IsNotSpokenTo(string uri, PeerRefusal reason)
    {
        var (client, _) = await Start(uri);

        var failure = (await Feed(client)).Failure!;

        failure.Kind.ShouldBe(ApiFailureKind.Untrusted);
        failure.Message.ShouldContain($"({reason})");
        service!.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Feed_RevokedService_IsNotSpokenTo()
    {
        var (client, _) = await Start("spiffe://id.test/service/1");
        revoked = new RevokedSerialSet([service!.ServiceSerial]);

        (await Feed(client)).Failure!.Message.ShouldContain("(Revoked)");
    }

    [Fact]
    public async Task Feed_AnotherPlatform_IsNotSpokenTo()
    {
        var (client, _) = await Start("spiffe://id.test/service/1", new TestPki());

        (await Feed(client)).Failure!.Message.ShouldContain("(Untrusted)");
    }

    private static Task<ApiResult<FeedAnswer<AgentFeed>>> Feed(MachineClient client) =>
        client.AgentFeedAsync(0, TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

    private async Task<(MachineClient Client, KeyAndCertificate Own)> Start(string serviceUri, TestPki? platform = null)
    {
        service = await FakeService.StartAsync(time, serviceUri);
        var key = CertificateRequests.NewKey();
        var leaf = service.Platform.Certify(CertificateRequests.Create(key), AgentUri);
        var own = KeyAndCertificate.Create(leaf.ExportCertificatePem(), service.Platform.ChainPem, key);
        PlatformTrust.TryCreate("id.test", (platform ?? service.Platform).RootPem, out var trust).ShouldBeTrue();
        return (
            new MachineClient(service.MachineUrl, own, () => trust!, () => revoked, time, TimeProvider.System),
            own
        );
    }
}
