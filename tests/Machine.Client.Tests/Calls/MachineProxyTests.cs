using System.Security.Cryptography.X509Certificates;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.CertificateFiles;
using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.Providers;
using Culvert.Machine.Client.Tokens;
using Culvert.Platform.Certificates;
using Culvert.Platform.Net;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Testing.Proxies;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Calls;

/// <summary>S40: everything that machines say to the service and to a provider, through proxies.</summary>
public sealed class MachineProxyTests
{
    public static TheoryData<string, WayToTarget> Rows { get; } = new(ProxyTrial.Rows);

    private const string Refused = nameof(ApiFailureKind.Untrusted);
    private const string ServiceUri = "spiffe://id.test/service/1";
    private const string EdgeUri = "spiffe://id.test/edge/edge_1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Trait(ProxyTrial.Client, "Machine.Client/Calls/ApiChannel.cs")]
    [Trait(ProxyTrial.Client, "Machine.Client/Access/IdentityClient.cs")]
    [MemberData(nameof(Rows))]
    public Task Exchange_ThroughAProxy_IsReadByTheServiceAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(proxy, way, Refused, async trial => Say(await ExchangeAsync(Options(trial))));

    // Without ca_file the bundle counts for the service too, and with it the proxy's authority.
    [Theory]
    [MemberData(nameof(Rows))]
    public Task Exchange_BundleVouchesForTheProxyToo_IsReadByTheServiceAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            Refused,
            async trial => Say(await ExchangeAsync(Options(trial) with { CaFile = "" }))
        );

    // The client requests the root on a connection that proves nothing and carries nothing else: its fingerprint is the proof.
    [Theory, Trait(ProxyTrial.Client, "Machine.Client/Access/FirstTrust.cs")]
    [MemberData(nameof(Rows))]
    public async Task Pin_ThroughAProxy_BelievesTheFingerprintAlone(string proxy, WayToTarget way)
    {
        // The impostor with TLS sends a document without a root.
        var refusal = way == WayToTarget.ProxyByTls ? nameof(ApiFailureKind.Malformed) : Refused;
        await ProxyTrial.RunAsync(
            proxy,
            way,
            refusal,
            async trial =>
            {
                var options = Options(trial) with
                {
                    Url = ProxyTrial.Url,
                    CaFile = "",
                    CaSha256 = CertificateNames.Fingerprint(ProxyTrial.TargetPki.Root),
                };
                return Say(await ExchangeAsync(options));
            },
            new ProxyTrialTerms
            {
                Unproven = "/v1/platform_ca",
                Answer = context =>
                    context.Response.WriteAsJsonAsync(
                        new
                        {
                            type = PlatformCaDocument.TypeName,
                            trust_domain = "id.test",
                            sha256 = CertificateNames.Fingerprint(ProxyTrial.TargetPki.Root),
                            certificate_pem = way == WayToTarget.OtherAuthority
                                ? new TestPki().RootPem
                                : ProxyTrial.TargetPki.RootPem,
                        }
                    ),
            }
        );
    }

    [Theory, Trait(ProxyTrial.Client, "Machine.Client/CertificateFiles/RotationClient.cs")]
    [MemberData(nameof(Rows))]
    public Task Renewal_ThroughAProxy_IsReadByTheServiceAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            Refused,
            async trial =>
            {
                var options = Options(trial);
                var client = new RotationClient(
                    options,
                    new FirstTrust(options, TimeProvider.System),
                    new MarkedProof(),
                    TimeProvider.System
                );
                return Say(await client.AdviseAsync(ProxyTrial.Mark, serial: null, Cancel));
            }
        );

    [Theory, Trait(ProxyTrial.Client, "Machine.Client/Providers/ProviderClient.cs")]
    [MemberData(nameof(Rows))]
    public Task Provider_ThroughAProxy_ReadsItAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            Refused,
            async trial =>
            {
                using var client = new ProviderClient(Options(trial), TimeProvider.System);
                return Say(await client.ListTunnelsAsync(Cancel));
            }
        );

    [Theory, Trait(ProxyTrial.Client, "Machine.Client/Dialects/MachineClient.cs")]
    [MemberData(nameof(Rows))]
    public Task Feed_ThroughAProxy_IsReadByTheServiceAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            Refused,
            async trial =>
            {
                PlatformTrust.TryCreate("id.test", ProxyTrial.TargetPki.RootPem, out var trust).ShouldBeTrue();
                var key = CertificateRequests.NewKey();
                var leaf = ProxyTrial.TargetPki.Certify(
                    CertificateRequests.Create(key),
                    "spiffe://id.test/o/org/t/tnl_1/agent/a"
                );
                using var client = new MachineClient(
                    Options(trial).Url,
                    KeyAndCertificate.Create(leaf.ExportCertificatePem(), ProxyTrial.TargetPki.ChainPem, key),
                    () => trust!,
                    () => RevokedSerialSet.None,
                    TimeProvider.System,
                    network: Options(trial).NetworkInForce
                );
                return Say(await client.AgentFeedAsync(0, TimeSpan.FromSeconds(1), Cancel));
            },
            new ProxyTrialTerms { Issue = IssueService }
        );

    private static X509Certificate2 IssueService(TestPki pki, bool isWrong) =>
        pki.Issue(
            uri: isWrong ? EdgeUri : ServiceUri,
            dnsNames: [ProxyTrial.Host],
            usages: [TestPki.ServerAuthentication]
        );

    private static Task<ApiResult<TokenResponse>> ExchangeAsync(IdentityOptions options) =>
        new IdentityClient(options, new FirstTrust(options, TimeProvider.System), TimeProvider.System).ExchangeAsync(
            ProxyTrial.Mark,
            BindingKey.Create(),
            Cancel
        );

    private static string? Say<T>(ApiResult<T> result)
        where T : class => result.Failure is { } failure ? $"{failure.Kind}: {failure}" : null;

    private static IdentityOptions Options(ProxyTrial trial) =>
        new()
        {
            Url = new Uri(ProxyTrial.Url, ProxyTrial.Mark),
            CaFile = trial.TargetRootsFile,
            OrganizationId = "org",
            RuleId = "fdrl_1",
            Token = new IdentityTokenOptions { File = trial.WriteSecret("token", ProxyTrial.Mark) },
            Network = new NetworkOptions
            {
                Proxy = new HttpProxyOptions { Url = trial.ProxyUrl },
                CaBundle = trial.BundleFile,
            },
        };

    private sealed class MarkedProof : IProofSource
    {
        private static readonly Proof Shown = new(ProxyTrial.Mark, BindingKey.Create());

        public Task<ApiResult<Proof>> GetAsync(bool fresh, CancellationToken cancellationToken) =>
            Task.FromResult<ApiResult<Proof>>(Shown);

        public Task<ApiResult<T>> UseAsync<T>(
            bool fresh,
            Func<Proof, Task<ApiResult<T>>> send,
            CancellationToken cancellationToken
        )
            where T : class => send(Shown);

        public Task ForgetAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
