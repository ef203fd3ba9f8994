using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Dialects;

/// <summary>What an agent reports to a service that is a version behind.</summary>
public sealed class AgentReportTests
{
    private const string Path = "/v1/agent/reports";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("static_secrets", 400, 2, true)]
    [InlineData("last_shown_at", 400, 3, true)]
    [InlineData("answers", 400, 4, true)]
    [InlineData("minutes", 400, 5, true)]
    [InlineData("callers", 400, 6, true)]
    [InlineData("callers", 503, 1, false)]
    public async Task Report_RefusedWithANewerPart_IsSentWithoutIt(
        string part,
        int status,
        int reports,
        bool isDelivered
    )
    {
        var time = new FakeTimeProvider();
        await using var service = await FakeService.StartAsync(time, "spiffe://id.test/service/1");
        service.Intercept = async (request, context) =>
        {
            if (request.Path != Path || !request.Body.Contains($"\"{part}\"", StringComparison.Ordinal))
            {
                return false;
            }

            await FakeService.RefuseAsync(context, status, "request.invalid");
            return true;
        };
        var key = CertificateRequests.NewKey();
        var leaf = service.Platform.Certify(CertificateRequests.Create(key), "spiffe://id.test/o/org/t/tnl_1/agent/a");
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
        var feed = (await client.AgentFeedAsync(0, TimeSpan.FromSeconds(1), Cancel)).Value!.Feed!;
        InstanceId.TryParse("a", out var instance).ShouldBeTrue();
        var usage = new OneUsage();
        var secret = new AgentReportSecret(
            Setting: "routes.docs.credentials.value",
            Kind: StaticSecretKind.Header,
            Source: AgentReportSecret.File,
            WrittenAt: DateTime.UnixEpoch,
            LastUsedAt: null
        );
        var dialect = new AgentDialect("tnl_1", instance!, () => [], usage: usage, secrets: () => [secret]);

        var failure = await dialect.ReportAsync(client, feed, own.Serial, null, leaving: false, Cancel);

        (failure is null).ShouldBe(isDelivered);
        usage.IsDelivered.ShouldBe(isDelivered);
        service.Count(Path).ShouldBe(reports);
        service.Of(Path)[^1].Body.Contains($"\"{part}\"", StringComparison.Ordinal).ShouldBe(!isDelivered);
        service.Of(Path)[^1].Body.Contains("\"callers\"", StringComparison.Ordinal).ShouldBe(reports < 6);
    }

    private sealed class OneUsage : IUsageSource
    {
        private readonly AgentReportUsage usage = new(
            Run: "a",
            Sequence: 1,
            Entries:
            [
                new AgentReportUse(
                    Route: "docs",
                    Kind: "tool",
                    Name: "get",
                    Decisions: new Dictionary<string, long> { ["allow"] = 1 },
                    LastSeenAt: DateTime.UnixEpoch,
                    LastCalledAt: DateTime.UnixEpoch,
                    LastCaller: null,
                    Callers:
                    [
                        new AgentReportUseCaller(
                            Issuer: "",
                            Subject: "",
                            ClientId: "",
                            Calls: 1,
                            Denied: 0,
                            LastCalledAt: DateTime.UnixEpoch
                        ),
                    ],
                    Answers: new AgentReportAnswers(
                        Judged: 1,
                        RowsCrossed: 1,
                        RowsKeptInside: 2,
                        ValuesRemoved: 0,
                        Withheld: 0,
                        Unfit: 0
                    ),
                    LastShownAt: DateTime.UnixEpoch
                ),
            ],
            Minutes:
            [
                new AgentReportMinute(
                    At: DateTime.UnixEpoch,
                    Calls: 1,
                    Denied: 0,
                    RequestBytes: 1,
                    ResponseBytes: 1,
                    Durations: [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
                ),
            ]
        );

        public bool IsDelivered { get; private set; }

        public AgentReportUsage? Next() => IsDelivered ? null : usage;

        public void Delivered(AgentReportUsage part) => IsDelivered = true;
    }
}
