using System.Collections;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Commands;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Mail;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tests.Configuration;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Commands;

/// <summary>Which keys a running service takes over, and that each of them reaches the options that are read.</summary>
public sealed class ReloadTests
{
    private const string Mail = "host: relay.test, from: a@example.com, recipient_domains: [example.com]";
    private const string SignIn = "issuer: \"https://idp.test\", client_id: one, roles: {viewer: [staff]}";

    // What a file must say for the key to differ from the default, and where the running service reads it.
    private static readonly Row[] Rows =
    [
        new("certificates.server_life", "1h", s => Get<CertificateOptions>(s).ServerLife),
        new("certificates.server_life_max", "48h", s => Get<CertificateOptions>(s).ServerLifeMax),
        new("certificates.platform_life", "2h", s => Get<CertificateOptions>(s).PlatformLife),
        new("certificates.backdate", "1m", s => Get<CertificateOptions>(s).Backdate),
        new("certificates.approval", "single", s => Get<CertificateOptions>(s).SingleApproval),
        new("certificates.propagation", "1h", s => Get<CertificateOptions>(s).Propagation),
        new("certificates.key_retention", "1h", s => Get<CertificateOptions>(s).KeyRetention),
        new("certificates.dangerous_allow_key_import", "true", s => Get<CertificateOptions>(s).DangerousAllowKeyImport),
        new(
            "certificates.dangerous_platform_root_wait",
            "5s",
            s => Get<CertificateOptions>(s).DangerousPlatformRootWait
        ),
        new("certificates.blocked_keys_file", "/dev/null", s => Get<CertificateOptions>(s).BlockedKeysFile),
        new("certificates.crl_shards", "4", s => Get<CertificateOptions>(s).RevocationShards),
        new("certificates.crl_life", "1h", s => Get<CertificateOptions>(s).RevocationListLife),
        new("certificates.crl_url", "http://x.test", s => Get<CertificateOptions>(s).RevocationUrl),
        new("certificates.crl_address", "always", s => Get<CertificateOptions>(s).ListAlways),
        new("certificates.ocsp_life", "2h", s => Get<CertificateOptions>(s).OcspLife),
        new("certificates.ocsp_url", "http://x.test", s => Get<CertificateOptions>(s).OcspUrl),
        new("certificates.ocsp_address", "always", s => Get<CertificateOptions>(s).ResponderAddress),
        new("federation.leeway", "1s", s => (Get<FederationOptions>(s).Leeway, Get<ClockOptions>(s).Tolerance)),
        new("federation.max_rule_token_life", "1h", s => Get<FederationOptions>(s).MaxRuleTokenLife),
        new("federation.lint_warnings", "justify", s => Get<FederationOptions>(s).JustifyLintWarnings),
        new("federation.history_retention", "30d", s => Get<FederationOptions>(s).HistoryRetention),
        new("federation.signal_poll_interval", "1m", s => Get<FederationOptions>(s).SignalPollInterval),
        new("federation.jwks_directory", "/keys", s => Get<FederationOptions>(s).JwksDirectory),
        new("federation.fetch.timeout", "1s", s => Get<FederationOptions>(s).Fetch.Timeout),
        new("federation.fetch.max_bytes", "1MiB", s => Get<FederationOptions>(s).Fetch.MaxBytes),
        new("federation.fetch.refresh", "1m", s => Get<FederationOptions>(s).Fetch.Refresh),
        new("federation.fetch.min_refresh", "1m", s => Get<FederationOptions>(s).Fetch.MinRefresh),
        new("federation.fetch.pause_after", "3", s => Get<FederationOptions>(s).Fetch.PauseAfter),
        new(
            "federation.fetch.refetch_on_bad_signature",
            "false",
            s => Get<FederationOptions>(s).Fetch.RefetchOnBadSignature
        ),
        new("federation.fetch.concurrency", "3", s => Get<FederationOptions>(s).Fetch.Concurrency),
        new("federation.fetch.stale_ok", "1h", s => Get<FederationOptions>(s).Fetch.StaleOk),
        new("federation.fetch.hard_expiry", "48h", s => Get<FederationOptions>(s).Fetch.HardExpiry),
        new("private_issuer_networks", "[10.0.0.0/8]", s => Get<OutboundOptions>(s).PrivateNetworks),
        new("agents.live_for", "10m", s => Get<AgentOptions>(s).LiveFor),
        new("agents.feed_wait_max", "10s", s => Get<AgentOptions>(s).FeedWaitMax),
        new("agents.max_since_proof", "1h", s => Get<AgentOptions>(s).MaxSinceProof),
        new("agents.instances_per_tunnel", "2", s => Get<AgentOptions>(s).InstancesPerTunnel),
        new("tunnels.domain_suffix", "t.test", s => Get<TunnelOptions>(s).DomainSuffix),
        new("tunnels.per_organization", "2", s => Get<TunnelOptions>(s).PerOrganization),
        new("tunnels.default_client_ranges", "[10.0.0.0/8]", s => Get<TunnelOptions>(s).DefaultClientRanges),
        new("tunnels.default_agent_ranges", "[10.0.0.0/8]", s => Get<TunnelOptions>(s).DefaultAgentRanges),
        new("tunnels.edges_per_tunnel", "5", s => Get<TunnelOptions>(s).EdgesPerTunnel),
        new("tunnels.edge_handover", "1m", s => Get<TunnelOptions>(s).EdgeHandover),
        new("tunnels.hostnames.public_suffix_file", "/list", s => Get<HostnameOptions>(s).PublicSuffixFile),
        new("tunnels.hostnames.resolvers", "[\"10.0.0.1:53\"]", s => Get<HostnameOptions>(s).Resolvers),
        new("tunnels.hostnames.name_server_port", "54", s => Get<HostnameOptions>(s).NameServerPort),
        new(
            "tunnels.hostnames.private_name_servers",
            "[10.0.0.0/8]",
            s => Get<HostnameOptions>(s).PrivateNameServers.Ranges
        ),
        new("limits.exchange_per_address", "1/1s", s => Get<LimitOptions>(s).ExchangePerAddress),
        new("limits.exchange_total", "1/1s", s => Get<LimitOptions>(s).ExchangeTotal),
        new("limits.exchange_per_subject", "1/1s", s => Get<LimitOptions>(s).ExchangePerSubject),
        new("limits.exchange_per_issuer", "1/1s", s => Get<LimitOptions>(s).ExchangePerIssuer),
        new("limits.history_per_address", "1/1s", s => Get<LimitOptions>(s).HistoryPerAddress),
        new("limits.lists_per_address", "1/1s", s => Get<LimitOptions>(s).ListsPerAddress),
        new("limits.lists_total", "1/1s", s => Get<LimitOptions>(s).ListsTotal),
        new("limits.ocsp_total", "1/1s", s => Get<LimitOptions>(s).OcspTotal),
        new("limits.ocsp_signatures", "1/1s", s => Get<LimitOptions>(s).OcspSignatures),
        new("limits.certificates_per_identity", "1/1s", s => Get<LimitOptions>(s).CertificatesPerIdentity),
        new("limits.certificates_per_tunnel", "1/1s", s => Get<LimitOptions>(s).CertificatesPerTunnel),
        new("limits.certificates_per_authority", "1/1s", s => Get<LimitOptions>(s).CertificatesPerAuthority),
        new("limits.signing_queue", "1", s => Get<LimitOptions>(s).SigningQueue),
        new("limits.costly_per_caller", "1/1s", s => Get<LimitOptions>(s).CostlyPerCaller),
        new("limits.api_connections", "1", s => Get<LimitOptions>(s).ApiConnections),
        new("limits.machine_connections", "1", s => Get<LimitOptions>(s).MachineConnections),
        new("limits.connections_per_address", "1", s => Get<LimitOptions>(s).ConnectionsPerAddress),
        new("limits.handshakes_per_address", "1", s => Get<LimitOptions>(s).HandshakesPerAddress),
        new("limits.new_connections_per_address", "1/1s", s => Get<LimitOptions>(s).NewConnectionsPerAddress),
        new("limits.body_bytes", "64KiB", s => Get<LimitOptions>(s).BodyBytes),
        new("api.trusted_proxies", "[10.0.0.0/8]", s => Get<ServiceOptions>(s).ApiTrustedProxies.Ranges),
        new("api.proxy_protocol.trusted_proxies", "[10.0.0.0/8]", s => Get<ServiceOptions>(s).ApiProxyProtocol)
        {
            Yaml = "api: {proxy_protocol: {required: true, trusted_proxies: [10.0.0.0/8]}}",
        },
        new("machine.proxy_protocol.trusted_proxies", "[10.0.0.0/8]", s => Get<ServiceOptions>(s).MachineProxyProtocol)
        {
            Yaml = "machine: {proxy_protocol: {required: true, trusted_proxies: [10.0.0.0/8]}}",
        },
        new("audit.retention", "401d", s => Get<AuditOptions>(s).Retention),
        new("drain_delay", "3s", s => Get<ServiceOptions>(s).DrainDelay),
        new("notices.days", "[7]", s => Get<NoticeOptions>(s).Days),
        new("mail.host", "relay.test", s => Get<MailOptions>(s).Host) { Yaml = $"mail: {{{Mail}}}" },
        new("mail.from", "a@example.com", s => Get<MailOptions>(s).From) { Yaml = $"mail: {{{Mail}}}" },
        new("mail.recipient_domains", "[example.com]", s => Get<MailOptions>(s).RecipientDomains)
        {
            Yaml = $"mail: {{{Mail}}}",
        },
        new("mail.username", "culvert", s => Get<MailOptions>(s).Username)
        {
            Yaml = $"mail: {{{Mail}, username: culvert, password: \"env:PATH\"}}",
        },
        new("mail.password", "env:PATH", s => Get<MailOptions>(s).Password)
        {
            Yaml = $"mail: {{{Mail}, username: culvert, password: \"env:PATH\"}}",
        },
        new("mail.port", "25", s => Get<MailOptions>(s).Port),
        new("mail.tls", "implicit", s => Get<MailOptions>(s).Tls),
        new("mail.dangerous_allow_plaintext", "true", s => Get<MailOptions>(s).Tls),
        new("mail.ca_file", "/ca.pem", s => Get<MailOptions>(s).CaFile),
        new("mail.per_minute", "1", s => Get<MailOptions>(s).PerMinute),
        new("sign_in.issuer", "https://idp.test", s => Get<SignInOptions>(s).Issuer)
        {
            Yaml = $"sign_in: {{{SignIn}}}",
        },
        new("sign_in.client_id", "one", s => Get<SignInOptions>(s).ClientId) { Yaml = $"sign_in: {{{SignIn}}}" },
        new("sign_in.roles", "{viewer: [staff]}", s => Get<SignInOptions>(s).Roles) { Yaml = $"sign_in: {{{SignIn}}}" },
        new("sign_in.command_line_client_id", "two", s => Get<SignInOptions>(s).CommandLineClientId)
        {
            Yaml = $"sign_in: {{{SignIn}, command_line_client_id: two}}",
        },
        new("sign_in.client_secret", "env:PATH", s => Get<SignInOptions>(s).ClientSecret)
        {
            Yaml = $"sign_in: {{{SignIn}, client_secret: \"env:PATH\"}}",
        },
        new("sign_in.ca_file", "/ca.pem", s => Get<SignInOptions>(s).CaFile),
        new("sign_in.networks", "[10.0.0.0/8]", s => Get<SignInOptions>(s).Networks.Ranges),
        new("sign_in.algorithms", "[ES384]", s => Get<SignInOptions>(s).Algorithms),
        new("sign_in.scopes", "[groups]", s => Get<SignInOptions>(s).Scopes),
        new("sign_in.roles_claim", "roles", s => Get<SignInOptions>(s).RolesClaim),
        new("sign_in.organization", "org_1", s => Get<SignInOptions>(s).Organization),
        new("sign_in.admin_keys", "false", s => Get<SignInOptions>(s).AdminKeys),
        new("sign_in.session", "1h", s => Get<SignInOptions>(s).Session),
        new("sign_in.idle", "5m", s => Get<SignInOptions>(s).Idle),
    ];

    [Theory]
    [InlineData("log.level", true)]
    [InlineData("notices.days", true)]
    [InlineData("log.file", true)]
    [InlineData("log.format", true)]
    [InlineData("limits.exchange_per_address", true)]
    [InlineData("limits.costly_per_caller", true)]
    [InlineData("limits.body_bytes", true)]
    [InlineData("limits.new_connections_per_address", true)]
    [InlineData("certificates.server_life", true)]
    [InlineData("certificates.signing_connector.command", false)]
    [InlineData("federation.fetch.timeout", true)]
    [InlineData("federation.replay_mode", false)]
    [InlineData("tunnels.hostnames.resolvers", true)]
    [InlineData("api.trusted_proxies", true)]
    [InlineData("api.proxy_protocol.required", false)]
    [InlineData("api.listen", false)]
    [InlineData("audit.retention", true)]
    [InlineData("audit.export", false)]
    [InlineData("network.proxy.url", false)]
    [InlineData("public_url", false)]
    [InlineData("storage.type", false)]
    [InlineData("notices", false)]
    public void IsReloadable_OnlyWhatIsReadAtEachUse(string key, bool expected) =>
        RunCommand.IsReloadable(key).ShouldBe(expected);

    public static TheoryData<string> Keys => [.. Rows.Select(row => row.Key)];

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Use_ChangedKey_ReachesTheOptionsThatAreRead(string key)
    {
        var row = Rows.Single(one => one.Key == key);
        var services = new ServiceCollection();
        services.AddSingleton(new JobScheduler([], null!, null!, TimeProvider.System, NullLoggerFactory.Instance));
        OptionsInForce.AddTo(services, Load(""));
        await using var provider = services.BuildServiceProvider();
        var before = Describe(row.Read(provider));

        await provider.GetRequiredService<OptionsInForce>().UseAsync(Load(row.Yaml), CancellationToken.None);

        RunCommand.IsReloadable(key).ShouldBeTrue();
        Describe(row.Read(provider)).ShouldNotBe(before);
    }

    [Fact]
    public void EveryReloadableKey_BelongsToOptionsThatAreReplaced()
    {
        // The log has its own holder, which the last key of a proxy that is not there yet needs no more than it.
        var reloadable = WrittenConfiguration
            .Load(WrittenConfiguration.Minimal)
            .Values.Select(value => value.Path)
            .Concat(RunCommand.DescribeKeys().Names)
            .Where(key => RunCommand.IsReloadable(key) && !key.StartsWith("log.", StringComparison.Ordinal))
            .Where(key => key != "federation.fetch.proxy")
            .Select(key => key.Replace("sign_in.roles.NAME", "sign_in.roles", StringComparison.Ordinal))
            .Distinct();

        reloadable.Order().ShouldBe(Rows.Select(row => row.Key).Order());
    }

    /// <summary>A consumer that could get the bare options would keep those of the start.</summary>
    [Fact]
    public async Task ReplacedOptions_AreNotInTheContainerThemselves()
    {
        List<Type> types = [];
        await using var service = await ServiceUnderTest.StartAsync(services =>
            types.AddRange(services.Select(one => one.ServiceType))
        );

        var replaced = types
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Current<>))
            .Select(type => type.GetGenericArguments()[0])
            .ToList();
        replaced.Count.ShouldBeGreaterThan(10);
        types.ShouldNotContain(type => replaced.Contains(type));
    }

    private static T Get<T>(IServiceProvider services)
        where T : class => services.GetRequiredService<Current<T>>().Value;

    private static ServiceOptions Load(string yaml)
    {
        var loaded = WrittenConfiguration.Load($"{WrittenConfiguration.Minimal}\n{yaml}\n");
        loaded.Errors.ShouldBeEmpty();
        return loaded.Settings!.Options;
    }

    private static string Describe(object? value) =>
        value is IEnumerable list and not string
            ? string.Join(", ", list.Cast<object>().Select(one => $"{one}"))
            : $"{value}";

    private sealed record Row(string Key, string Value, Func<IServiceProvider, object?> Read)
    {
        /// <summary>The file's part, where other keys must go with it.</summary>
        public string Yaml { get; init; } = Write(Key.Split('.'), Value);

        private static string Write(string[] path, string value) =>
            path.Length == 1 ? $"{path[0]}: {value}"
            : path.Length == 2 ? $"{path[0]}: {{{path[1]}: {value}}}"
            : $"{path[0]}: {{{Write(path[1..], value)}}}";
    }
}
