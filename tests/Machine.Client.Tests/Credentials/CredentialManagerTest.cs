using System.Text.Json;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Credentials;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Credentials;

/// <summary>A credential manager against a fake service, by a clock that the test advances.</summary>
public abstract class CredentialManagerTest : IAsyncLifetime
{
    private protected const string Exchange = "/v1/oauth/token";
    private protected const string Enrol = "/v1/agent/enrollments";
    private protected const string Renew = "/v1/agent/renewals";
    private protected const string Server = "/v1/agent/server_certificates";
    private protected const string Feed = "/v1/agent/feed";
    private protected const string Reports = "/v1/agent/reports";

    private protected readonly FakeTimeProvider time = new();
    private protected readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-test-");
    private protected readonly RecordingLogs logs = new();
    private protected CancellationTokenSource stop = new();
    private protected readonly List<string> identities = [];
    private protected readonly List<string> servers = [];
    private protected readonly List<IDisposable> managers = [];
    private protected int loops;
    private protected FakeService service = null!;
    private protected StateDirectory? state;
    private protected Task running = Task.CompletedTask;

    private protected string TokenFile => Path.Combine(folder.FullName, "token");

    private protected string StatePath => Path.Combine(folder.FullName, "state");

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(time);
        await File.WriteAllTextAsync(TokenFile, "idp.token.1\n");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "ca.pem"), service.Platform.RootPem);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        managers.ForEach(m => m.Dispose());
        await service.DisposeAsync();
        stop.Dispose();
        logs.Dispose();
        folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected IdentityOptions Identity() =>
        new()
        {
            Url = service.ApiUrl,
            CaFile = Path.Combine(folder.FullName, "ca.pem"),
            OrganizationId = "org",
            RuleId = "fdrl_1",
            Token = new() { File = TokenFile },
        };

    private protected CredentialManager<AgentFeed> Agent(
        IdentityOptions? identity = null,
        bool serverCertificates = true,
        string tunnelId = FakeService.TunnelId
    )
    {
        state = StateDirectory.Open(StatePath);
        var route = new AgentReportRoute(
            Name: "docs",
            Hostname: "docs.x.tunnel.test",
            UpstreamHealthy: true,
            Detail: ""
        );
        var manager = CredentialManager.ForAgent(
            new CredentialManagerOptions { Identity = identity ?? Identity(), ServerCertificates = serverCertificates },
            tunnelId,
            state,
            () => [route],
            logs,
            time,
            TimeProvider.System
        );
        managers.Add(manager);
        loops = serverCertificates ? 5 : 4;
        manager.IdentityChanged = (changed, _) =>
        {
            identities.Add(changed.Credential.Serial);
            return ValueTask.CompletedTask;
        };
        manager.ServerCertificateChanged = (changed, _) =>
        {
            servers.Add(changed.Serial);
            return ValueTask.CompletedTask;
        };
        return manager;
    }

    private protected void Run(CredentialManager<AgentFeed> manager) => running = manager.RunAsync(stop.Token);

    private protected Task Ready(CredentialManager<AgentFeed> manager) =>
        Until(
            () =>
                manager is { Identity: not null, Feed: not null, ServerCertificate: not null }
                && Report()?.Serials.Server is not null,
            TimeSpan.FromMilliseconds(20)
        );

    // The clock moves on only while every loop is at rest, on a timer or in a poll: real calls take no fake time.
    private protected Task Until(Func<bool> condition, TimeSpan step) =>
        Eventually.UntilAsync(
            condition,
            TestContext.Current.CancellationToken,
            () =>
            {
                if (time.PendingTimers + service.WaitingPolls >= loops)
                {
                    time.Advance(step);
                }
            }
        );

    private protected AgentReport? Report() =>
        service.Of(Reports) is [.., var last]
            ? JsonSerializer.Deserialize(last.Body, WireJson.Default.AgentReport)
            : null;

    private protected static async Task<IReadOnlyList<string?>> Readiness(CredentialManager<AgentFeed> manager)
    {
        var reasons = new List<string?>();
        foreach (var check in manager.Checks)
        {
            reasons.Add(await check.Evaluate(TestContext.Current.CancellationToken));
        }

        return reasons;
    }

    private protected async Task StopAsync()
    {
        await stop.CancelAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // how a run ends
        }

        state?.Dispose();
        stop.Dispose();
        stop = new CancellationTokenSource();
    }
}
