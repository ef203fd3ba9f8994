using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Configuration;
using Culvert.Platform.Doctor;
using Culvert.Platform.Programs;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Commands;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Tests.Hosting;
using Culvert.Tunnel.Agent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>The whole agent, from its file to a command of a control plane that it trusts by a CA file.</summary>
public sealed class LongPollRuntimeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-agent-").FullName;
    private readonly TunnelPki pki = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string ConfigurationFile => Path.Combine(folder, "agent.yaml");

    [Fact]
    public async Task Run_Tunnel_ServesReportsAndReloads()
    {
        await using var upstream = RawUpstream.Answering(LongPollScene.Json(LongPollScene.Result));
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var plane = new ControlPlaneDouble(pki.Server("localhost"));
        var settings = Configure(service, upstream.Port, plane.Port);
        await using var agent = new RunningAgent(settings, Watch());
        plane.Enqueue(LongPollScene.Call);

        (await plane.NextAnswerAsync()).Json.ShouldBe(LongPollScene.Result);

        await Eventually.UntilAsync(async () => await agent.FailedCheckAsync("long_poll") is null, Token);
        (await agent.CheckAsync()).Single(f => f.Id == LongPollCheck.Id).Status.ShouldBe(DoctorStatus.Pass);
        (await agent.CheckAsync())
            .Single(f => f.Id == StaticSecretsCheck.Id)
            .Evidence.ShouldContain(line =>
                line.StartsWith(
                    $"tunnels[{ControlPlaneDouble.TunnelId}].api_key: api_key in file:",
                    StringComparison.Ordinal
                ) && line.Contains(", last used ", StringComparison.Ordinal)
            );
        await Eventually.UntilAsync(
            () =>
                service
                    .Of("/v1/agent/reports")
                    .Any(r => r.Body.Contains("\"static_secrets\":[{", StringComparison.Ordinal)),
            Token
        );
        service
            .Of("/v1/agent/reports")
            .ShouldAllBe(report => !report.Body.Contains(LongPollScene.ApiKey, StringComparison.Ordinal));
        var doctor = await LongPollCheck.RunAsync(settings, TimeProvider.System, Token);
        doctor.Status.ShouldBe(DoctorStatus.Pass);

        // A key that the control plane refuses: readiness and doctor say so.
        (plane.TunnelStatus, plane.TunnelBody) = (401, """{"error":{"code":"tunnel_use_forbidden"}}""");
        for (var i = 0; i < 50; i++)
        {
            plane.ForcePoll(401, """{"error":{"code":"tunnel_use_forbidden"}}""");
        }

        await Eventually.UntilAsync(async () => await agent.FailedCheckAsync("long_poll") is not null, Token);
        (await agent.FailedCheckAsync("long_poll")).ShouldNotBeNull().ShouldContain("401 tunnel_use_forbidden");
        (await agent.CheckAsync()).Single(f => f.Id == LongPollCheck.Id).Status.ShouldBe(DoctorStatus.Fail);
        doctor = await LongPollCheck.RunAsync(settings, TimeProvider.System, Token);
        doctor.Status.ShouldBe(DoctorStatus.Fail);
        doctor.Next.ShouldHaveSingleItem().ShouldContain("tunnels.api_key");

        // Without the tunnel the agent polls no more, and is ready again.
        var text = await File.ReadAllTextAsync(ConfigurationFile, Token);
        await File.WriteAllTextAsync(
            ConfigurationFile,
            text[..text.IndexOf("tunnels:", StringComparison.Ordinal)],
            Token
        );
        await Eventually.UntilAsync(async () => await agent.FailedCheckAsync("long_poll") is null, Token);
        await Eventually.UntilAsync(
            () => agent.Log.Text.Contains("the agent stopped polling", StringComparison.Ordinal),
            Token
        );
    }

    [Fact] // real binaries' configuration: HTTP and harpoon in one tunnel
    public async Task Run_Harpoon_ServesTheCalloutsOfTheFile()
    {
        await using var upstream = RawUpstream.Answering(LongPollScene.Json(LongPollScene.Result));
        await using var target = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var plane = new ControlPlaneDouble(pki.Server("localhost"));
        var settings = Configure(service, upstream.Port, plane.Port, target.Port);
        await using var agent = new RunningAgent(settings, Watch());

        plane.Enqueue(LongPollScene.Call);
        (await plane.NextAnswerAsync()).Json.ShouldBe(LongPollScene.Result);
        plane.Enqueue(
            HarpoonScene.Use("call_target", """{"label":"tickets","method":"GET"}"""),
            change: c => c["channel"] = "harpoon"
        );
        var called = await plane.NextAnswerAsync();
        plane.Enqueue(HarpoonScene.Use("list_targets", "{}"), change: c => c["channel"] = "harpoon");
        var listed = await plane.NextAnswerAsync();

        HarpoonScene.BodyOf(HarpoonScene.Read(called)).ShouldBe("pong");
        HarpoonScene
            .Read(listed)
            .ToJsonString()
            .ShouldBe(
                """{"targets":[{"label":"tickets","description":"Open tickets","category":"work","source":"work","tags":["a","b"],"allowed_methods":["GET"]}]}"""
            );
    }

    [Fact]
    public async Task Run_NoFeedYet_DoesNotPoll()
    {
        await using var upstream = RawUpstream.Answering(LongPollScene.Json(LongPollScene.Result));
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var plane = new ControlPlaneDouble(pki.Server("localhost"));
        var settings = Configure(service, upstream.Port, plane.Port);
        await service.DisposeAsync();
        await using var agent = new RunningAgent(settings);

        await Eventually.UntilAsync(
            async () =>
                await agent.FailedCheckAsync("long_poll") is { } reason
                && reason.Contains("no feed of its own tunnel yet", StringComparison.Ordinal),
            Token
        );

        plane.Polls.ShouldBe(0);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private AgentSettings Configure(FakeService service, int upstream, int plane, int target = 1)
    {
        LongPollFolder.Write(folder, service, pki, plane, upstream, target);
        var loaded = Load();
        loaded.Errors.ShouldBeEmpty();
        return loaded.Settings!;
    }

    private ConfigWatch<AgentSettings> Watch() =>
        new(ConfigurationFile, Load, Load(), RunCommand.IsReloadable, TimeProvider.System, NullLogger.Instance);

    private ConfigResult<AgentSettings> Load() =>
        ConfigLoader.Load(
            ConfigLocation.Agent,
            ConfigurationFile,
            AgentConfiguration.Read,
            new Dictionary<string, string>()
        );
}
