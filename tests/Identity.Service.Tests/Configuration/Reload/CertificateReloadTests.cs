using System.Text.Json;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Revocation.Ocsp;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tests.Certificates.Revocation.Ocsp;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Configuration.Reload;

/// <summary><c>certificates</c>, changed while the service runs.</summary>
public sealed class CertificateReloadTests(RevocationBench bench) : IClassFixture<RevocationBench>
{
    private static readonly TimeSpan Backdate = TimeSpan.FromMinutes(2);

    private ServiceUnderTest Service => bench.Bench.Service;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 0)]
    [InlineData(36, 5)]
    public async Task Lives_CountForTheNextCertificate(int hours, int backdateMinutes)
    {
        await bench.Bench.PassAsync(TimeSpan.FromMinutes(10)); // no leaf is valid before its authority
        await Service.ReloadAsync(options =>
            options with
            {
                Certificates = options.Certificates with
                {
                    ServerLife = TimeSpan.FromHours(hours),
                    Backdate = TimeSpan.FromMinutes(backdateMinutes),
                },
            }
        );

        var (certificate, _) = await bench.ServeAsync($"life-{hours}");

        var now = Service.Time.GetUtcNow();
        (Read(certificate, "not_after") - now).ShouldBe(TimeSpan.FromHours(hours), TimeSpan.FromMinutes(6));
        (now - Read(certificate, "not_before")).ShouldBe(
            TimeSpan.FromMinutes(backdateMinutes),
            TimeSpan.FromSeconds(1)
        );
    }

    [Fact]
    public async Task PlatformLife_CountsForTheNextMachine()
    {
        await Service.ReloadAsync(options =>
            options with
            {
                Certificates = options.Certificates with { PlatformLife = TimeSpan.FromHours(3), Backdate = Backdate },
            }
        );

        var (enrollment, _) = await bench.Bench.JoinAsync(bench.Bench.AgentToken(), "platform-life");

        (enrollment.Certificate.NotAfter - Service.Time.GetUtcNow()).ShouldBe(
            TimeSpan.FromHours(3),
            TimeSpan.FromMinutes(3)
        );
    }

    [Fact]
    public async Task ResponderAddress_CountsForTheNextCertificate()
    {
        await Service.ReloadAsync(options =>
            options with
            {
                Certificates = options.Certificates with { ResponderAddress = ResponderAddress.Never },
            }
        );
        OcspTests.ResponderOf((await bench.ServeAsync("never")).Certificate).ShouldBeNull();

        await Service.ReloadAsync(options =>
            options with
            {
                Certificates = options.Certificates with
                {
                    ResponderAddress = ResponderAddress.Always,
                    OcspUrl = "http://ocsp.test",
                },
            }
        );
        OcspTests
            .ResponderOf((await bench.ServeAsync("always")).Certificate)
            .ShouldBe($"http://ocsp.test/v1/ocsp/{bench.AuthorityId}");
    }

    [Fact]
    public async Task Approval_CountsForTheNextAnswer()
    {
        var path = $"/v1/certificate_authorities/{bench.AuthorityId}";
        (await bench.Api.GetOkAsync(path)).Text("approval").ShouldBe("single");

        await Service.ReloadAsync(options =>
            options with
            {
                Certificates = options.Certificates with { SingleApproval = false },
            }
        );

        (await bench.Api.GetOkAsync(path)).Text("approval").ShouldBe("two_person");
        await Service.ReloadAsync(ServiceUnderTest.WithSingleApproval);
    }

    // Authorities of leaves that live for seconds may live for minutes.
    [Fact]
    public async Task ServerLife_OfSeconds_MakesTheRotationLookMoreOften()
    {
        var jobs = Service.Get<JobScheduler>();
        var job = jobs.Find("rotations")!;

        await SetServerLifeAsync(TimeSpan.FromSeconds(20));

        job.Every.ShouldBe(TimeSpan.FromSeconds(20));
        (await jobs.NextRunAsync(job, Cancel)).ShouldBe(Service.Time.GetUtcNow() + TimeSpan.FromSeconds(20));
        await SetServerLifeAsync(TimeSpan.FromHours(24));
    }

    [Fact]
    public async Task ServerLife_OfSeconds_ResumesNoPausedJob()
    {
        var job = Service.Get<JobScheduler>().Find("rotations")!;
        await Service.Api.PostOkAsync($"/v1/jobs/{job.Name}/pause", """{"reason":"a test"}""");
        await SetServerLifeAsync(TimeSpan.FromSeconds(20));
        var last = job.LastRun;

        Service.Time.Advance(TimeSpan.FromSeconds(30));

        // Another's round shows that the scheduler has gone on.
        await Service.Api.PostOkAsync("/v1/jobs/audit_checkpoints/run", "{}");
        job.LastRun.ShouldBeSameAs(last);
        await SetServerLifeAsync(TimeSpan.FromHours(24));
        await Service.Api.PostOkAsync($"/v1/jobs/{job.Name}/resume", "{}");
    }

    [Fact]
    public void SigningQueue_CountsForTheNextIssuance()
    {
        var limits = new Current<LimitOptions>(new LimitOptions { SigningQueue = 1 });
        using var queue = new SigningQueue(limits, Service.Time);
        queue.TryEnter().ShouldBeNull();
        queue.TryEnter().ShouldNotBeNull();

        limits.Use(new LimitOptions { SigningQueue = 2 });

        queue.TryEnter().ShouldBeNull();
        queue.TryEnter().ShouldNotBeNull();
    }

    private Task SetServerLifeAsync(TimeSpan life) =>
        Service.ReloadAsync(options => options with { Certificates = options.Certificates with { ServerLife = life } });

    private static DateTimeOffset Read(JsonElement certificate, string member) =>
        certificate.GetProperty(member).GetDateTimeOffset();
}
