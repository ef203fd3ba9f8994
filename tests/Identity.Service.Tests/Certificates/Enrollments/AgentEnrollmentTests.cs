using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Enrollments;

/// <summary>S3 and S5 at <c>POST /v1/agent/enrollments</c>.</summary>
public sealed class AgentEnrollmentTests
{
    [Fact]
    public async Task Enroll_ByAccessToken_GivesACertificateOfOneHour()
    {
        await using var bench = await MachineBench.StartAsync();

        var (enrollment, _) = await bench.JoinAsync(bench.AgentToken());

        enrollment.Id.ShouldStartWith("agt_01");
        enrollment.SpiffeId.ShouldBe($"spiffe://identity.test/o/{bench.OrganizationId}/t/{bench.TunnelId}/agent/one");
        enrollment.MachineUrl.ShouldBe("https://identity.test:8444");
        enrollment.Certificate.NotAfter.ShouldBe(bench.Service.Time.GetUtcNow().AddHours(1).AddSeconds(-1));
        using var leaf = X509Certificate2.CreateFromPem(enrollment.Certificate.CertificatePem);
        leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .Single()
            .EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>()
            .Single()
            .Value.ShouldBe("1.3.6.1.5.5.7.3.2");
        CertificateNames.Uris(leaf).ShouldBe([enrollment.SpiffeId]);
    }

    [Fact]
    public async Task Enroll_Certificate_OpensTheMachinePort()
    {
        await using var bench = await MachineBench.StartAsync();
        var (_, machine) = await bench.JoinAsync(bench.AgentToken());

        var feed = await machine.GetOkAsync("/v1/agent/feed?since=0&wait=0s");

        feed.GetProperty("tunnel").Id().ShouldBe(bench.TunnelId);
    }

    // Row 3 of the bad inputs.
    [Fact]
    public async Task Enroll_BodyOver64Kilobytes_IsTooLarge()
    {
        await using var bench = await MachineBench.StartAsync();

        await bench
            .EnrollAsync(bench.AgentToken(), instance: new string('a', 65 * 1024))
            .ShouldRefuseAsync(HttpStatusCode.RequestEntityTooLarge, "request.too_large");
    }

    [Fact]
    public async Task Enroll_Again_KeepsTheEnrolment()
    {
        await using var bench = await MachineBench.StartAsync();

        var (first, _) = await bench.JoinAsync(bench.AgentToken());
        var (second, _) = await bench.JoinAsync(bench.AgentToken());

        second.Id.ShouldBe(first.Id);
        second.Certificate.Serial.ShouldNotBe(first.Certificate.Serial);
    }

    [Fact]
    public async Task Enroll_SameMachineTwiceAtOnce_GivesOneEnrolment()
    {
        await using var bench = await MachineBench.StartAsync();

        var joined = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => bench.JoinAsync(bench.AgentToken())));

        joined.Select(machine => machine.Enrollment.Id).Distinct().Count().ShouldBe(1);
        joined.Select(machine => machine.Enrollment.Certificate.Serial).Distinct().Count().ShouldBe(4);
    }

    [Fact]
    [Trait("Attack", "A62")]
    public async Task Enroll_InstanceOfAnotherPrincipal_IsTakenAndTold()
    {
        await using var bench = await MachineBench.StartAsync();
        var (first, machine) = await bench.JoinAsync(bench.AgentToken("agent-a"));

        var error = await bench
            .EnrollAsync(bench.AgentToken("agent-b"))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "instance.taken");

        error.GetProperty("type").GetString().ShouldBe("conflict_error");
        var (told, _) = await bench
            .Service.Get<AuditSearch>()
            .FindAsync(
                new AuditQuery { OrganizationId = bench.OrganizationId },
                long.MaxValue,
                1,
                TestContext.Current.CancellationToken
            );
        Encoding.UTF8.GetString(told[0].Body!).ShouldContain("agent_instance_refused");
        // The first machine is not locked out.
        (await machine.PostOkAsync("/v1/agent/renewals", MachineBench.CsrBody()))
            .Id()
            .ShouldBe(first.Id);
    }

    [Fact]
    public async Task Enroll_InstanceOfAnotherMethod_IsTaken()
    {
        await using var bench = await MachineBench.StartAsync();
        await bench.SetTunnelAsync(new { agent_source_ranges = new[] { "127.0.0.0/8" } });
        await bench.JoinAsync(bench.AgentToken());

        await bench
            .EnrollAsync(await bench.TunnelTokenAsync())
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "instance.taken");
    }

    [Theory]
    [InlineData(1, HttpStatusCode.OK)]
    [InlineData(2, HttpStatusCode.Conflict)]
    public async Task Enroll_LiveInstances_AreBounded(int others, HttpStatusCode expected)
    {
        await using var bench = await MachineBench.StartAsync(o =>
            o with
            {
                Agents = new() { InstancesPerTunnel = 2 },
            }
        );
        for (var i = 0; i < others; i++)
        {
            await bench.JoinAsync(bench.AgentToken(), $"other-{i}");
        }

        using var response = await bench.EnrollAsync(bench.AgentToken(), "last");

        response.StatusCode.ShouldBe(expected);
    }

    /// <summary>Stopped ones count no longer than <c>agents.live_for</c>, whatever their certificates have left.</summary>
    [Theory]
    [InlineData(299, HttpStatusCode.Conflict)]
    [InlineData(301, HttpStatusCode.OK)]
    public async Task Enroll_LimitReachedByStoppedInstances_IsGrantedOnceTheyAreNotLive(
        int seconds,
        HttpStatusCode expected
    )
    {
        await using var bench = await MachineBench.StartAsync(o =>
            o with
            {
                Agents = new() { InstancesPerTunnel = 1 },
            }
        );
        await bench.JoinAsync(bench.AgentToken(), "old");

        await bench.PassAsync(TimeSpan.FromSeconds(seconds));

        using var response = await bench.EnrollAsync(bench.AgentToken(), "new");
        response.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Enroll_LimitReachedByAnInstanceThatPolls_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync(o =>
            o with
            {
                Agents = new() { InstancesPerTunnel = 1 },
            }
        );
        var (_, old) = await bench.JoinAsync(bench.AgentToken(), "old");
        await bench.PassAsync(TimeSpan.FromSeconds(200));
        await old.GetOkAsync("/v1/agent/feed");

        await bench.PassAsync(TimeSpan.FromSeconds(200));

        await bench.EnrollAsync(bench.AgentToken(), "new").ShouldRefuseAsync(HttpStatusCode.Conflict, "instance.limit");
    }

    [Fact]
    public async Task Enroll_RuleDoesNotNameTheTunnel_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync();

        await bench
            .EnrollAsync(bench.AgentToken(tunnels: []))
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "enrolment.tunnel");
    }

    [Fact]
    public async Task Enroll_TunnelOfAnotherOrganizationOrWorkspace_IsNotFound()
    {
        await using var bench = await MachineBench.StartAsync();

        await bench
            .EnrollAsync(bench.AgentToken(organization: "other"))
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await bench
            .EnrollAsync(bench.AgentToken(workspace: "other"))
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Fact]
    public async Task Enroll_WrongScopeOrAdminKey_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync();

        await bench
            .EnrollAsync(bench.AgentToken(scope: Scopes.ManageTunnels))
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
        await bench.EnrollAsync(bench.Service.AdminKey).ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }

    [Fact]
    public async Task Enroll_UnknownToken_Is401() =>
        await WithBench(bench =>
            bench.EnrollAsync("nonsense").ShouldRefuseAsync(HttpStatusCode.Unauthorized, "auth.invalid")
        );

    [Fact]
    public async Task Enroll_ArchivedTunnel_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync();
        await bench.Service.Api.PostOkAsync($"/v1/tunnels/{bench.TunnelId}/archive");

        await bench.EnrollAsync(bench.AgentToken()).ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.archived");
    }

    [Theory]
    [InlineData("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----", "csr.malformed")]
    [InlineData("", "request.invalid")]
    public async Task Enroll_BadRequest_HasItsCode(string csr, string code) =>
        await WithBench(bench =>
            bench.EnrollAsync(bench.AgentToken(), csr: csr).ShouldRefuseAsync(HttpStatusCode.BadRequest, code)
        );

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("A")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public async Task Enroll_BadInstanceId_IsInvalid(string instance) =>
        await WithBench(bench =>
            bench
                .EnrollAsync(bench.AgentToken(), instance)
                .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid")
        );

    [Fact]
    public async Task Enroll_TunnelTokenWithoutRanges_IsRefused() =>
        await WithBench(async bench =>
            await bench
                .EnrollAsync(await bench.TunnelTokenAsync())
                .ShouldRefuseAsync(HttpStatusCode.Forbidden, "source_ranges_empty")
        );

    [Fact]
    public async Task Enroll_TunnelTokenFromOutsideTheRanges_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync();
        await bench.SetTunnelAsync(new { agent_source_ranges = new[] { "192.0.2.0/24" } });

        await bench
            .EnrollAsync(await bench.TunnelTokenAsync())
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "enrolment.source");
    }

    [Fact]
    public async Task Enroll_TunnelTokenFromWithinTheRanges_IsGranted()
    {
        await using var bench = await MachineBench.StartAsync();
        await bench.SetTunnelAsync(new { agent_source_ranges = new[] { "127.0.0.0/8" } });

        var (enrollment, machine) = await bench.JoinAsync(await bench.TunnelTokenAsync());

        enrollment.TunnelId.ShouldBe(bench.TunnelId);
        await machine
            .PostAsync("/v1/agent/server_certificates", MachineBench.CsrBody())
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "enrolment.method");
    }

    private static async Task WithBench(Func<MachineBench, Task> test)
    {
        await using var bench = await MachineBench.StartAsync();
        await test(bench);
    }
}
