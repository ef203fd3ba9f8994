using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Dialects;

/// <summary>What an edge reports to a service that is a version behind.</summary>
public sealed class EdgeReportTests
{
    private const string Path = "/v1/edge/reports";
    private const string Grace = "\"offline_grace\"";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, 3, true)]
    [InlineData(503, 2, false)]
    public async Task Report_RefusedWithGrace_IsSentWithoutIt(int status, int reports, bool isDelivered)
    {
        var time = new FakeTimeProvider();
        await using var service = await FakeService.StartAsync(time, "spiffe://id.test/service/1");
        service.Intercept = async (request, context) =>
        {
            if (request.Path != Path || !request.Body.Contains(Grace, StringComparison.Ordinal))
            {
                return false;
            }

            await FakeService.RefuseAsync(context, status, "request.invalid");
            return true;
        };
        var key = CertificateRequests.NewKey();
        var leaf = service.Platform.Certify(
            CertificateRequests.Create(key),
            $"spiffe://id.test/edge/{FakeService.EdgeId}"
        );
        var own = KeyAndCertificate.Create(leaf.ExportCertificatePem(), service.Platform.ChainPem, key);
        PlatformTrust.TryCreate("id.test", service.Platform.RootPem, out var trust).ShouldBeTrue();
        var client = new MachineClient(
            service.MachineUrl,
            own,
            () => trust!,
            () => RevokedSerialSet.None,
            time,
            TimeProvider.System
        );
        var feed = new EdgeFeed
        {
            Revision = 1,
            Edge = new EdgeFeedEdge(Id: FakeService.EdgeId, Name: "edge", Addresses: [], DnsNames: []),
            PlatformBundle = new BundleDocument(Epoch: 1, Pem: service.Platform.RootPem),
            Tunnels = [],
            RevokedSerials = [],
            RevokedEnrolments = [],
        };
        var content = new EdgeReportContent
        {
            SniPublicPort = 443,
            Agents = [],
            ClientConnections = new Dictionary<string, int>(StringComparer.Ordinal),
            OfflineGrace = new EdgeReportGrace(
                LastContact: DateTimeOffset.UnixEpoch,
                From: DateTimeOffset.UnixEpoch,
                To: DateTimeOffset.UnixEpoch
            ),
        };
        var dialect = new EdgeDialect(FakeService.EdgeId, () => content);

        for (var i = 0; i < 2; i++)
        {
            var failure = await dialect.ReportAsync(client, feed, own.Serial, null, leaving: false, Cancel);
            (failure is null).ShouldBe(isDelivered);
        }

        // The second report of the first round is without it, and so is the only one of the second.
        service.Count(Path).ShouldBe(reports);
        service.Of(Path)[^1].Body.Contains(Grace, StringComparison.Ordinal).ShouldBe(!isDelivered);
    }
}
