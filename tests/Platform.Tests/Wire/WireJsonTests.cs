using System.Text.Json;
using Culvert.Platform.Wire;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Wire;

public sealed class WireJsonTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly MachineEnrollment Shared = new()
    {
        Id = "agt_1",
        SpiffeId = "spiffe://td/o/o/t/t/agent/a",
        Certificate = new(
            Serial: "01",
            CertificatePem: "C",
            ChainPem: "",
            NotBefore: At,
            NotAfter: At.AddHours(1),
            IssuedAt: At,
            RenewAfter: At.AddMinutes(38),
            RenewBefore: At.AddMinutes(42),
            CaId: null
        ),
        PlatformBundle = new(Epoch: 1, Pem: "P"),
        MachineUrl = "https://m",
        TrustDomain = "td",
    };

    [Fact]
    public void Serialize_AgentReport_HasTheMembersOfTheContract()
    {
        var report = new AgentReport(
            Revision: 12,
            Epochs: new(Platform: 1, TrustBundle: 2),
            Serials: new(Platform: "0a", Server: null),
            Version: "0.1.0",
            Routes: [new(Name: "docs", Hostname: "docs.x.test", UpstreamHealthy: null, Detail: "")]
        );

        JsonSerializer
            .Serialize(report, WireJson.Default.AgentReport)
            .ShouldBe(
                """{"revision":12,"epochs":{"platform":1,"trust_bundle":2},"serials":{"platform":"0a","server":null},"version":"0.1.0","routes":[{"name":"docs","hostname":"docs.x.test","upstream_healthy":null,"detail":""}]}"""
            );
    }

    [Theory] // services of other versions: one that does not say, and one that says more
    [InlineData("", null)]
    [InlineData(""","affinity":"client","added_later":{"a":1}""", "client")]
    public void Deserialize_AgentFeedOfAnotherVersion_IsRead(string members, string? affinity)
    {
        var feed = JsonSerializer.Deserialize(
            $$"""
            {"type":"agent_feed","revision":7,"tunnel":{"id":"tnl_1","domain":"x.test","status":"active","trust_bundle":{"epoch":1,"pem":""}{{members}} },
            "edges":[],"platform_bundle":{"epoch":1,"pem":""},"revoked_serials":[],"server_certificate_mode":"files"}
            """,
            WireJson.Default.AgentFeed
        );

        feed!.Tunnel.Affinity.ShouldBe(affinity);
    }

    [Fact]
    public void Serialize_EdgeReport_HasTheMembersOfTheContract()
    {
        var report = new EdgeReport
        {
            Revision = 3,
            Epochs = new(1),
            Serial = "0b",
            Version = "0.1.0",
            SniPublicPort = 9443,
            Agents = [new(TunnelId: "tnl_1", InstanceId: "a", Connections: 2)],
            ClientConnections = new Dictionary<string, int> { ["tnl_1"] = 3 },
        };

        JsonSerializer
            .Serialize(report, WireJson.Default.EdgeReport)
            .ShouldBe(
                """{"revision":3,"epochs":{"platform":1},"serial":"0b","version":"0.1.0","sni_public_port":9443,"agents":[{"tunnel_id":"tnl_1","instance_id":"a","connections":2}],"client_connections":{"tnl_1":3}}"""
            );
    }

    [Fact]
    public void Deserialize_AgentFeed_ReadsTheContractAndToleratesNewMembers()
    {
        var feed = JsonSerializer.Deserialize(
            """
            {"type":"agent_feed","revision":12,"tunnel":{"id":"tnl_1","domain":"x.test","status":"active",
             "trust_bundle":{"epoch":4,"pem":""}},"edges":[{"id":"edge_1","name":"e","addresses":["a:1"],"public_port":null}],
             "platform_bundle":{"epoch":1,"pem":"P"},"revoked_serials":["01"],"server_certificate_mode":"service","later":{}}
            """,
            WireJson.Default.AgentFeed
        );

        feed.ShouldNotBeNull();
        feed.Tunnel.TrustBundle.Epoch.ShouldBe(4);
        feed.Edges[0].PublicPort.ShouldBeNull();
        feed.RevokedSerials.ShouldBe(["01"]);
    }

    [Fact]
    public void Deserialize_EdgeFeed_ReadsTheContract()
    {
        var feed = JsonSerializer.Deserialize(
            """
            {"type":"edge_feed","revision":7,"edge":{"id":"edge_1","name":"e","addresses":["a:1"],"dns_names":["a"]},
             "platform_bundle":{"epoch":1,"pem":"P"},"tunnels":[{"id":"tnl_1","domain":"x.test","organization_id":"o",
             "workspace_id":"w","status":"paused","client_source_ranges":["127.0.0.0/8"],"agent_source_ranges":[]}],
             "revoked_serials":[],"revoked_enrolments":["agt_1"]}
            """,
            WireJson.Default.EdgeFeed
        );

        feed.ShouldNotBeNull();
        feed.Tunnels[0].ClientSourceRanges.ShouldBe(["127.0.0.0/8"]);
        feed.RevokedEnrolments.ShouldBe(["agt_1"]);
    }

    [Fact]
    public void RoundTrip_AgentEnrollment_KeepsEveryMember()
    {
        var enrollment = new AgentEnrollment(Shared, "tnl_1", "a");

        var json = JsonSerializer.Serialize(enrollment, WireJson.Default.AgentEnrollment);

        JsonSerializer.Deserialize(json, WireJson.Default.AgentEnrollment).ShouldBe(enrollment);
        json.ShouldStartWith(
            """{"type":"agent_enrollment","id":"agt_1","tunnel_id":"tnl_1","instance_id":"a","spiffe_id":"spiffe:"""
        );
        json.ShouldContain("\"issued_at\":\"2026-01-01T00:00:00Z\"");
        json.ShouldContain("\"ca_id\":null");
        json.ShouldEndWith(
            """},"platform_bundle":{"epoch":1,"pem":"P"},"machine_url":"https://m","trust_domain":"td"}"""
        );
    }

    [Fact]
    public void Deserialize_EnrollmentOfEitherKind_HasTheMembersThatAMachineUses()
    {
        var agent = JsonSerializer.Serialize(
            new AgentEnrollment(Shared, "tnl_1", "a"),
            WireJson.Default.AgentEnrollment
        );
        var edge = JsonSerializer.Serialize(new EdgeEnrollment(Shared), WireJson.Default.EdgeEnrollment);

        edge.ShouldStartWith("""{"type":"edge_enrollment","id":"agt_1","spiffe_id":"spiffe:""");
        JsonSerializer.Deserialize(agent, WireJson.Default.MachineEnrollment).ShouldBe(Shared);
        JsonSerializer.Deserialize(edge, WireJson.Default.MachineEnrollment).ShouldBe(Shared);
        var without = edge.Replace("\"id\":\"agt_1\",", "", StringComparison.Ordinal);
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize(without, WireJson.Default.MachineEnrollment));
    }

    [Theory]
    [InlineData("""{"csr":"x","extra":1}""")]
    [InlineData("""{"csr":"x","csr":"y"}""")]
    [InlineData("""{"csr":null}""")]
    [InlineData("""{}""")]
    public void Deserialize_RequestWithWrongMembers_IsRefused(string json) =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize(json, WireJson.Default.CertificateSigningRequest));

    [Theory]
    [InlineData("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")]
    [InlineData("2026-01-01T02:00:00.5+02:00", "2026-01-01T00:00:00.5Z")]
    public void Times_WithAnOffset_BecomeUtc(string written, string canonical)
    {
        var json =
            $$"""{"serial":"1","certificate_pem":"","chain_pem":"","not_before":"{{written}}","not_after":"{{written}}","issued_at":"{{written}}","renew_after":"{{written}}","renew_before":"{{written}}"}""";

        var read = JsonSerializer.Deserialize(json, WireJson.Default.CertificateDocument);

        UtcTimeConverter.Format(read!.IssuedAt).ShouldBe(canonical);
    }

    [Theory]
    [InlineData("2026-01-01T00:00:00")]
    [InlineData("2026-01-01")]
    [InlineData("yesterday")]
    [InlineData("")]
    public void Times_WithoutAnOffset_AreRefused(string written)
    {
        var json = $$"""{"epoch":1,"pem":"","not_before":"{{written}}"}""";
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize(json, WireJson.Default.CertificateDocument));
    }

    [Theory]
    [InlineData("""{"error":{"type":"t","message":"m","details":{"error_code":"csr.malformed"}}}""", "csr.malformed")]
    [InlineData("""{"error":{"type":"t","message":"m"}}""", null)]
    [InlineData("""{"error":{"type":"t","message":"m","details":{"error_code":7}}}""", null)]
    [InlineData("""{"error":{"type":"t","message":"m","details":[]}}""", null)]
    public void ErrorCode_IsReadFromTheDetails(string json, string? code) =>
        JsonSerializer.Deserialize(json, WireJson.Default.ErrorEnvelope)!.Error.Code.ShouldBe(code);

    [Fact]
    public void ToString_OfTokenRecords_HidesTheSecret()
    {
        var request = new TokenRequest(Assertion: "the-secret-token", FederationRuleId: "fdrl_1", OrganizationId: "o");
        var response = new TokenResponse { AccessToken = "the-secret-token", ExpiresIn = 60 };

        $"{request}{response}".ShouldNotContain("the-secret-token");
    }
}
