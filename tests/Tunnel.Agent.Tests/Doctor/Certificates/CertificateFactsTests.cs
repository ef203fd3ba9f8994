using Culvert.Machine.Client.Credentials;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Configuration;
using Culvert.Platform.Doctor;
using Culvert.Platform.Programs;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Doctor.Certificates;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

/// <summary>The facts as the doctor gathers them, from what a real credential manager left.</summary>
public sealed class CertificateFactsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-doctor-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Gather_BesideTheRunningAgent_EverythingPasses()
    {
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        var settings = Configure(service);
        settings = settings with { Identity = settings.Identity with { OrganizationId = "org" } }; // the fake's
        await EnrolAsync(
            settings,
            service,
            whileItRuns: async () =>
            {
                // The fake waits for changes at every request; the service does not.
                service.Intercept = (request, context) =>
                {
                    var isDoctor = request.Path == "/v1/agent/feed" && request.Query.Contains("wait=0s");
                    context.Response.StatusCode = isDoctor ? 204 : 200;
                    return Task.FromResult(isDoctor);
                };
                var findings = CertificateChecks.Run(
                    await CertificateFacts.GatherAsync(settings, TimeProvider.System, Token)
                );

                findings.Where(finding => finding.Status == DoctorStatus.Fail).ShouldBeEmpty();
                findings
                    .Where(finding => finding.Status == DoctorStatus.Skip)
                    .Select(finding => finding.Id)
                    .ShouldBe(["tunnel_token", "leaf_files", "audit_checkpoints"]);
                findings.Select(finding => finding.Id).ShouldBe(CertificateChecks.Ids);
            }
        );
    }

    [Fact]
    public async Task Gather_BeforeTheFirstRun_NothingFails()
    {
        await using var service = await FakeService.StartAsync(TimeProvider.System);

        var findings = CertificateChecks.Run(
            await CertificateFacts.GatherAsync(Configure(service), TimeProvider.System, Token)
        );

        findings.Where(finding => finding.Status == DoctorStatus.Fail).ShouldBeEmpty();
        service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Gather_EditedFeed_IsNamedAndNotUsed()
    {
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        var settings = Configure(service);
        await EnrolAsync(settings, service, () => Task.CompletedTask);
        var feed = Path.Combine(settings.StateDirectory, "feed.json");
        await File.WriteAllTextAsync(feed, "AAAA" + await File.ReadAllTextAsync(feed, Token), Token);

        var facts = await CertificateFacts.GatherAsync(settings, TimeProvider.System, Token);

        facts.State.Feed.ShouldBeNull();
        FileChecks.CheckStateFiles(facts).Summary.ShouldContain("feed.json cannot be used");
    }

    [Fact]
    public async Task Gather_OtherTunnelInTheFile_IsSaidByTheOneCheck()
    {
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        var settings = Configure(service);
        await EnrolAsync(settings, service, () => Task.CompletedTask);
        settings = settings with { Tunnel = settings.Tunnel with { Id = "tnl_other" } };

        var findings = CertificateChecks.Run(await CertificateFacts.GatherAsync(settings, TimeProvider.System, Token));

        var failed = findings.Where(finding => finding.Status == DoctorStatus.Fail).ToList();
        failed.Select(finding => finding.Id).ShouldBe(["organization"]);
        failed[0]
            .Summary.ShouldBe(
                $"tunnel.id is tnl_other, but the agent of this state directory is enrolled for {FakeService.TunnelId}."
            );
        failed[0].Next.ShouldContain($"If {FakeService.TunnelId} is the tunnel you mean, set tunnel.id to it.");
    }

    [Fact]
    public async Task Gather_OtherServiceInTheFile_IsSaidByTheOneCheck()
    {
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        var settings = Configure(service);
        await EnrolAsync(settings, service, () => Task.CompletedTask);
        settings = settings with { Identity = settings.Identity with { Url = new Uri("https://other.test:8443") } };

        var findings = CertificateChecks.Run(await CertificateFacts.GatherAsync(settings, TimeProvider.System, Token));

        findings
            .Single(finding => finding.Status == DoctorStatus.Fail)
            .Summary.ShouldStartWith("identity.url is https://other.test:8443, and the agent");
    }

    private static async Task EnrolAsync(AgentSettings settings, FakeService service, Func<Task> whileItRuns)
    {
        using var state = StateDirectory.Open(settings.StateDirectory);
        var options = new CredentialManagerOptions { Identity = settings.Identity, ServerCertificates = true };
        using var manager = CredentialManager.ForAgent(
            options,
            settings.Tunnel.Id,
            state,
            () => [],
            NullLoggerFactory.Instance,
            TimeProvider.System
        );
        using var stop = new CancellationTokenSource();
        var leaf = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        manager.ServerCertificateChanged = (_, _) =>
        {
            leaf.TrySetResult();
            return ValueTask.CompletedTask;
        };
        var running = manager.RunAsync(stop.Token);
        await leaf.Task.WaitAsync(Eventually.Limit, Token);
        // The file is written after the callback.
        await Eventually.UntilAsync(() => File.Exists(Path.Combine(settings.StateDirectory, "server.json")), Token);

        await whileItRuns();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running.WaitAsync(Eventually.Limit, Token));
    }

    private AgentSettings Configure(FakeService service)
    {
        File.WriteAllText(Path.Combine(folder, "ca.pem"), service.Platform.RootPem);
        File.WriteAllText(Path.Combine(folder, "idp-token"), "eyJ.idp.token");
        File.SetUnixFileMode(Path.Combine(folder, "idp-token"), UnixFileMode.UserRead);
        var file = Path.Combine(folder, "agent.yaml");
        File.WriteAllText(
            file,
            $$"""
            config_version: 1
            state_dir: state
            identity:
              url: {{service.ApiUrl.GetLeftPart(UriPartial.Authority)}}
              ca_file: ca.pem
              organization_id: 11111111-2222-3333-4444-555555555555
              rule_id: fdrl_010000000000000000000000
              token: {file: idp-token}
            tunnel: {id: {{FakeService.TunnelId}}}
            routes:
              docs:
                upstream: {url: "http://127.0.0.1:8080", allowed_ranges: [127.0.0.0/8]}
                oauth: {mode: dangerous_none}
            """
        );
        var loaded = ConfigLoader.Load(
            ConfigLocation.Agent,
            file,
            AgentConfiguration.Read,
            new Dictionary<string, string>()
        );
        loaded.Errors.ShouldBeEmpty();
        return loaded.Settings!;
    }
}
