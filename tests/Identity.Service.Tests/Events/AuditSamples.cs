using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Ca.Certificates;
using Culvert.Ca.Refusals;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Backup;
using Culvert.Identity.Service.Certificates.Bundles;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Certificates.RelyingParties;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Exchange.Replays;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Explain;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Federation.Workspaces;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Machines;
using Culvert.Identity.Service.Servers;
using Culvert.Identity.Service.Servers.Calls;
using Culvert.Identity.Service.Servers.Policies;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Identity.Service.Transparency;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.Challenges;
using Culvert.Identity.Service.Tunnels.ClientAuthorities;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Identity.Service.Tunnels.RangeSets;
using Culvert.Identity.Service.Webhooks;
using Culvert.Jose.Keys;
using Culvert.Jose.Tokens;
using Culvert.Platform.Certificates;
using Culvert.Platform.Issuers;
using Culvert.Platform.Transparency;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Events;

/// <summary>Every audit event, with each of its optional members set and not set. Times, ids and keys are fixed.</summary>
internal static class AuditSamples
{
    private const string Organization = "org_1";

    // With an offset and a fraction: both are written as UTC.
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(1));

    private static readonly AuditCause Caller = new(
        new AuditActor
        {
            Type = "person",
            Id = "key_1",
            Issuer = "https://idp.example",
            Subject = "Zoë <z@example>",
            Audience = ["one", "two"],
            IpAddress = "192.0.2.1",
            UserAgent = "agent/1 \"x\"",
        },
        "req_1"
    );

    private static readonly Service.Tunnels.Tunnel Tunnel = new()
    {
        Id = TunnelId.Wrap("tnl_1"),
        OrganizationId = Organization,
        WorkspaceId = "wrkspc_1",
        Domain = "abc.tunnel.example",
        CreatedAt = At,
        Revision = 3,
        ClientSourceRanges = [],
        AgentSourceRanges = [],
        AllowTunnelToken = false,
        BundleEpoch = 1,
        TokenId = TunnelTokenId.Wrap("tnltok_1"),
    };

    private static readonly Service.Tunnels.Tunnel FullTunnel = Tunnel with
    {
        DisplayName = "Wägen & Ähren",
        Revision = 4,
        ClientSourceRanges = ["192.0.2.0/24", "2001:db8::/32"],
        AgentSourceRanges = ["198.51.100.0/24"],
        ClientRangeSets = ["office"],
        Limits = new TunnelLimits(10, "5/s", 1_000_000_000_000, 7),
        Affinity = "source",
        OfflineGraceSeconds = 600,
        PublicPort = 8443,
        AllowTunnelToken = true,
        EdgeIds = ["edge_1", "edge_2"],
    };

    private static readonly Edge Edge = new()
    {
        Id = EdgeId.Wrap("edge_1"),
        Name = "north",
        Addresses = ["192.0.2.7", "2001:db8::7"],
        DnsNames = ["edge.example"],
        CreatedAt = At,
    };

    private static readonly AdminKey AdminKey = new()
    {
        Id = AdminKeyId.Wrap("key_1"),
        OrganizationId = Organization,
        Name = "ops",
        Scopes = new HashSet<string>(StringComparer.Ordinal) { "b", "a" },
        CreatedAt = At,
        ExpiresAt = At.AddDays(1),
    };

    private static readonly Organization Tenant = new(Organization, "Acme", At);

    private static readonly Workspace Workspace = new(WorkspaceId.Wrap("wrkspc_1"), Organization, "Default", true, At);

    private static readonly CertificateRecord Certificate = new()
    {
        Id = CertificateId.Wrap("cert_1"),
        Serial = "0a",
        Kind = CertificateKind.Service,
        Status = CertificateStatus.Intent,
        Identity = "spiffe://example/service",
        IssuedAt = At,
        NotBefore = At.AddMinutes(-5),
        NotAfter = At.AddHours(1),
    };

    private static readonly CertificateRecord FullCertificate = Certificate with
    {
        Kind = CertificateKind.Agent,
        OrganizationId = Organization,
        TunnelId = "tnl_1",
        EnrollmentId = "agt_1",
        EdgeId = "edge_1",
        CaId = "ca_1",
        RevocationReason = RevocationReason.Superseded,
        Fingerprint = "ff00",
    };

    private static readonly PlatformAuthority Root = new()
    {
        Id = CertificateAuthorityId.Wrap("ca_1"),
        Tier = PlatformTier.Root,
        Certificate = ReadCertificate(),
        SealedKey = null,
        CreatedAt = At,
    };

    private static readonly RelyingParty Party = new()
    {
        Id = RelyingPartyId.Wrap("rp_1"),
        OrganizationId = Organization,
        WorkspaceId = "wrkspc_1",
        TunnelId = Tunnel.Id,
        Name = "gateway",
        CreatedBy = "key_1",
        CreatedAt = At,
    };

    private static readonly TunnelAuthority Authority = new()
    {
        Id = CertificateAuthorityId.Wrap("ca_2"),
        OrganizationId = Organization,
        WorkspaceId = "wrkspc_1",
        TunnelId = Tunnel.Id,
        Name = "acme",
        State = AuthorityState.Draft,
        CreatedAt = At,
    };

    private static readonly AuthorityOverride Forced = new(["agt_1"], "incident", "key_2", "person_2", At);

    private static readonly TunnelAuthority FullAuthority = Authority with
    {
        Custody = AuthorityCustody.TrustOnly,
        State = AuthorityState.Active,
        Fingerprint = "ff01",
        SubmittedBy = "key_1",
        ApprovedBy = "key_2",
        RegisteredCertificateId = RegisteredCertificateId.Wrap("tcrt_1"),
        Override = Forced,
        Findings =
        [
            new AuthorityFinding { Code = "ca.weak", Message = "weak" },
            new AuthorityFinding { Code = "ca.eku", Message = "eku" },
        ],
    };

    private static readonly RegisteredCertificate Registered = new()
    {
        Id = RegisteredCertificateId.Wrap("tcrt_1"),
        TunnelId = Tunnel.Id,
        Fingerprint = "ff02",
        CertificatePem = "",
        CreatedAt = At,
        ExpiresAt = At.AddYears(1),
    };

    private static readonly Issuer Issuer = new()
    {
        Id = IssuerId.Wrap("iss_1"),
        OrganizationId = Organization,
        Name = "corp",
        Url = "https://idp.example",
        KeySource = new DiscoveryKeySource(null, null),
        MaxJwtLifetimeSeconds = 3600,
        AllowedTargets = [],
        Stamps = ChangeStamps.Created(At, "key_1"),
    };

    private static readonly Rule Rule = new()
    {
        Id = RuleId.Wrap("rule_1"),
        OrganizationId = Organization,
        Name = "deploy",
        Description = "",
        IssuerId = Issuer.Id,
        ServiceAccountId = ServiceAccountId.Wrap("svac_1"),
        Match = new RuleMatch(),
        Scopes = ["tunnel:agent"],
        TokenLifetimeSeconds = 600,
        AppliesToAllWorkspaces = true,
        WorkspaceIds = [],
        TunnelIds = [],
        EdgeIds = [],
        EnforcedVersion = null,
        Stamps = Issuer.Stamps,
    };

    private static readonly ServiceAccount Account = new()
    {
        Id = Rule.ServiceAccountId,
        OrganizationId = Organization,
        Name = "deployer",
        Description = "",
        Role = OrganizationRole.Developer,
        Version = 2,
        Stamps = Issuer.Stamps,
    };

    private static readonly RouteRow Route = new()
    {
        TunnelId = "tnl_1",
        OrganizationId = Organization,
        Route = "wiki",
        FirstSeenAt = 1_700_000_000_000,
    };

    private static readonly RouteRow OwnedRoute = new()
    {
        TunnelId = "tnl_1",
        OrganizationId = Organization,
        Route = "wiki",
        FirstSeenAt = 1_700_000_000_000,
        AttestedAt = 1_710_000_000_001,
        Owner = "team-a",
    };

    private static readonly CallApprovalRow Approval = new()
    {
        Id = "appr_1",
        Ordinal = 1,
        TunnelId = "tnl_1",
        OrganizationId = Organization,
        Binding = "b1",
        CallerKey = "c1",
        Description = JsonSerializer.Serialize(
            new CallApprovalRequest
            {
                Binding = "b1",
                Route = "wiki",
                Hostname = "abc.tunnel.example",
                Method = "tools/call",
                Kind = "tool",
                Name = "delete",
                Rule = "r1",
                Issuer = "https://idp.example",
                Subject = "zoe",
                ClientId = "cli",
                PolicyVersion = "v1",
                Pin = "p1",
                Approvers = 2,
                ExpiresIn = 60,
                Arguments = [],
            },
            WireJson.Default.CallApprovalRequest
        ),
        Approvers = 2,
        State = "pending",
        CreatedAt = 1,
        ExpiresAt = 2,
    };

    private static readonly RoutePolicyRow Policy = new()
    {
        Id = "pol_2",
        Ordinal = 1,
        TunnelId = "tnl_1",
        OrganizationId = Organization,
        Hostname = "abc.tunnel.example",
        Version = 2,
        Content = "",
        Digest = "d2",
        State = "draft",
        DraftedBy = "key_1",
        DraftedPerson = "person_1",
        DraftedAt = 1,
    };

    private static readonly TokenRevocation Revocation = new()
    {
        Id = TokenRevocationId.Wrap("rev_1"),
        OrganizationId = Organization,
        Kind = RevocationKind.Token,
        Value = "tok_1",
        IssuedBefore = 1_700_000_000,
        Reason = "leaked",
        CreatedAt = At,
        CreatedBy = "key_1",
        EndsAt = At.AddHours(1),
    };

    private static readonly ConsoleSession Session = new()
    {
        Id = "sess_1",
        OrganizationId = Organization,
        Name = "Zoë",
        CreatedAt = At,
        ProvenAt = At,
        UsedAt = At,
        ExpiresAt = At.AddHours(8),
    };

    private static readonly ReplayTag Tag = new()
    {
        HolderKind = ReplayHolderKind.DpopKey,
        Holder = 1,
        Family = "fam_1",
        Assertion = 2,
        Rule = 3,
        FirstUse = At,
    };

    private static readonly Grant Grant = new()
    {
        Rule = null!, // the event does not read it
        RuleVersion = 2,
        WorkspaceId = "wrkspc_1",
        Scope = "tunnel:agent",
        LifetimeSeconds = 600,
        Audience = "https://culvert.example",
        Family = "fam_1",
        TokenId = "tok_1",
        Source = new TokenSource
        {
            IssuerId = "iss_1",
            SubjectHash = "s",
            RootExpiresAt = 1,
        },
    };

    private static readonly FederatedAuthentication Denied = new()
    {
        At = At,
        Cause = Caller,
        OrganizationId = Organization,
        Status = AuditStatus.Denied("audience_mismatch"),
        RuleId = "rule_1",
        RuleVersion = 2,
        IssuerId = "iss_1",
        ServiceAccountId = "svac_1",
        ClaimsJson = """{ "sub":"zo\u00eb & co",  "n":1.50 }"""u8.ToArray(),
        Form = ExchangeForm.Json,
        IsOwnToken = false,
        AssertionDigest = "0123456789abcdef",
    };

    private static readonly Webhook Webhook = new()
    {
        Id = WebhookId.Wrap("wh_1"),
        OrganizationId = Organization,
        Url = "https://hook.example/?a=1&b=2",
        CreatedAt = At,
    };

    private static readonly AgentEnrollmentRecord Agent = new()
    {
        Id = AgentId.Wrap("agt_1"),
        TunnelId = Tunnel.Id,
        InstanceId = "inst-1",
        Method = "oidc",
        Principal = "p",
        CreatedAt = At,
        LastProofAt = At,
    };

    private static readonly ClientAuthority ClientAuthority = new()
    {
        Id = ClientAuthorityId.Wrap("cca_1"),
        TunnelId = Tunnel.Id,
        Fingerprint = "ff03",
        CertificatePem = "",
        Identities = ["a.example", "b.example"],
        CreatedAt = At,
        ExpiresAt = At.AddYears(1),
    };

    private static readonly Hostname Hostname = new()
    {
        TunnelId = Tunnel.Id,
        Name = "wiki.example",
        State = "pending",
        CreatedAt = At,
    };

    private static readonly AcmeChallenge Challenge = new()
    {
        Id = AcmeChallengeId.Wrap("acme_1"),
        TunnelId = "tnl_1",
        InstanceId = "inst-1",
        Name = "wiki.example",
        Digest = "k1",
        CreatedAt = At,
        ExpiresAt = At.AddHours(1),
    };

    public static IEnumerable<AuditEvent> All() =>
        [
            .. Tenants(),
            .. Operations(),
            .. Tunnels(),
            .. Machines(),
            .. Servers(),
            .. Certificates(),
            .. Authorities(),
            .. Federation(),
            .. Exchanges(),
        ];

    private static IEnumerable<AuditEvent> Tenants() =>
        [
            new InstallationInitialized(Tenant, Workspace, "https://culvert.example")
            {
                At = At,
                Cause = AuditCause.System,
                OrganizationId = Organization,
            },
            new OrganizationAudited(AuditEvents.OrganizationCreated, Tenant)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources =
                [
                    new AuditResource("organization", Organization),
                    new AuditResource("workspace", "wrkspc_1"),
                ],
            },
            new OrganizationAudited(AuditEvents.OrganizationArchived, Tenant)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = [new AuditResource("organization", Organization)],
            },
            new WorkspaceCreated(Workspace)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = [new AuditResource("workspace", "wrkspc_1")],
            },
            new AdminKeyCreated(AdminKey)
            {
                At = At,
                Cause = AuditCause.System,
                OrganizationId = Organization,
            },
            new AdminKeyCreated(
                AdminKey with
                {
                    Role = "owner",
                    CreatedBy = "key_0",
                    Owner = new KeyOwner("https://idp.example", "zoe"),
                }
            )
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = [new AuditResource("admin_key", "key_1")],
            },
            new AdminKeyRevoked(AdminKey, null)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = [new AuditResource("admin_key", "key_1")],
            },
            new AdminKeyRevoked(AdminKey, "left")
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = [new AuditResource("admin_key", "key_1")],
            },
            new AdminKeyOwned(AdminKey, new KeyOwner("https://idp.example", "zoe"))
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = [new AuditResource("admin_key", "key_1")],
            },
            new ConsoleSignedIn(Session)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
            },
            new ConsoleSignedIn(Session with { AdminKeyId = "key_1", Roles = ["owner", "viewer"] })
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
            },
            new ConsoleSignInRefused("Zoë")
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Status = AuditStatus.Denied("console.no_role"),
            },
            new ConsoleSignedOut(Session)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
            },
        ];

    private static IEnumerable<AuditEvent> Operations() =>
        [
            new ClockAlarmed(new ClockAlarm(At, TimeSpan.FromSeconds(-3600.9))) { At = At, Cause = AuditCause.System },
            new ClockConfirmed(TimeSpan.FromSeconds(3600.9)) { At = At, Cause = Caller },
            new InstallationRestored("""{ "backup":"b1","at":"2026-01-01T00:00:00Z", "n":[1,2.50],"who":"Zoë & co" }""")
            {
                At = At,
                Cause = AuditCause.System,
            },
            new SealsRotated(null, [], [], "the key store is locked") { At = At, Cause = Caller },
            new SealsRotated(
                2,
                [1, 2],
                [
                    new SealProgress(new SealedColumn("tunnels", "id", "token_sealed"), 3, 4, 0),
                    new SealProgress(new SealedColumn("webhooks", "id", "sealed_secret"), 0, 1, 0),
                ],
                null
            )
            {
                At = At,
                Cause = Caller,
            },
            new TransparencyKeyCreated(new NoteKey("log.example", [1, 2, 3])) { At = At, Cause = AuditCause.System },
            new SigningKeyAudited(AuditEvents.TokenSigningKeyCreated, "k1")
            {
                At = At,
                Cause = AuditCause.System,
                ActiveFrom = At.AddDays(1),
                Custody = KeyCustody.Pkcs11,
                Reason = "requested",
            },
            new SigningKeyAudited(AuditEvents.TokenSigningKeyRetired, "k1") { At = At, Cause = AuditCause.System },
            new SigningKeyAudited(AuditEvents.TokenSigningKeyCompromised, "k1")
            {
                At = At,
                Cause = Caller,
                SuccessorId = "k2",
                Reason = "stolen",
            },
            new JobAudited(AuditEvents.JobPaused, "expiry-notices", "maintenance")
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = [new AuditResource("job", "expiry-notices")],
            },
            new JobAudited(AuditEvents.JobResumed, "expiry-notices", null)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = [new AuditResource("job", "expiry-notices")],
            },
            new JobAudited(AuditEvents.JobRun, "expiry-notices", null)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = [new AuditResource("job", "expiry-notices")],
            },
            new SecretDiscarded("POST", "/v1/tunnels/{id}/certificates")
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Status = AuditStatus.Denied("ca.secret_in_input"),
            },
            .. new[] { AuditEvents.WebhookCreated, AuditEvents.WebhookArchived, AuditEvents.WebhookTested }.Select(
                name => new WebhookAudited(name, Webhook with { CanDecide = name == AuditEvents.WebhookTested })
                {
                    At = At,
                    Cause = Caller,
                    OrganizationId = Organization,
                    Resources = [new AuditResource("webhook", "wh_1")],
                }
            ),
            new WebhookAudited(AuditEvents.WebhookDeliveryFailed, Webhook)
            {
                At = At,
                Cause = AuditCause.System,
                OrganizationId = Organization,
                Resources = [new AuditResource("webhook", "wh_1")],
                Status = AuditStatus.Denied("webhook.undeliverable", "HTTP 500"),
            },
        ];

    private static IEnumerable<AuditEvent> Tunnels()
    {
        IReadOnlyList<AuditResource> tunnel = [new AuditResource("tunnel", "tnl_1")];
        IReadOnlyList<AuditResource> hostname = [.. tunnel, new AuditResource("hostname", "wiki.example")];
        IReadOnlyList<AuditResource> client = [.. tunnel, new AuditResource("client_certificate_authority", "cca_1")];
        IReadOnlyList<AuditResource> set = [new AuditResource("client_range_set", "office")];
        var before = new ClientRangeSet(Organization, "office", ["192.0.2.0/24"], 1, At);
        var after = before with { Ranges = ["192.0.2.0/24", "198.51.100.0/24"], Revision = 2 };
        return
        [
            .. new AuditEvent[]
            {
                new TunnelCreated(Tunnel) { At = At, Cause = Caller },
                new TunnelCreated(FullTunnel) { At = At, Cause = Caller },
                new TunnelUpdated(Tunnel, FullTunnel) { At = At, Cause = Caller },
                new TunnelUpdated(FullTunnel, Tunnel) { At = At, Cause = Caller },
                new TunnelPaused(Tunnel, null) { At = At, Cause = Caller },
                new TunnelPaused(Tunnel, "incident") { At = At, Cause = Caller },
                new TunnelResumed(Tunnel, null) { At = At, Cause = Caller },
                new TunnelResumed(Tunnel, "over") { At = At, Cause = Caller },
                new TunnelArchived(Tunnel, null) { At = At, Cause = Caller },
                new TunnelArchived(Tunnel, "unused") { At = At, Cause = Caller },
                new TunnelTokenRevealed(Tunnel, null) { At = At, Cause = Caller },
                new TunnelTokenRevealed(Tunnel, "lost") { At = At, Cause = Caller },
                new TunnelTokenRotated(Tunnel, TunnelTokenId.Wrap("tnltok_2"), null) { At = At, Cause = Caller },
                new TunnelTokenRotated(Tunnel, TunnelTokenId.Wrap("tnltok_2"), "leaked") { At = At, Cause = Caller },
                new RouteOwnerChanged(OwnedRoute, "team-b") { At = At, Cause = Caller },
                new RouteAttested(OwnedRoute, 7, 2, null) { At = At, Cause = Caller },
                new RouteAttested(OwnedRoute, 7, 2, "reviewed") { At = At, Cause = Caller },
                new AttestationDue(Route) { At = At, Cause = AuditCause.System },
                new AttestationDue(OwnedRoute) { At = At, Cause = AuditCause.System },
            }.Select(sample => sample with { OrganizationId = Organization, Resources = tunnel }),
            .. new AuditEvent[]
            {
                new HostnameDecided(AuditEvents.HostnameAdded, Hostname) { At = At, Cause = Caller },
                new HostnameDecided(
                    AuditEvents.HostnameActivated,
                    Hostname with
                    {
                        State = "active",
                        ApprovedBy = "key_1",
                        CheckResult = "proven",
                    }
                )
                {
                    At = At,
                    Cause = AuditCause.System,
                },
                new HostnameDecided(AuditEvents.HostnameSuspended, Hostname) { At = At, Cause = Caller },
                new HostnameDecided(AuditEvents.HostnameRemoved, Hostname) { At = At, Cause = Caller },
                new AcmeChallengeDecided(AuditEvents.AcmeChallengeAnnounced, Challenge) { At = At, Cause = Caller },
                new AcmeChallengeDecided(AuditEvents.AcmeChallengeEnded, Challenge) { At = At, Cause = Caller },
            }.Select(sample => sample with { OrganizationId = Organization, Resources = hostname }),
            .. new AuditEvent[]
            {
                new ClientAuthorityAdded(ClientAuthority) { At = At, Cause = Caller },
                new ClientAuthorityArchived(ClientAuthority, null) { At = At, Cause = Caller },
                new ClientAuthorityArchived(ClientAuthority, "unused") { At = At, Cause = Caller },
            }.Select(sample => sample with { OrganizationId = Organization, Resources = client }),
            .. new AuditEvent[]
            {
                new RangeSetApplied(null, after) { At = At, Cause = Caller },
                new RangeSetApplied(before, after) { At = At, Cause = Caller },
                new RangeSetRemoved(after) { At = At, Cause = Caller },
            }.Select(sample => sample with { OrganizationId = Organization, Resources = set }),
        ];
    }

    private static IEnumerable<AuditEvent> Machines()
    {
        IReadOnlyList<AuditResource> edge = [new AuditResource("edge", "edge_1")];
        IReadOnlyList<AuditResource> tunnel = [new AuditResource("tunnel", "tnl_1")];
        IReadOnlyList<AuditResource> agent = [.. tunnel, new AuditResource("agent", "agt_1")];
        InstanceId.TryParse("inst-1", out var instance).ShouldBeTrue();
        return
        [
            .. new AuditEvent[]
            {
                new EdgeCreated(Edge) { At = At, Cause = Caller },
                new EdgeDrained(Edge, null) { At = At, Cause = Caller },
                new EdgeDrained(Edge, "upgrade") { At = At, Cause = Caller },
                new EdgeResumed(Edge, null) { At = At, Cause = Caller },
                new EdgeResumed(Edge, "upgraded") { At = At, Cause = Caller },
                new EdgeArchived(Edge, null) { At = At, Cause = Caller },
                new EdgeArchived(Edge, "replaced") { At = At, Cause = Caller },
            }.Select(sample => sample with { OrganizationId = Organization, Resources = edge }),
            new EdgeServedOffline(
                Edge,
                new EdgeReportGrace
                {
                    LastContact = At,
                    From = At.AddMinutes(1),
                    To = At.AddMinutes(2),
                }
            )
            {
                At = At,
                Cause = Caller,
                Resources = edge,
            },
            .. new AuditEvent[]
            {
                new AgentDisconnected(Agent, null) { At = At, Cause = Caller },
                new AgentDisconnected(Agent with { Serial = "0b" }, "suspicious") { At = At, Cause = Caller },
                new AgentRevoked(Agent, null) { At = At, Cause = Caller },
                new AgentRevoked(Agent with { Serial = "0b" }, "stolen") { At = At, Cause = Caller },
            }.Select(sample => sample with { OrganizationId = Organization, Resources = agent }),
            new AuditDisputed("tnl_1", "inst-1", "fork")
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = tunnel,
            },
            new AgentCheckpointDisputed("tnl_1", "inst-1", "signature")
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = tunnel,
            },
            new AgentCheckpointDisputed("tnl_1", "inst-1", "rollback")
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = tunnel,
                Sequence = 12,
                Head = "ab",
            },
            new AgentInstanceRefused(Tunnel.Id, instance!)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Status = AuditStatus.Denied("enrollment.instance_taken"),
            },
        ];
    }

    private static IEnumerable<AuditEvent> Servers()
    {
        IReadOnlyList<AuditResource> call =
        [
            new AuditResource("tunnel", "tnl_1"),
            new AuditResource("call_approval", "appr_1"),
        ];
        IReadOnlyList<AuditResource> policy =
        [
            new AuditResource("route", "tnl_1/abc.tunnel.example"),
            new AuditResource("route_policy", "pol_2"),
            new AuditResource("tunnel", "tnl_1"),
        ];
        var commented = Policy with { Comment = "stricter", Reason = "agreed", State = "active" };
        return
        [
            .. new AuditEvent[]
            {
                new CallApprovalDecided(AuditEvents.CallApprovalRequested, Approval) { At = At, Cause = Caller },
                new CallApprovalDecided(
                    AuditEvents.CallApprovalApproved,
                    Approval with
                    {
                        State = "approved",
                        Reason = "needed",
                    }
                )
                {
                    At = At,
                    Cause = Caller,
                },
                new CallApprovalDecided(AuditEvents.CallApprovalRejected, Approval) { At = At, Cause = Caller },
                new CallApprovalDecided(AuditEvents.CallApprovalUsed, Approval) { At = At, Cause = Caller },
            }.Select(sample => sample with { OrganizationId = Organization, Resources = call }),
            .. new AuditEvent[]
            {
                new RoutePolicyChanged(AuditEvents.RoutePolicyDrafted, Policy, null) { At = At, Cause = Caller },
                new RoutePolicyChanged(AuditEvents.RoutePolicyApproved, commented, Policy with { Id = "pol_1" })
                {
                    At = At,
                    Cause = Caller,
                },
                new RoutePolicyChanged(AuditEvents.RoutePolicyRejected, Policy, null) { At = At, Cause = Caller },
                new RoutePolicyChanged(AuditEvents.RoutePolicyWithdrawn, Policy, null) { At = At, Cause = Caller },
                new RoutePolicyChanged(AuditEvents.RoutePolicyRolledBack, Policy, null) { At = At, Cause = Caller },
            }.Select(sample => sample with { OrganizationId = Organization, Resources = policy }),
        ];
    }

    private static IEnumerable<AuditEvent> Certificates()
    {
        IReadOnlyList<AuditResource> subjects =
        [
            new AuditResource("tunnel", "tnl_1"),
            new AuditResource("agent", "agt_1"),
            new AuditResource("edge", "edge_1"),
            new AuditResource("certificate_authority", "ca_1"),
        ];
        IReadOnlyList<AuditResource> revoked =
        [
            new AuditResource("certificate", "cert_1"),
            new AuditResource("tunnel", "tnl_1"),
            new AuditResource("certificate_authority", "ca_1"),
        ];
        IReadOnlyList<AuditResource> registered =
        [
            new AuditResource("tunnel", "tnl_1"),
            new AuditResource("tunnel_certificate", "tcrt_1"),
        ];
        var addition = Registered with { Pending = new PendingChange(PendingChange.Addition, "key_1", "person_1") };
        var removal = Registered with { Pending = new PendingChange(PendingChange.Removal, "key_1", "person_1") };
        var imported = new ImportedRevocationList
        {
            RegisteredCertificateId = "tcrt_1",
            TunnelId = "tnl_1",
            Revision = 1,
            Number = "12345678901234567890",
            ThisUpdate = At,
            NextUpdate = At.AddDays(7),
            Entries = 150,
            List = [],
            ImportedAt = At,
        };
        var subject = new ExpiringSubject
        {
            Type = "certificate_authority",
            Id = "ca_2",
            OrganizationId = Organization,
            Name = "acme",
            NotBefore = At,
            NotAfter = At.AddDays(30),
        };
        return
        [
            new CertificateSigning(Certificate) { At = At, Cause = AuditCause.System },
            new CertificateSigning(FullCertificate)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = subjects,
            },
            new CertificateSigned(FullCertificate)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = subjects,
            },
            new CertificateVoided(FullCertificate)
            {
                At = At,
                Cause = AuditCause.System,
                OrganizationId = Organization,
                Status = AuditStatus.Denied("orphaned_intent"),
            },
            new CertificateRevoked(Certificate, RevocationReason.KeyCompromise, null)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = [new AuditResource("certificate", "cert_1")],
            },
            new CertificateRevoked(FullCertificate, RevocationReason.KeyCompromise, "stolen")
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = revoked,
            },
            new RevocationListImported(imported, [])
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = registered,
            },
            new RevocationListImported(imported, [.. Enumerable.Range(0, 102).Select(i => $"{i:x2}")])
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = registered,
            },
            new RevocationListRefused(
                new StoredRevocationList
                {
                    CaId = "ca_2",
                    Shard = 3,
                    Number = 9,
                    Built = 9,
                    ThisUpdate = At,
                    NextUpdate = At,
                    Entries = 1,
                },
                new CaRefusal(CaErrorCodes.CrlLintFailed, "An entry vanished.")
            )
            {
                At = At,
                Cause = AuditCause.System,
                OrganizationId = Organization,
                Resources = [new AuditResource("certificate_authority", "ca_2")],
                Status = AuditStatus.Denied("crl.lint_failed"),
            },
            .. new AuditEvent[]
            {
                new TunnelCertificateAdded(Registered) { At = At, Cause = Caller },
                new TunnelCertificateAdded(addition) { At = At, Cause = Caller },
                new TunnelCertificateChangeRequested(addition, null) { At = At, Cause = Caller },
                new TunnelCertificateChangeRequested(removal, "old") { At = At, Cause = Caller },
                new TunnelCertificateRevoked(Registered, null) { At = At, Cause = Caller },
                new TunnelCertificateRevoked(removal, "old") { At = At, Cause = Caller },
            }.Select(sample => sample with { OrganizationId = Organization, Resources = registered }),
            new ExpiryNotice(subject, 30)
            {
                At = At,
                Cause = AuditCause.System,
                OrganizationId = Organization,
                Resources = [new AuditResource("certificate_authority", "ca_2")],
            },
            new ExpiryNotice(subject with { OrganizationId = null, TunnelId = "tnl_1" }, 7)
            {
                At = At,
                Cause = AuditCause.System,
                Resources = [new AuditResource("certificate_authority", "ca_2")],
            },
        ];
    }

    private static IEnumerable<AuditEvent> Authorities()
    {
        IReadOnlyList<AuditResource> root = [new AuditResource("platform_authority", "ca_1")];
        IReadOnlyList<AuditResource> party =
        [
            new AuditResource("tunnel", "tnl_1"),
            new AuditResource("relying_party", "rp_1"),
        ];
        IReadOnlyList<AuditResource> authority =
        [
            new AuditResource("certificate_authority", "ca_2"),
            new AuditResource("tunnel", "tnl_1"),
        ];
        string[] plain =
        [
            AuditEvents.AuthorityCreated,
            AuditEvents.AuthorityKeyMade,
            AuditEvents.AuthorityRequestIssued,
            AuditEvents.AuthorityChainUploaded,
            AuditEvents.AuthorityVerified,
            AuditEvents.AuthorityRejected,
            AuditEvents.AuthorityApproved,
            AuditEvents.AuthorityStaged,
            AuditEvents.AuthorityStoodBy,
            AuditEvents.AuthorityReinstated,
            AuditEvents.AuthoritySuspended,
            AuditEvents.AuthorityResumed,
            AuditEvents.AuthorityRetired,
            AuditEvents.AuthorityWithdrawn,
            AuditEvents.AuthorityTainted,
            AuditEvents.AuthorityExpired,
            AuditEvents.AuthorityDeleted,
            AuditEvents.AuthorityRestored,
            AuditEvents.AuthorityOverridden,
            AuditEvents.AuthorityKeyDestroyed,
        ];
        return
        [
            .. new AuditEvent[]
            {
                new PlatformAuthorityCreated(Root) { At = At, Cause = AuditCause.System },
                new PlatformAuthorityCreated(Root with { Tier = PlatformTier.Issuing })
                {
                    At = At,
                    Cause = AuditCause.System,
                },
                new PlatformRootAudited(AuditEvents.PlatformRootStaged, Root with { State = RootState.Staged }, 2)
                {
                    At = At,
                    Cause = Caller,
                    Reason = "yearly",
                    Link = new PlatformLink("ca_1", "ca_0", Root.Certificate),
                },
                new PlatformRootAudited(AuditEvents.PlatformRootActivated, Root, 2)
                {
                    At = At,
                    Cause = Caller,
                    Overridden = ["agt_1", "edge_1"],
                },
                new PlatformRootAudited(AuditEvents.PlatformRootRolledBack, Root, 3)
                {
                    At = At,
                    Cause = Caller,
                    Reason = "mistake",
                },
                new PlatformRootAudited(AuditEvents.PlatformRootRetired, Root with { State = RootState.Retired }, 3)
                {
                    At = At,
                    Cause = AuditCause.System,
                },
            }.Select(sample => sample with { Resources = root }),
            .. new AuditEvent[]
            {
                new RelyingPartyAudited(AuditEvents.RelyingPartyCreated, Party, null) { At = At, Cause = Caller },
                new RelyingPartyAudited(
                    AuditEvents.RelyingPartyArchived,
                    Party with
                    {
                        ServiceAccountId = "svac_1",
                    },
                    "unused"
                )
                {
                    At = At,
                    Cause = Caller,
                },
                new TrustBundleAcknowledged(Party, 5, true) { At = At, Cause = Caller },
                new TrustBundleAcknowledged(Party, 5, false) { At = At, Cause = Caller },
            }.Select(sample => sample with { OrganizationId = Organization, Resources = party }),
            .. plain.Select(name => new AuthorityAudited(name, Authority)
            {
                At = At,
                Cause = AuditCause.System,
                OrganizationId = Organization,
                Resources = authority,
            }),
            new AuthorityAudited(AuditEvents.AuthorityOverridden, FullAuthority)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = authority,
                Reason = "incident",
            },
            new AuthorityAudited(AuditEvents.AuthorityActivated, FullAuthority)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = authority,
                From = AuthorityState.Staged,
                Reason = "planned",
                Override = Forced with { By = "key_3", Reason = "urgent" },
                Waived = AuthorityGuards.Acknowledged | AuthorityGuards.RegistrationLives,
                Overridden =
                [
                    new ActivationBlocker(ActivationBlockerKind.ArchivedRelyingParty, "rp_1", At, 4),
                    new ActivationBlocker(ActivationBlockerKind.Propagation, "node_1", At, 5),
                ],
                Retired = Authority with { Id = CertificateAuthorityId.Wrap("ca_0") },
            },
        ];
    }

    private static IEnumerable<AuditEvent> Federation()
    {
        IReadOnlyList<AuditResource> issuer = [new AuditResource("federation_issuer", "iss_1")];
        IReadOnlyList<AuditResource> rule = [new AuditResource("federation_rule", "rule_1")];
        IReadOnlyList<AuditResource> account = [new AuditResource("service_account", "svac_1")];
        IReadOnlyList<AuditResource> workspace = [new AuditResource("workspace", "wrkspc_1")];
        var full = Issuer with
        {
            KeySource = new UrlKeySource("https://idp.example/keys?a=1&b=2", "PEM"),
            Preset = "github",
            Tenancy = IssuerTenancy.Shared,
            ReplayMode = ReplayMode.Off,
            Types = ["JWT"],
            SingleAudience = true,
            AllowMissingKid = true,
            AllowNonAscii = true,
            CallerDetail = CallerDetail.Claim,
            StaleOkSeconds = 60,
            HardExpirySeconds = 3600,
            AllowedTargets = [AllowedTarget.Parse("10.0.0.0/8:443"), AllowedTarget.Parse("192.0.2.0/24:8443")],
            Version = 7,
        };
        var fullRule = Rule with
        {
            Match = new RuleMatch
            {
                Subject = "repo:acme/*",
                SubjectSegments = "a/b",
                Audience = "https://culvert.example",
                Claims = [new("environment", "prod"), new("a&b", "c\"d")],
                Matchers =
                [
                    new ClaimMatcher(ClaimPath.TopLevel("ref"), MatchOperator.Prefix, [MatchValue.Of("refs/heads/é&")]),
                    new ClaimMatcher(
                        ClaimPath.Of(["a", "b"]),
                        MatchOperator.In,
                        [MatchValue.Of("x"), MatchValue.Of(5), MatchValue.Of(true)]
                    ),
                ],
                Condition = "claims.x > 1 && true",
            },
            Scopes = ["tunnel:agent", "edge:serve"],
            AppliesToAllWorkspaces = false,
            WorkspaceIds = ["wrkspc_1", "wrkspc_2"],
            TunnelIds = ["tnl_1"],
            EdgeIds = ["edge_1"],
            ActorIds = ["svac_2"],
            State = RuleState.Audit,
            Bind = RuleBind.Mtls,
            ExpiresAt = At.AddDays(90),
            Version = 3,
            EnforcedVersion = 2,
        };
        var kid = KillOrder.Read(new KillRequest { Kid = "k1", Reason = "leaked" }).Value!;
        var all = KillOrder.Read(new KillRequest { KeySet = true, Reason = "breach" }).Value!;
        var verified = new VerificationDocument
        {
            IssuerId = null,
            Accepted = false,
            ErrorCode = "fetch.refused",
            Message = null,
            KeySource = "discovery",
            Fetches = [],
            Keys = [],
            AddedKeyIds = null,
            RemovedKeyIds = null,
            ReplacedKeyIds = null,
            FreshForSeconds = null,
        };
        return
        [
            .. new AuditEvent[]
            {
                new IssuerAudited(AuditEvents.FederationIssuerCreated, Issuer) { At = At, Cause = Caller },
                new IssuerAudited(AuditEvents.FederationIssuerUpdated, full) { At = At, Cause = Caller },
                new IssuerAudited(AuditEvents.FederationIssuerArchived, Issuer) { At = At, Cause = Caller },
                new IssuerKeysChanged(Issuer.Id, new KeyChange(Keys(), [], [Keys()[1]]))
                {
                    At = At,
                    Cause = AuditCause.System,
                },
                new IssuerKillAudited(AuditEvents.IssuerKeysKilled, Issuer.Id, kid, ["t1", "t2"])
                {
                    At = At,
                    Cause = Caller,
                },
                new IssuerKillAudited(AuditEvents.IssuerKeysRestored, Issuer.Id, all, []) { At = At, Cause = Caller },
                new IssuerPolling(
                    AuditEvents.IssuerPollDegraded,
                    Issuer.Id,
                    KeyState.StaleOk,
                    3,
                    "timeout",
                    At.AddHours(-1)
                )
                {
                    At = At,
                    Cause = AuditCause.System,
                },
                new IssuerPolling(
                    AuditEvents.IssuerPollPaused,
                    Issuer.Id,
                    KeyState.StaleOk,
                    3,
                    "timeout",
                    At.AddHours(-1)
                )
                {
                    At = At,
                    Cause = AuditCause.System,
                },
                new IssuerPolling(
                    AuditEvents.IssuerPollResumed,
                    Issuer.Id,
                    KeyState.StaleOk,
                    3,
                    "timeout",
                    At.AddHours(-1)
                )
                {
                    At = At,
                    Cause = AuditCause.System,
                },
                new IssuerPolling(AuditEvents.IssuerPollRecovered, Issuer.Id, KeyState.Empty, 0, null, null)
                {
                    At = At,
                    Cause = AuditCause.System,
                },
                new IssuerVerified(
                    Issuer,
                    verified with
                    {
                        IssuerId = "iss_1",
                        Accepted = true,
                        ErrorCode = null,
                        Fetches = [Fetch("https://idp.example/a"), Fetch("https://idp.example/b")],
                    }
                )
                {
                    At = At,
                    Cause = Caller,
                },
            }.Select(sample => sample with { OrganizationId = Organization, Resources = issuer }),
            new IssuerVerified(Issuer, verified)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
            },
            .. new AuditEvent[]
            {
                new RuleAudited(AuditEvents.FederationRuleCreated, Rule) { At = At, Cause = Caller },
                new RuleAudited(AuditEvents.FederationRuleUpdated, fullRule)
                {
                    At = At,
                    Cause = Caller,
                    Lints = [Lint.Warning("wide", "wide"), Lint.Warning("old", "old")],
                    LintJustification = "intended",
                    Reason = "ticket 7",
                },
                new RuleAudited(AuditEvents.FederationRuleArchived, Rule) { At = At, Cause = Caller },
            }.Select(sample => sample with { OrganizationId = Organization, Resources = rule }),
            new RuleAudited(AuditEvents.FederationRuleWorkspaceAdded, Rule)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = [.. rule, .. workspace],
                WorkspaceId = "wrkspc_1",
                Lints = [Lint.Warning("wide", "wide")],
            },
            new RuleAudited(AuditEvents.FederationRuleWorkspaceRemoved, Rule)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = [.. rule, .. workspace],
                WorkspaceId = "wrkspc_1",
            },
            new RuleSimulated
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Input = "claims",
            },
            new RuleSimulated
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Input = "event",
                RuleId = "rule_1",
                IssuerId = "iss_1",
                Decision = "allow",
            },
            .. new AuditEvent[]
            {
                new ServiceAccountAudited(AuditEvents.ServiceAccountCreated, Account) { At = At, Cause = Caller },
                new ServiceAccountAudited(AuditEvents.ServiceAccountUpdated, Account) { At = At, Cause = Caller },
                new ServiceAccountAudited(AuditEvents.ServiceAccountArchived, Account)
                {
                    At = At,
                    Cause = Caller,
                    Reason = "unused",
                },
            }.Select(sample => sample with { OrganizationId = Organization, Resources = account }),
            .. new AuditEvent[]
            {
                new MembershipAudited(
                    AuditEvents.ServiceAccountMemberAdded,
                    "svac_1",
                    "wrkspc_1",
                    WorkspaceRole.Developer
                )
                {
                    At = At,
                    Cause = Caller,
                },
                new MembershipAudited(
                    AuditEvents.ServiceAccountMemberUpdated,
                    "svac_1",
                    "wrkspc_1",
                    WorkspaceRole.Admin
                )
                {
                    At = At,
                    Cause = Caller,
                    Before = WorkspaceRole.User,
                },
                new MembershipAudited(AuditEvents.ServiceAccountMemberRemoved, "svac_1", "wrkspc_1", WorkspaceRole.User)
                {
                    At = At,
                    Cause = Caller,
                },
            }.Select(sample => sample with { OrganizationId = Organization, Resources = [.. account, .. workspace] }),
        ];
    }

    private static IEnumerable<AuditEvent> Exchanges()
    {
        var reasons = new Dictionary<RefusalKey, long>
        {
            [new RefusalKey(Organization, "rule_2", "iss_1", DenialReason.KidUnknown, "192.0.2.1")] = 2,
            [new RefusalKey(Organization, "rule_1", "iss_1", DenialReason.SignatureInvalid, "192.0.2.1")] = 3,
            [new RefusalKey(Organization, "rule_1", "iss_1", DenialReason.AlgNotAllowed, "192.0.2.1")] = 1,
        };
        return
        [
            Denied,
            Denied with
            {
                RequestedServiceAccountId = "svac_1",
                AssertionId = "jti-1",
                Form = ExchangeForm.TokenExchange,
                IsOwnToken = true,
                TraceDigest = "ab12",
                Trial = new CandidateTrial(3, null),
                Status = AuditStatus.Denied("claim_mismatch", "claim <env>"),
            },
            Denied with
            {
                Status = AuditStatus.Success,
                Form = ExchangeForm.JwtBearer,
                Grant = Grant,
                Trial = new CandidateTrial(3, new Denial(DenialReason.ClaimMismatch, "env")),
            },
            Denied with
            {
                Status = AuditStatus.Success,
                Form = ExchangeForm.TokenExchange,
                Grant = Grant with
                {
                    Confirmation = new TokenConfirmation { KeyThumbprint = "jk" },
                    Actor = new TokenActor("svac_2", null, new TokenActor("svac_3")),
                    IsReissue = true,
                },
            },
            Denied with
            {
                Status = AuditStatus.Success,
                Form = ExchangeForm.Certificate,
                Grant = Grant with { Confirmation = new TokenConfirmation { CertificateThumbprint = "xt" } },
            },
            new UnprovenRefusalsCounted([.. reasons])
            {
                At = At,
                Cause = AuditCause.System,
                OrganizationId = Organization,
            },
            new ReplayDetected
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                RuleId = "rule_1",
                IssuerId = "iss_1",
                ReplayMode = "window",
                First = Tag,
                Again = Tag,
            },
            new ReplayDetected
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                RuleId = "rule_1",
                IssuerId = "iss_1",
                ReplayMode = "single_use",
                AssertionId = "jti-1",
                First = Tag,
                Again = Tag with { HolderKind = ReplayHolderKind.Address, Assertion = 9 },
            },
            new TokenRevoked(Revocation)
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = [new AuditResource("token_revocation", "rev_1")],
            },
            new TokenRevoked(Revocation with { Kind = RevocationKind.Principal, Value = "svac_1" })
            {
                At = At,
                Cause = Caller,
                OrganizationId = Organization,
                Resources = [new AuditResource("token_revocation", "rev_1")],
            },
        ];
    }

    private static ParsedCertificate ReadCertificate()
    {
        var pem = File.ReadAllText(CheckoutFolder.GetPath("tests/Identity.Service.Tests/Events/authority.pem"));
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return ParsedCertificate.TryParse(certificate.RawData)!;
    }

    // The keys of RFC 7515 A.3 and RFC 7517 A.1, one of them without a name.
    private static IReadOnlyList<VerificationKey> Keys()
    {
        JwkSet.TryParse(
            """
            {"keys":[
            {"kty":"EC","crv":"P-256","kid":"k&1","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
            {"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}
            """u8.ToArray(),
            out var set
        );
        return set!.Keys;
    }

    private static VerifiedFetchDocument Fetch(string url) =>
        new()
        {
            Field = "jwks_uri",
            Url = url,
            Addresses = [],
            ConnectedTo = null,
            TlsProtocol = null,
            CertificateSha256 = null,
            CertificateSubject = null,
            CertificateIssuer = null,
            CertificateNotAfter = null,
            Status = 200,
            ContentType = null,
            ErrorCode = null,
            Message = null,
        };
}
