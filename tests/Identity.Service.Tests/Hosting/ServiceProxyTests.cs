using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Ca.Keys;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Audit.Export;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Rotation.Est;
using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.GitHubApps;
using Culvert.Identity.Service.Hsm;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Mail;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tests.Audit.Export;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Webhooks;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Identity.Service.Transparency;
using Culvert.Identity.Service.Transparency.Witnesses;
using Culvert.Identity.Service.Webhooks;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Platform.Transparency;
using Culvert.Testing;
using Culvert.Testing.Proxies;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Hosting;

/// <summary>S40: everything that the service says to others, through proxies.</summary>
public sealed class ServiceProxyTests
{
    public static TheoryData<string, WayToTarget> Rows { get; } = new(ProxyTrial.Rows);

    private const string Refused = "is not trusted";

    private static readonly Pkcs11Settings Hsm = new(SoftHsm.ModulePath, SoftHsm.Token, () => SoftHsm.Pin);

    private static readonly Lazy<string> GitHubKey = new(() =>
    {
        SoftHsm.Ensure();
        var label = $"github-{RandomNumberGenerator.GetHexString(16)}";
        new Pkcs11Token(Hsm).Generate(label, KeyAlgorithm.Rsa2048);
        return label;
    });

    private readonly ScriptedHostResolver names = new();

    public ServiceProxyTests() => names.Set(ProxyTrial.Host, ProxyTrial.Address);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string MarkedUrl => $"{ProxyTrial.Url}{ProxyTrial.Mark}";

    [Theory, Trait(ProxyTrial.Client, "Identity.Service/Federation/Issuers/IssuerFetcher.cs")]
    [MemberData(nameof(Rows))]
    public Task Issuer_ThroughAProxy_IsAskedAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            Refused,
            async trial =>
            {
                var fetcher = new IssuerFetcher(
                    new(new FederationOptions()),
                    Outbound(trial),
                    TimeProvider.System,
                    names
                );
                var issuer = new Issuer
                {
                    Id = IssuerId.New(),
                    OrganizationId = "org",
                    Name = "idp",
                    Url = MarkedUrl,
                    KeySource = new UrlKeySource(MarkedUrl, ProxyTrial.TargetPki.RootPem),
                    MaxJwtLifetimeSeconds = 3600,
                    AllowedTargets = [],
                    Stamps = ChangeStamps.Created(TimeProvider.System.GetUtcNow(), "key"),
                };
                var document = await fetcher.GetAsync(new IssuerFetch(new Uri(MarkedUrl), "url", issuer), Cancel);
                return document.Failure;
            }
        );

    [Theory, Trait(ProxyTrial.Client, "Identity.Service/Webhooks/WebhookSender.cs")]
    [MemberData(nameof(Rows))]
    public Task Webhook_ThroughAProxy_IsReadByItsReceiverAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            Refused,
            async trial =>
            {
                var sender = new WebhookSender(Outbound(trial), TimeProvider.System, names, mail: null!);
                var webhook = new Webhook
                {
                    Id = WebhookId.New(),
                    OrganizationId = "org",
                    Url = MarkedUrl,
                    CaPem = ProxyTrial.TargetPki.RootPem,
                    CreatedAt = TimeProvider.System.GetUtcNow(),
                };
                var failure = await sender.SendAsync(
                    webhook,
                    [new("webhook-signature", ProxyTrial.Mark)],
                    Encoding.ASCII.GetBytes(ProxyTrial.Mark),
                    Cancel
                );
                return failure?.Reason;
            }
        );

    [Theory, Trait(ProxyTrial.Client, "Identity.Service/Console/SignIn/ProviderClient.cs")]
    [MemberData(nameof(Rows))]
    public Task Provider_ThroughAProxy_IsAskedAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            Refused,
            async trial =>
            {
                var client = new ProviderClient(
                    new(new FederationOptions()),
                    Outbound(trial),
                    new(new SignInOptions { Issuer = MarkedUrl, CaFile = trial.TargetRootsFile }),
                    TimeProvider.System,
                    names
                );
                try
                {
                    await client.GetConfigurationAsync(Cancel);
                    return null;
                }
                catch (ProviderUnavailableException e)
                {
                    return e.Message;
                }
            }
        );

    [Theory, Trait(ProxyTrial.Client, "Identity.Service/Certificates/Rotation/Est/EstConnector.cs")]
    [MemberData(nameof(Rows))]
    public Task Enrolment_ThroughAProxy_IsReadByItsServerAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            Refused,
            async trial =>
            {
                var est = new EstOptions
                {
                    Url = new Uri(MarkedUrl),
                    CaFile = trial.TargetRootsFile,
                    Username = "culvert",
                    Password = SecretReference.ToFile(trial.WriteSecret("password", ProxyTrial.Mark)),
                };
                var connector = new EstConnector(
                    new(new CertificateOptions { SigningEst = est }),
                    Outbound(trial),
                    TimeProvider.System,
                    names
                );
                using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
                var request = new CertificateRequest("CN=issuing", key, HashAlgorithmName.SHA256);
                var answer = await connector.SignAsync(request.CreateSigningRequestPem(), Cancel);
                return answer.Error;
            }
        );

    [Theory, Trait(ProxyTrial.Client, "Identity.Service/OAuthClients/ClientDocumentFetcher.cs")]
    [MemberData(nameof(Rows))]
    public Task ClientDocument_ThroughAProxy_IsAskedAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            Refused,
            async trial =>
            {
                var fetcher = new ClientDocumentFetcher(
                    new(new OAuthClientOptions()),
                    Outbound(trial),
                    TimeProvider.System,
                    names
                );
                var document = await fetcher.FetchAsync(MarkedUrl, Cancel);
                return document.Body is null ? document.Detail : null;
            }
        );

    [Theory, Trait(ProxyTrial.Client, "Identity.Service/Connections/UpstreamFetcher.cs")]
    [MemberData(nameof(Rows))]
    public Task UpstreamToken_ThroughAProxy_IsAskedForAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            Refused,
            async trial =>
            {
                var connection = new Connection
                {
                    Id = ConnectionId.Wrap("conn_1"),
                    OrganizationId = "org_1",
                    TunnelId = "tunnel_1",
                    Route = "docs",
                    DisplayName = "Vendor",
                    AuthorizationEndpoint = MarkedUrl,
                    TokenEndpoint = MarkedUrl,
                    ClientId = "culvert",
                    ClientAuth = ConnectionClientAuth.None,
                    Scopes = [],
                    AllowedTargets = [],
                    Stamps = ChangeStamps.Created(TimeProvider.System.GetUtcNow(), "key_1"),
                };
                var fetched = await new UpstreamFetcher(Outbound(trial), TimeProvider.System, names).PostAsync(
                    connection,
                    connection.TokenEndpoint,
                    "token_endpoint",
                    [new("refresh_token", ProxyTrial.Mark)],
                    authorization: null,
                    Cancel
                );
                return fetched.IsSuccess ? null : fetched.Detail;
            }
        );

    [Theory, Trait(ProxyTrial.Client, "Identity.Service/Transparency/Witnesses/WitnessClient.cs")]
    [MemberData(nameof(Rows))]
    public Task Witness_ThroughAProxy_ReadsItAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            Refused,
            async trial =>
            {
                var witness = new WitnessOptions
                {
                    Name = "w1",
                    Url = new Uri(MarkedUrl),
                    Key = new CosignatureKey("witness.example/w1", new byte[32]),
                    CaFile = trial.TargetRootsFile,
                };
                var answer = await new WitnessClient(Outbound(trial), TimeProvider.System, names).AddCheckpointAsync(
                    witness,
                    from: 0,
                    proof: [],
                    new SignedHead(new TreeHead("log.example", 1, new byte[32]), ProxyTrial.Mark),
                    Cancel
                );
                return answer.Detail;
            }
        );

    [Theory, Trait(ProxyTrial.Client, "Identity.Service/GitHubApps/GitHubClient.cs")]
    [MemberData(nameof(Rows))]
    public Task GitHub_ThroughAProxy_ReadsItAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            Refused,
            async trial =>
            {
                var app = new GitHubAppOptions
                {
                    Name = "handbook",
                    ClientId = "Iv23li",
                    KeyLabel = GitHubKey.Value,
                    InstallationId = 1,
                    Tunnels = [],
                    ApiUrl = new Uri(MarkedUrl),
                    CaFile = trial.TargetRootsFile,
                };
                using var logs = new CapturedLogs();
                var client = new GitHubClient(
                    new GitHubAppKeys(new TokenKeyHsm(new InstallationHsm(Hsm)), NullLogger<GitHubAppKeys>.Instance),
                    Outbound(trial),
                    TimeProvider.System,
                    names,
                    new Logger<GitHubClient>(new LoggerFactory([logs]))
                );
                (await client.RequestAsync(app, Cancel)).IsOk.ShouldBeFalse();
                return logs.Text;
            }
        );

    [Theory, Trait(ProxyTrial.Client, "Identity.Service/Audit/Export/SyslogSink.cs")]
    [MemberData(nameof(Rows))]
    public Task Syslog_ThroughAProxy_IsReadByItsServerAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            ByText(way),
            async trial =>
            {
                var sink = new SyslogSink(
                    new SyslogTarget(ProxyTrial.Host, SyslogTarget.UsualPort, trial.TargetRootsFile),
                    Network(trial)
                );
                return (await sink.SendAsync([Entry()], Cancel)).Error;
            },
            new ProxyTrialTerms { Target = (certificate, issuing) => new SyslogTrialTarget(certificate, issuing) }
        );

    [Theory, Trait(ProxyTrial.Client, "Identity.Service/Mail/SmtpRelay.cs")]
    [MemberData(nameof(Rows))]
    public Task Mail_ThroughAProxy_IsReadByItsRelayAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            ByText(way),
            async trial =>
            {
                var mail = new MailOptions
                {
                    Host = ProxyTrial.Host,
                    Port = 465,
                    Tls = MailTls.Implicit,
                    CaFile = trial.TargetRootsFile,
                    Username = "culvert",
                    Password = SecretReference.ToFile(trial.WriteSecret("password", ProxyTrial.Mark)),
                    From = "culvert@corp.example",
                };
                var relay = new SmtpRelay(
                    new(mail),
                    Outbound(trial),
                    new ServiceIdentity("https://id.example", "https://id.example:8444", "id.example"),
                    TimeProvider.System
                );
                var note = new MailNote("m1", "ops@corp.example", ProxyTrial.Mark, ProxyTrial.Mark);
                return (await relay.SendAsync(note, Cancel))?.Reason;
            },
            new ProxyTrialTerms { Target = (certificate, issuing) => new MailTrialTarget(certificate, issuing) }
        );

    private static string ByText(WayToTarget way) => way == WayToTarget.ProxyInClear ? "frame" : "certificate";

    private static ExportedEntry Entry() =>
        new(
            new AuditEntry
            {
                Node = "node-1",
                Sequence = 1,
                Body = Encoding.ASCII.GetBytes($"{{\"detail\":\"{ProxyTrial.Mark}\"}}"),
                Salt = [1],
                BodyDigest = new byte[32],
                Hash = new byte[32],
            },
            "org-1",
            "thing_happened",
            TimeProvider.System.GetUtcNow()
        );

    private static Current<OutboundOptions> Outbound(ProxyTrial trial) =>
        new(new OutboundOptions { Network = Network(trial) });

    private static NetworkOptions Network(ProxyTrial trial) =>
        new()
        {
            Proxy = new HttpProxyOptions { Url = trial.ProxyUrl },
            CaBundle = trial.BundleFile,
        };
}
