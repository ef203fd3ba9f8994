using System.Net;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Enrollments;

/// <summary>S6 at <c>POST /v1/edge/enrollments</c> and <c>POST /v1/edge/renewals</c>.</summary>
public sealed class EdgeEnrollmentTests
{
    [Fact]
    public async Task Enroll_RegisteredEdge_GetsItsIdentityAndNames()
    {
        await using var bench = await MachineBench.StartAsync();
        var edgeId = await RegisterAsync(bench);

        var (enrollment, machine) = await bench.JoinEdgeAsync(bench.EdgeToken(edgeId), edgeId);

        enrollment.Id.ShouldBe(edgeId);
        enrollment.SpiffeId.ShouldBe($"spiffe://identity.test/edge/{edgeId}");
        using var leaf = X509Certificate2.CreateFromPem(enrollment.Certificate.CertificatePem);
        CertificateNames.Uris(leaf).ShouldBe([enrollment.SpiffeId]);
        leaf.MatchesHostname("edge.example").ShouldBeTrue();
        (await machine.PostOkAsync("/v1/edge/renewals", MachineBench.CsrBody())).Id().ShouldBe(edgeId);
    }

    [Fact]
    public async Task Enroll_EdgeThatTheRuleDoesNotName_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync();
        var edgeId = await RegisterAsync(bench);

        await EnrollAsync(bench, bench.EdgeToken("edge_other"), edgeId)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "enrolment.edge");
        await EnrollAsync(bench, bench.AgentToken(), edgeId).ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }

    [Fact]
    public async Task Enroll_ArchivedEdge_IsRefusedAndItsSerialRevoked()
    {
        await using var bench = await MachineBench.StartAsync();
        var edgeId = await RegisterAsync(bench);
        var (_, machine) = await bench.JoinEdgeAsync(bench.EdgeToken(edgeId), edgeId);

        await bench.Service.Api.PostOkAsync($"/v1/edges/{edgeId}/archive");

        await EnrollAsync(bench, bench.EdgeToken(edgeId), edgeId)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "edge.archived");
        await machine
            .PostAsync("/v1/edge/renewals", MachineBench.CsrBody())
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.peer_revoked");
    }

    [Fact]
    public async Task Renew_RuleEnded_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync();
        var edgeId = await RegisterAsync(bench);
        var (_, machine) = await bench.JoinEdgeAsync(bench.EdgeToken(edgeId), edgeId);
        await machine.PostOkAsync("/v1/edge/renewals", MachineBench.CsrBody());
        bench.Federation.End("fdrl_edges");

        await machine
            .PostAsync("/v1/edge/renewals", MachineBench.CsrBody())
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "renewal.disabled");
    }

    [Fact]
    public async Task Renew_AgentAtTheEdgesDoor_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync();
        var (_, agent) = await bench.JoinAsync(bench.AgentToken());

        await agent
            .PostAsync("/v1/edge/renewals", MachineBench.CsrBody())
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.peer");
    }

    private static async Task<string> RegisterAsync(MachineBench bench) =>
        (
            await bench.Service.Api.PostOkAsync(
                "/v1/edges",
                """{"name":"edge-1","addresses":["edge.example:7844"],"dns_names":["edge.example"]}"""
            )
        ).Id();

    private static Task<HttpResponseMessage> EnrollAsync(MachineBench bench, string bearer, string edgeId)
    {
        using var key = CertificateRequests.NewKey();
        return bench.EnrollEdgeAsync(bearer, edgeId, CertificateRequests.Create(key));
    }
}
