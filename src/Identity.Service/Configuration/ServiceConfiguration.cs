using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Audit.Export;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Certificates.Revocation.Ocsp;
using Culvert.Identity.Service.Certificates.Rotation.Est;
using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Jose.Algorithms;
using Culvert.Platform.Certificates;
using Culvert.Platform.Configuration;
using Culvert.Platform.Fetching;
using Culvert.Platform.Health;
using Culvert.Platform.Launching;
using Culvert.Platform.Logging;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Platform.Telemetry;

namespace Culvert.Identity.Service.Configuration;

/// <summary>Reads <c>identity-service.yaml</c>; every fault of it is reported at once. Keys without effect are refused.</summary>
internal static partial class ServiceConfiguration
{
    public static ServiceSettings Read(ConfigSection root)
    {
        var publicUrl = ServiceUrl(root, "public_url");
        var (api, machine, keys) = (root.Section("api"), root.Section("machine"), root.Section("keys"));
        var options = new ServiceOptions
        {
            PublicUrl = publicUrl,
            MachineUrl = ServiceUrl(root, "machine_url"),
            TrustDomain = TrustDomain(root, publicUrl),
            StateDirectory = root.Path("state_dir", "/var/lib/culvert/identity-service"),
            ApiListen = api.EndPoints("listen", "[::]:8443"),
            ApiProxyProtocol = ProxyProtocolSection.Read(api),
            ApiTrustedProxies = api.Ranges("trusted_proxies"),
            ApiCertificate = ApiCertificate(api),
            MachineListen = machine.EndPoints("listen", "[::]:8444"),
            MachineProxyProtocol = ProxyProtocolSection.Read(machine),
            NodeId = root.Section("node").Int("id", 0, 0, 127),
            NodeName = NodeName(root.Section("node")),
            DrainDelay = root.Duration("drain_delay", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            Storage = Storage(root.Section("storage")),
            SealingKey = SealingKey(keys),
            Pkcs11 = Pkcs11(keys.Section("pkcs11")),
            TokenSigning = TokenSigning(keys),
            PlatformCa = PlatformCa(keys.Section("platform_ca")),
            PrivateIssuerNetworks = root.PrivateNetworks("private_issuer_networks"),
            Federation = Federation(root.Section("federation")),
            AuditRetention = AuditRetention(root.Section("audit")),
            AuditTargets = AuditTargets.Read(root),
            Certificates = Certificates(root.Section("certificates")),
            Tunnels = Tunnels(root.Section("tunnels")),
            Agents = Agents(root.Section("agents")),
            Limits = Limits(root.Section("limits")),
            Notices = Notices(root.Section("notices")),
            SignIn = SignIn(root.Section("sign_in")),
            Network = NetworkSection.Read(root),
        };
        CheckRetention(root, options);
        var health = HealthSection.ReadServer(root, "127.0.0.1:8445");
        return new ServiceSettings(
            options with
            {
                HealthListen = health.Listen,
            },
            health,
            LogSection.Read(root),
            TelemetrySection.Read(root)
        );
    }

    // Compared byte for byte by tokens and machines, so it is kept as written: there must be one way to write it.
    private static string ServiceUrl(ConfigSection root, string key)
    {
        var text = root.RequiredString(key);
        var valid =
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url is { Scheme: "https", AbsolutePath: "/", UserInfo: "", Query: "", Fragment: "" }
            && text == url.GetLeftPart(UriPartial.Authority);
        if (!valid && text.Length > 0)
        {
            root.Error(
                key,
                "This is not the base URL of a service.",
                "Write https://, the name in lower case and the port, with nothing after it (and no :443)."
            );
        }

        return text;
    }

    private static string TrustDomain(ConfigSection root, string publicUrl)
    {
        var text = root.String("trust_domain");
        if (text.Length > 0 && !SpiffeId.IsTrustDomain(text))
        {
            root.Error("trust_domain", "This is not a trust domain.", "Use 1 to 255 of a-z, 0-9, '.', '-' and '_'.");
        }

        if (text.Length > 0 || !Uri.TryCreate(publicUrl, UriKind.Absolute, out var url))
        {
            return text;
        }

        if (!SpiffeId.IsTrustDomain(url.Host))
        {
            root.Error("trust_domain", "The host of public_url cannot be a trust domain.", "Set trust_domain.");
        }

        return url.Host;
    }

    private static CertificatePair? ApiCertificate(ConfigSection api)
    {
        var tls = api.Section("tls");
        var (certificate, key) = (tls.Path("certificate_file"), tls.Path("key_file"));
        if (certificate.Length == 0 != (key.Length == 0))
        {
            tls.Error(
                certificate.Length == 0 ? "certificate_file" : "key_file",
                "Certificate and key belong together.",
                "Set both, or neither to use the platform CA."
            );
        }

        return certificate.Length > 0 && key.Length > 0 ? new CertificatePair(certificate, key) : null;
    }

    private static string NodeName(ConfigSection node)
    {
        var name = node.String("name");
        if (name.Length > 0 && !NodeNames().IsMatch(name))
        {
            node.Error("name", "This is not the name of a node.", "Use 1 to 63 of a-z, 0-9 and '-', such as node-2.");
        }

        return name;
    }

    private static StorageOptions Storage(ConfigSection storage)
    {
        var isPostgres = storage.Choice("type", "sqlite", "sqlite", "postgres") == "postgres";
        var sqlite = storage.Section("sqlite");
        return new StorageOptions
        {
            File = sqlite.String("file", "identity.db"),
            DiskReserveBytes = sqlite.Size("disk_reserve", 256L * 1024 * 1024),
            CommitLinger = storage.Duration("commit_linger", TimeSpan.Zero, max: TimeSpan.FromMilliseconds(50)),
            Postgres = Postgres(storage.Section("postgres"), isPostgres),
            ApplyMigrations = storage.Choice("migrate", "refuse", "refuse", "apply") == "apply",
        };
    }

    private static PostgresOptions? Postgres(ConfigSection postgres, bool isUsed)
    {
        var connection = postgres.Secret("connection");
        var maxConnections = postgres.Int("max_connections", 20, 1, 1000);
        if (isUsed && connection is null)
        {
            postgres.Error(
                "connection",
                "This key is required when storage.type is postgres.",
                "Write file:/path or env:NAME of a connection string."
            );
        }

        return isUsed && connection is not null
            ? new PostgresOptions(connection.Read) { MaxConnections = maxConnections }
            : null;
    }

    private static SealingKeyOptions SealingKey(ConfigSection keys)
    {
        // Init makes a key file that is not there yet, so it need not exist while the file is merely checked.
        var reference = keys.Secret("sealing_key", required: true, mustExist: false);
        return new SealingKeyOptions(
            reference?.FilePath,
            () => (reference ?? throw new SecretUnavailableException("keys.sealing_key is not set.")).Read()
        );
    }

    private static Pkcs11Settings? Pkcs11(ConfigSection section)
    {
        var (module, token) = (section.Path("module"), section.String("token"));
        var pin = section.Secret("pin");
        if (module.Length == 0 && token.Length == 0 && pin is null)
        {
            return null;
        }

        foreach (
            var (key, isSet) in new[]
            {
                ("module", module.Length > 0),
                ("token", token.Length > 0),
                ("pin", pin is not null),
            }
        )
        {
            if (!isSet)
            {
                section.Error(key, "Module, token and pin belong together.", "Set all three, or none to use no HSM.");
            }
        }

        return new Pkcs11Settings(
            module,
            token,
            () => (pin ?? throw new SecretUnavailableException("keys.pkcs11.pin is not set.")).Read().Trim()
        );
    }

    private static TokenSigningOptions TokenSigning(ConfigSection keys)
    {
        var signing = keys.Section("token_signing");
        var store = signing.Choice("store", KeyCustodies.Sealed, KeyCustodies.Sealed, KeyCustodies.Pkcs11);
        if (store == KeyCustodies.Pkcs11 && keys.Section("pkcs11").Path("module").Length == 0)
        {
            signing.Error("store", "No HSM is configured.", "Set keys.pkcs11, or use sealed.");
        }

        var options = new TokenSigningOptions
        {
            Custody = WireNames.Parse<KeyCustody>(store),
            RotateEvery = signing.Duration(
                "rotate_every",
                TimeSpan.FromDays(30),
                TimeSpan.FromHours(1),
                TimeSpan.FromDays(365)
            ),
            PublishBefore = signing.Duration(
                "publish_before",
                TimeSpan.FromHours(25),
                SigningKeyPlan.ShortestPublication
            ),
        };
        if (options.PublishBefore >= options.RotateEvery)
        {
            signing.Error(
                "publish_before",
                "A key would have to be published before the one before it.",
                "Use a time shorter than rotate_every."
            );
        }
        else if (SigningKeyPlan.KeysAtOnce(options) > SigningKeyPlan.MaxKeys)
        {
            signing.Error(
                "rotate_every",
                $"More than {SigningKeyPlan.MaxKeys} keys would be published at once.",
                "Rotate less often, or publish later."
            );
        }

        return options;
    }

    private static PlatformCaOptions PlatformCa(ConfigSection ca)
    {
        ca.Choice("store", "sealed", "sealed");
        var options = new PlatformCaOptions
        {
            RootLife = ca.Duration("root_life", TimeSpan.FromDays(3650), TimeSpan.FromDays(30)),
            IssuingLife = ca.Duration("issuing_life", TimeSpan.FromDays(90), TimeSpan.FromDays(1)),
        };
        if (options.IssuingLife >= options.RootLife)
        {
            ca.Error("issuing_life", "The issuing CA would outlive its root.", "Use a time shorter than root_life.");
        }

        return options;
    }

    private static TimeSpan AuditRetention(ConfigSection audit) =>
        audit.Duration("retention", TimeSpan.FromDays(400), TimeSpan.FromDays(30), TimeSpan.FromDays(3650));

    // The history is read from the audit's bodies where a token was proven: it cannot reach further back.
    private static void CheckRetention(ConfigSection root, ServiceOptions options)
    {
        if (options.AuditRetention < options.Federation.HistoryRetention)
        {
            root.Section("audit")
                .Error(
                    "retention",
                    "The audit would be dropped before the history that is read from it (federation.history_retention).",
                    "Raise audit.retention, or lower federation.history_retention."
                );
        }
    }

    private static FederationOptions Federation(ConfigSection federation)
    {
        federation.Choice("replay_mode", "single_use", "single_use");
        federation.NotYet("reissue_window");
        var fetch = federation.Section("fetch");
        fetch.NotYet("proxy", permitted: "");
        var directory = federation.Path("jwks_directory");
        var options = new FederationOptions
        {
            Leeway = federation.Duration("leeway", TimeSpan.FromSeconds(30), max: TimeSpan.FromSeconds(60)),
            MaxRuleTokenLife = federation.Duration(
                "max_rule_token_life",
                TimeSpan.FromHours(24),
                TimeSpan.FromMinutes(1),
                TimeSpan.FromHours(24)
            ),
            JwksDirectory = directory.Length == 0 ? null : directory,
            JustifyLintWarnings = federation.Choice("lint_warnings", "report", "report", "justify") == "justify",
            HistoryRetention = federation.Duration("history_retention", TimeSpan.FromDays(90), TimeSpan.FromHours(1)),
            Fetch = new FetchOptions
            {
                Timeout = fetch.Duration(
                    "timeout",
                    TimeSpan.FromSeconds(5),
                    TimeSpan.FromMilliseconds(100),
                    TimeSpan.FromSeconds(60)
                ),
                MaxBytes = fetch.Size("max_bytes", 256 * 1024, 1024, 16 * 1024 * 1024),
                Refresh = fetch.Duration("refresh", TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1)),
                MinRefresh = fetch.Duration("min_refresh", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1)),
                PauseAfter = fetch.Int("pause_after", 20, 1, 10_000),
                RefetchOnBadSignature = fetch.Bool("refetch_on_bad_signature", true),
                Concurrency = fetch.Int("concurrency", 8, 1, 256),
                StaleOk = fetch.Duration("stale_ok", TimeSpan.FromHours(24), TimeSpan.FromMinutes(1)),
                HardExpiry = fetch.Duration("hard_expiry", TimeSpan.FromDays(7), TimeSpan.FromMinutes(1)),
            },
        };
        if (options.Fetch.HardExpiry < options.Fetch.StaleOk)
        {
            fetch.Error("hard_expiry", "Keys would be refused before they are stale.", "Use at least stale_ok.");
        }

        return options;
    }

    private static EstOptions? Est(ConfigSection connector)
    {
        var section = connector.Section("est");
        var url = section.Url("url", schemes: "https");
        var (username, password) = (section.String("username"), section.Secret("password", mustExist: false));
        var (certificate, key) = (section.Path("certificate_file"), section.Path("key_file"));
        var options = new EstOptions
        {
            Url = url ?? new Uri("https://invalid"),
            CaFile = section.Path("ca_file"),
            Username = username,
            Password = password,
            Certificate = certificate.Length > 0 && key.Length > 0 ? new CertificatePair(certificate, key) : null,
            Networks = section.Ranges("networks"),
        };
        if (url is null)
        {
            return null;
        }

        if (options.CaFile.Length == 0)
        {
            section.Error("ca_file", "The server's root is not named.", "Name the PEM file with the roots to trust.");
        }

        if (certificate.Length == 0 != (key.Length == 0))
        {
            section.Error("key_file", "Certificate and key belong together.", "Set certificate_file and key_file.");
        }

        if (username.Length == 0 != password is null || username.Contains(':'))
        {
            section.Error(
                "username",
                "User name and password belong together, and a user name has no colon (RFC 7617).",
                "Set username and password, or neither."
            );
        }

        if (options.Password is null && options.Certificate is null)
        {
            section.Error(
                "url",
                "The service has no credential for the enrolment server.",
                "Set username and password, or certificate_file and key_file."
            );
        }

        if (connector.Strings("command").Count > 0)
        {
            connector.Error("command", "There are two signing connectors.", "Set either command or est, not both.");
        }

        return options;
    }

    private static CertificateOptions Certificates(ConfigSection certificates)
    {
        certificates.Choice("lint_warnings", "report", "report");
        // Opened once: each section knows the keys that it was asked for, and refuses the others.
        var connector = certificates.Section("signing_connector");
        var shortest = TimeSpan.FromSeconds(5);
        var options = new CertificateOptions
        {
            ServerLife = certificates.Duration("server_life", TimeSpan.FromHours(24), shortest, TimeSpan.FromDays(90)),
            ServerLifeMax = certificates.Duration(
                "server_life_max",
                TimeSpan.FromDays(90),
                shortest,
                TimeSpan.FromDays(398)
            ),
            PlatformLife = certificates.Duration(
                "platform_life",
                TimeSpan.FromHours(1),
                shortest,
                TimeSpan.FromHours(24)
            ),
            Backdate = certificates.Duration("backdate", TimeSpan.FromMinutes(2), max: TimeSpan.FromMinutes(5)),
            SigningCommand = connector.Strings("command"),
            SigningEnvironment = connector.Strings("inherit_environment", [.. ChildCommand.UsualEnvironment]),
            SigningEst = Est(connector),
            KeyRetention = certificates.Duration("key_retention", TimeSpan.FromDays(30), max: TimeSpan.FromDays(3650)),
            Propagation = certificates.Duration("propagation", TimeSpan.FromHours(24), max: TimeSpan.FromDays(30)),
            SingleApproval = certificates.Choice("approval", "two_person", "two_person", "single") == "single",
            DangerousAllowKeyImport = certificates.Bool("dangerous_allow_key_import", false),
            RevocationShards = certificates.Int("crl_shards", 128, 1, RevocationShards.Most),
            RevocationListLife = certificates.Duration(
                "crl_life",
                TimeSpan.FromHours(24),
                TimeSpan.FromMinutes(10),
                TimeSpan.FromDays(7)
            ),
            RevocationUrl = certificates.String("crl_url", "").TrimEnd('/'),
            ListAlways = certificates.Choice("crl_address", "long_lived", "long_lived", "always") == "always",
            OcspLife = certificates.Duration(
                "ocsp_life",
                TimeSpan.FromHours(1),
                TimeSpan.FromMinutes(10),
                TimeSpan.FromHours(12)
            ),
            OcspUrl = certificates.String("ocsp_url", "").TrimEnd('/'),
            ResponderAddress = certificates.Choice("ocsp_address", "never", "never", "long_lived", "always") switch
            {
                "always" => ResponderAddress.Always,
                "long_lived" => ResponderAddress.LongLived,
                _ => ResponderAddress.Never,
            },
            BlockedKeysFile = certificates.Path("blocked_keys_file"),
        };
        if (
            options.BlockedKeysFile.Length > 0
            && !BlockedKeyList.TryRead(options.BlockedKeysFile, out _, out var fault)
        )
        {
            certificates.Error(
                "blocked_keys_file",
                $"The list is not usable: {fault}",
                "Write one SHA-256 of a SubjectPublicKeyInfo per line, in hex, or leave the key empty."
            );
        }

        if (options.ServerLife > options.ServerLifeMax)
        {
            certificates.Error(
                "server_life",
                "The default lifetime is longer than the maximum.",
                "Use at most server_life_max."
            );
        }

        if (!RevocationShards.IsCount(options.RevocationShards))
        {
            certificates.Error("crl_shards", "It is not a power of two.", "Use 1, 2, 4, … up to 4096.");
        }

        RequireWebAddress(certificates, "crl_url", options.RevocationUrl);
        RequireWebAddress(certificates, "ocsp_url", options.OcspUrl);
        return options;
    }

    private static void RequireWebAddress(ConfigSection certificates, string key, string url)
    {
        if (
            url.Length > 0
            && !(
                Uri.TryCreate(url, UriKind.Absolute, out var address)
                && address.Scheme is "http" or "https"
                && url.All(char.IsAscii)
            )
        )
        {
            certificates.Error(
                key,
                "The URL must start with http:// or https://.",
                "Use the URL that relying parties can reach."
            );
        }
    }

    private static NoticeOptions Notices(ConfigSection notices)
    {
        // Webhooks belong to organizations and are registered through the interface.
        notices.NotYet("webhooks");
        var days = new List<int>();
        foreach (var text in notices.Strings("days", "45", "14", "3"))
        {
            if (
                !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var day)
                || day is < 1 or > 365
                || days.Count == 8
            )
            {
                notices.Error(
                    "days",
                    "The value must be a list of numbers of days.",
                    "Use at most eight numbers from 1 to 365."
                );
                break;
            }

            days.Add(day);
        }

        return new NoticeOptions { Days = [.. days.Distinct().OrderDescending()] };
    }

    private static SignInOptions SignIn(ConfigSection signIn)
    {
        var issuer = signIn.String("issuer");
        if (issuer.Length > 0 && !SafeFetcher.TryParseUrl(issuer, out _))
        {
            signIn.Error("issuer", "This is not the URL of an identity provider.", "Write its issuer: https://…");
        }

        var options = new SignInOptions
        {
            Issuer = issuer,
            ClientId = signIn.String("client_id"),
            ClientSecret = signIn.Secret("client_secret", mustExist: false),
            CaFile = signIn.Path("ca_file"),
            Networks = signIn.Ranges("networks"),
            Algorithms = Algorithms(signIn),
            Scopes = signIn.Strings("scopes"),
            RolesClaim = signIn.String("roles_claim", "groups"),
            Roles = signIn.StringLists("roles"),
            Organization = signIn.String("organization"),
            AdminKeys = signIn.Bool("admin_keys", true),
            Session = signIn.Duration(
                "session",
                TimeSpan.FromHours(8),
                TimeSpan.FromMinutes(5),
                SignInOptions.LongestSession
            ),
            Idle = signIn.Duration("idle", TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(2), TimeSpan.FromHours(24)),
        };
        foreach (var (role, _) in options.Roles)
        {
            if (!ConsoleRole.All.Contains(role))
            {
                signIn.Error("roles", $"The role {role} does not exist.", $"Use {string.Join(", ", ConsoleRole.All)}.");
            }
        }

        if (options.HasProvider && options.ClientId.Length == 0)
        {
            signIn.Error(
                "client_id",
                "The provider knows the console by no name.",
                "Register the client at the provider, and write its client ID."
            );
        }

        if (options.HasProvider && options.Roles.All(role => role.Value.Count == 0))
        {
            signIn.Error(
                "roles",
                "No user could sign in: no value is mapped to a role.",
                "Write roles: {viewer: [VALUE]}."
            );
        }

        if (
            !options.HasProvider
            && (options.ClientId.Length > 0 || options.ClientSecret is not null || options.Roles.Count > 0)
        )
        {
            signIn.Error(
                "issuer",
                "Client and roles belong to an identity provider.",
                "Name it, or remove the other keys."
            );
        }

        return options;
    }

    private static JwsAlgorithms Algorithms(ConfigSection signIn)
    {
        var set = JwsAlgorithms.Empty;
        foreach (var name in signIn.Strings("algorithms", "RS256", "PS256", "ES256"))
        {
            if (JwsAlgorithmExtensions.TryParse(name, out var algorithm))
            {
                set |= algorithm.AsSet();
            }
            else
            {
                signIn.Error(
                    "algorithms",
                    $"The algorithm {name} is not supported.",
                    "Use RS256, PS256, ES256 and their like."
                );
            }
        }

        return set;
    }

    private static TunnelOptions Tunnels(ConfigSection tunnels)
    {
        var suffix = tunnels.String("domain_suffix", "tunnel.example.com");
        if (!HostNames.IsDnsName(suffix))
        {
            tunnels.Error(
                "domain_suffix",
                "This is not a DNS name in lower case.",
                "Write a name such as tunnel.example.com."
            );
        }

        return new TunnelOptions
        {
            DomainSuffix = suffix,
            PerOrganization = tunnels.Int("per_organization", 10, 1, 100_000),
            DefaultClientRanges = Texts(tunnels.Ranges("default_client_ranges").Ranges),
            DefaultAgentRanges = Texts(tunnels.Ranges("default_agent_ranges").Ranges),
            EdgesPerTunnel = tunnels.Int("edges_per_tunnel", TunnelOptions.DefaultEdgesPerTunnel, 1, 1_000),
            EdgeHandover = tunnels.Duration(
                "edge_handover",
                TimeSpan.FromMinutes(10),
                TimeSpan.Zero,
                TimeSpan.FromDays(7)
            ),
            Hostnames = Hostnames(tunnels.Section("hostnames")),
        };
    }

    private static HostnameOptions Hostnames(ConfigSection hostnames) =>
        new()
        {
            PublicSuffixFile = hostnames.Path("public_suffix_file", "/usr/share/publicsuffix/public_suffix_list.dat"),
            Resolvers = hostnames.EndPoints("resolvers"),
            NameServerPort = hostnames.Int("name_server_port", 53, 1, 65535),
            PrivateNameServers = hostnames.Ranges("private_name_servers"),
        };

    private static AgentOptions Agents(ConfigSection agents)
    {
        var options = new AgentOptions
        {
            LiveFor = agents.Duration("live_for", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1)),
            FeedWaitMax = agents.Duration(
                "feed_wait_max",
                TimeSpan.FromSeconds(30),
                TimeSpan.FromSeconds(1),
                TimeSpan.FromMinutes(5)
            ),
            MaxSinceProof = agents.Duration("max_since_proof", TimeSpan.FromHours(24), TimeSpan.FromSeconds(1)),
            InstancesPerTunnel = agents.Int("instances_per_tunnel", 32, 1, 10_000),
        };

        // A contact is written down every third of the life: the next call must come within the rest.
        if (options.LiveFor * 2 <= options.FeedWaitMax * 3)
        {
            agents.Error(
                "live_for",
                "An agent that waits for its feed would count as disconnected: two thirds of this value must exceed feed_wait_max.",
                "Raise live_for, or lower feed_wait_max."
            );
        }

        return options;
    }

    private static LimitOptions Limits(ConfigSection limits)
    {
        var exchange = limits.Rate("exchange_per_address", new Rate(50, TimeSpan.FromSeconds(1)));
        var total = limits.Rate("exchange_total", new Rate(20_000, TimeSpan.FromSeconds(1)));
        var subject = limits.Rate("exchange_per_subject", new Rate(600, TimeSpan.FromMinutes(1)));
        var issuer = limits.Rate("exchange_per_issuer", new Rate(5_000, TimeSpan.FromSeconds(1)));
        var history = limits.Rate("history_per_address", new Rate(10, TimeSpan.FromSeconds(1)));
        var lists = limits.Rate("lists_per_address", new Rate(50, TimeSpan.FromSeconds(1)));
        var listsTotal = limits.Rate("lists_total", new Rate(2_000, TimeSpan.FromSeconds(1)));
        var ocspTotal = limits.Rate("ocsp_total", new Rate(2_000, TimeSpan.FromSeconds(1)));
        var ocspSignatures = limits.Rate("ocsp_signatures", new Rate(500, TimeSpan.FromSeconds(1)));
        var perIdentity = limits.Rate("certificates_per_identity", new Rate(60, TimeSpan.FromMinutes(1)));
        var perTunnel = limits.Rate("certificates_per_tunnel", new Rate(1_000, TimeSpan.FromMinutes(1)));
        var perAuthority = limits.Rate("certificates_per_authority", new Rate(5_000, TimeSpan.FromSeconds(1)));
        var costly = limits.Rate("costly_per_caller", new Rate(30, TimeSpan.FromMinutes(1)));
        var newConnections = limits.Rate("new_connections_per_address", new Rate(500, TimeSpan.FromSeconds(1)));
        return new LimitOptions
        {
            ExchangePerAddress = new RateLimit(exchange.Count, exchange.Per),
            ExchangeTotal = new RateLimit(total.Count, total.Per),
            ExchangePerSubject = new RateLimit(subject.Count, subject.Per),
            ExchangePerIssuer = new RateLimit(issuer.Count, issuer.Per),
            HistoryPerAddress = new RateLimit(history.Count, history.Per),
            ListsPerAddress = new RateLimit(lists.Count, lists.Per),
            ListsTotal = new RateLimit(listsTotal.Count, listsTotal.Per),
            OcspTotal = new RateLimit(ocspTotal.Count, ocspTotal.Per),
            OcspSignatures = new RateLimit(ocspSignatures.Count, ocspSignatures.Per),
            CertificatesPerIdentity = new RateLimit(perIdentity.Count, perIdentity.Per),
            CertificatesPerTunnel = new RateLimit(perTunnel.Count, perTunnel.Per),
            CertificatesPerAuthority = new RateLimit(perAuthority.Count, perAuthority.Per),
            SigningQueue = limits.Int("signing_queue", 256, 1, 100_000),
            CostlyPerCaller = new RateLimit(costly.Count, costly.Per),
            ApiConnections = limits.Int("api_connections", 0, 0, 1_000_000),
            MachineConnections = limits.Int("machine_connections", 0, 0, 1_000_000),
            ConnectionsPerAddress = limits.Int("connections_per_address", 0, 0, 1_000_000),
            HandshakesPerAddress = limits.Int("handshakes_per_address", 256, 1, 1_000_000),
            NewConnectionsPerAddress = new RateLimit(newConnections.Count, newConnections.Per),
            BodyBytes = (int)limits.Size("body_bytes", RequestBody.MaxBytes, 64 * 1024, RequestBody.MaxBytes),
        };
    }

    private static List<string> Texts(IReadOnlyList<IPNetwork> ranges) => [.. ranges.Select(range => range.ToString())];

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,62}$", RegexOptions.CultureInvariant)]
    private static partial Regex NodeNames();
}
