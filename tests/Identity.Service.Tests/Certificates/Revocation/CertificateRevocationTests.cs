using System.Net;
using System.Text.Json;
using Culvert.Ca.Keys;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Revocation;

[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class CertificateRevocationTests(RevocationBench fixture) : IClassFixture<RevocationBench>
{
    [Fact]
    public async Task Revoke_AgentsSerial_EndsItsRenewalsAndReachesEdgesAtOnce()
    {
        var (enrollment, machine) = await fixture.Bench.JoinAsync(fixture.Bench.AgentToken(), "revoked-agent");
        var serial = enrollment.Certificate.Serial;
        var edge = await fixture.Api.PostOkAsync(
            "/v1/edges",
            """{"name":"edge-r","addresses":["edge-r.test:7844"],"dns_names":["edge-r.test"]}"""
        );
        var (_, relay) = await fixture.Bench.JoinEdgeAsync(fixture.Bench.EdgeToken(edge.Id()), edge.Id());
        var since = (await relay.GetOkAsync("/v1/edge/feed")).GetProperty("revision").GetInt64();

        // As openssl prints it.
        var answer = await fixture.RevokeAsync(
            new
            {
                serial = serial.ToUpperInvariant(),
                reason = "keyCompromise",
                comment = "laptop stolen",
                expected_status = "issued",
            }
        );

        answer.GetProperty("changed").GetInt32().ShouldBe(1);
        var item = answer.GetProperty("data")[0];
        item.Text("status").ShouldBe("revoked");
        item.Text("revocation_reason").ShouldBe("keyCompromise");
        await machine
            .PostAsync("/v1/agent/renewals", MachineBench.CsrBody())
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.peer_revoked");
        var feed = await relay.GetOkAsync($"/v1/edge/feed?since={since}&wait=5s");
        feed.GetProperty("revoked_serials").EnumerateArray().ShouldContain(one => one.GetString() == serial);
        var audit = await fixture.Api.GetOkAsync("/v1/audit?limit=50");
        var entry = audit
            .GetProperty("data")
            .EnumerateArray()
            .First(one => one.Text("event") == "certificate_revoked")
            .GetProperty("body")
            .GetProperty("event_data");
        entry.Text("serial").ShouldBe(serial);
        entry.Text("comment").ShouldBe("laptop stolen");
    }

    [Fact]
    public async Task Revoke_Again_ChangesNothing()
    {
        var (enrollment, _) = await fixture.Bench.JoinAsync(fixture.Bench.AgentToken(), "twice");
        var first = await fixture.RevokeAsync(new { serial = enrollment.Certificate.Serial, reason = "superseded" });
        var id = first.GetProperty("data")[0].Id();

        var second = await fixture.RevokeAsync(new { certificate_id = id, reason = "superseded" });

        second.GetProperty("changed").GetInt32().ShouldBe(0);
        second.GetProperty("data")[0].Text("revoked_at").ShouldBe(first.GetProperty("data")[0].Text("revoked_at"));
    }

    [Fact]
    public async Task Revoke_AnotherReason_OnlyKeyCompromiseTakesItsPlace()
    {
        var (enrollment, _) = await fixture.Bench.JoinAsync(fixture.Bench.AgentToken(), "worse");
        var serial = enrollment.Certificate.Serial;
        await fixture.RevokeAsync(new { serial, reason = "superseded" });

        var refused = await PostAsync(new { serial, reason = "privilegeWithdrawn" })
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "certificate.revoked");
        refused.GetProperty("details").Text("revocation_reason").ShouldBe("superseded");
        var worse = await fixture.RevokeAsync(new { serial, reason = "keyCompromise" });
        worse.GetProperty("changed").GetInt32().ShouldBe(1);
        worse.GetProperty("data")[0].Text("revocation_reason").ShouldBe("keyCompromise");
    }

    [Fact]
    public async Task Revoke_ByKey_FindsItsCertificates()
    {
        var (enrollment, _) = await fixture.Bench.JoinAsync(fixture.Bench.AgentToken(), "by-key");
        var list = await fixture.Api.GetOkAsync($"/v1/certificates?serial={enrollment.Certificate.Serial}");
        var key = list.GetProperty("data")[0].Text("key_sha256");

        var answer = await fixture.RevokeAsync(new { key_sha256 = key.ToUpperInvariant(), reason = "keyCompromise" });

        answer.GetProperty("data")[0].Text("serial").ShouldBe(enrollment.Certificate.Serial);
    }

    [Fact]
    public async Task Revoke_ByKey_GoesOnPastWhatIsRevokedForAnotherReason()
    {
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        var first = await RecordAsync(key, TimeSpan.FromDays(1));
        var second = await RecordAsync(key, TimeSpan.FromDays(2));
        await fixture.RevokeAsync(new { certificate_id = first.Id.Value, reason = "superseded" });
        var list = await fixture.Api.GetOkAsync($"/v1/certificates?serial={second.Serial}");
        var body = new { key_sha256 = list.GetProperty("data")[0].Text("key_sha256"), reason = "privilegeWithdrawn" };

        var answer = await fixture.RevokeAsync(body);

        answer.GetProperty("changed").GetInt32().ShouldBe(1);
        answer.GetProperty("data").EnumerateArray().ShouldHaveSingleItem().Text("serial").ShouldBe(second.Serial);
        await PostAsync(new { body.key_sha256, reason = "cessationOfOperation" })
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "certificate.revoked");
    }

    [Fact]
    public async Task Revoke_ServerCertificate_ReachesItsAgentByFeed()
    {
        var (certificate, machine) = await fixture.ServeAsync("server-revoked");
        var serial = certificate.Text("serial");

        await fixture.RevokeAsync(new { serial });

        var feed = await machine.GetOkAsync("/v1/agent/feed");
        feed.GetProperty("revoked_serials").EnumerateArray().ShouldContain(one => one.GetString() == serial);
    }

    [Fact]
    public async Task Revoke_UnexpectedState_IsRefused()
    {
        var (enrollment, _) = await fixture.Bench.JoinAsync(fixture.Bench.AgentToken(), "expected");

        var error = await PostAsync(new { serial = enrollment.Certificate.Serial, expected_status = "revoked" })
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "certificate.state");

        error.GetProperty("details").Text("status").ShouldBe("issued");
    }

    [Fact]
    public async Task Revoke_ServicesOwn_IsRefused()
    {
        var list = await fixture.Api.GetOkAsync("/v1/certificates?limit=1000");
        var own = list.GetProperty("data").EnumerateArray().First(item => item.Text("kind") == "service");

        await PostAsync(new { certificate_id = own.Id() })
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "certificate.own");
    }

    [Fact]
    public async Task Revoke_AnotherOrganizationsOrUnknown_IsNotFound()
    {
        var (enrollment, _) = await fixture.Bench.JoinAsync(fixture.Bench.AgentToken(), "strange");
        using var stranger = fixture.Bench.Service.Client(
            fixture.Bench.AgentToken(organization: "other", workspace: "other", scope: Scopes.ManageTunnels)
        );
        var body = JsonSerializer.Serialize(new { serial = enrollment.Certificate.Serial });

        await stranger
            .PostAsync("/v1/certificates/revoke", body)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await PostAsync(new { serial = "01ff" }).ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await PostAsync(new { certificate_id = "cert_x" })
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"serial":"01","certificate_id":"cert_x"}""")]
    [InlineData("""{"serial":"xyz"}""")]
    [InlineData("""{"key_sha256":"01"}""")]
    [InlineData("""{"serial":"01","reason":"certificateHold"}""")]
    [InlineData("""{"serial":"01","reason":"cACompromise"}""")]
    [InlineData("""{"serial":"01","reason":"KEYCOMPROMISE"}""")]
    [InlineData("""{"serial":"01","expected_status":"valid"}""")]
    [InlineData("""{"serial":"01","comment":"a\nb"}""")]
    [InlineData("""{"serial":"01","force":true}""")]
    public Task Revoke_Malformed_IsRefused(string body) =>
        fixture
            .Api.PostAsync("/v1/certificates/revoke", body)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    private async Task<CertificateRecord> RecordAsync(IssuerKey key, TimeSpan life)
    {
        var service = fixture.Bench.Service;
        var now = service.Time.GetStoreNow();
        var record = new CertificateRecord
        {
            Id = CertificateId.New(),
            Serial = Convert.ToHexStringLower(RandomBytes.Get(18)),
            Kind = CertificateKind.Server,
            Status = CertificateStatus.Intent,
            OrganizationId = fixture.Bench.OrganizationId,
            Identity = "one.tunnel.test",
            IssuedAt = now,
            NotBefore = now,
            NotAfter = now + life,
        };
        var statement = service.Get<CertificateStore>().InsertIntent(record, key.PublicKey);
        var result = await service
            .Get<IJournal>()
            .CommitAsync(new Decision { Statements = [statement] }, TestContext.Current.CancellationToken);
        result.IsCommitted.ShouldBeTrue();
        return record;
    }

    private Task<HttpResponseMessage> PostAsync(object body) =>
        fixture.Api.PostAsync("/v1/certificates/revoke", JsonSerializer.Serialize(body));
}
