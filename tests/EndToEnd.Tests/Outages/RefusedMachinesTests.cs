using System.Net.Sockets;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Outages;

/// <summary>
/// S4, S8, S10: a definite refusal by the service is not an outage. Whichever ends are revoked, serving ends; nothing but a
/// new enrolment brings it back, and that comes unaided where the identity provider still vouches.
/// </summary>
[Collection(RefusedSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class RefusedMachinesTests(RefusedSystem system) : SystemTest(system)
{
    /// <summary>Generous: the figures that are printed are what counts.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public enum End
    {
        Agent,
        Edge,
        Both,
    }

    [Theory]
    [InlineData(End.Agent)]
    [InlineData(End.Edge)]
    [InlineData(End.Both)]
    public async Task Revoked_WhileTheIdPVouches_IsBackWithANewCertificate(End end)
    {
        await CallAsync();
        var (agent, edge) = (Serial(TunnelAgent.AutomaticName), Serial(TunnelEdge.Name));
        var begun = TimeProvider.System.GetTimestamp();
        if (end == End.Both)
        {
            await RevokeTokensAsync();
        }
        else
        {
            var serial = end == End.Agent ? agent : edge;
            await Installation.Operator.RunAsync($"cert revoke {serial}", Cancel, "--cause", "superseded", "--yes");
        }

        await UntilAsync(
            () =>
                Task.FromResult(
                    (end == End.Edge || Serial(TunnelAgent.AutomaticName) != agent)
                        && (end == End.Agent || Serial(TunnelEdge.Name) != edge)
                ),
            "a new certificate",
            Limit
        );
        await UntilAsync(TryCallAsync, "a call", Limit);
        var took = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        Figure($"revoked {end}, vouched for: serves again after {took:0.0} s");
        await System.UntilReadyAsync(Cancel);
    }

    [Fact]
    public async Task Revoked_BothAndNobodyVouches_NothingServesUntilTheIssuerIsBelievedAgain()
    {
        await CallAsync();
        var record = Installation.Record;
        var begun = TimeProvider.System.GetTimestamp();
        await KillIssuerAsync();
        try
        {
            // The enrolments from before, too: an issuer that is no longer trusted does not end an enrolment.
            await RevokeTokensAsync();
            await UntilAsync(async () => !await IsListeningAsync(), "the edge's listeners are closed", Limit);
            await UntilAsync(async () => await AgentsAsync() == 0, "no agent is connected", Limit);
            var took = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
            Figure($"both ends revoked: nothing serves after {took:0.0} s");
            await ShouldSayWhyAsync();

            // Neither what an operator does to the tunnel meanwhile nor a restart brings anything back.
            await Installation.Operator.RunAsync($"tunnel pause {record.Tunnel.Id}", Cancel);
            await Installation.Operator.RunAsync($"tunnel resume {record.Tunnel.Id}", Cancel);
            await RestartAsync(Installation.Edge.Process, Installation.Edge.Health);
            await RestartAsync(Installation.Agent.Process, Installation.Agent.Health);
            await ShouldSayWhyAsync();
            // A new process binds its addresses and closes them at its first look, within a second.
            await UntilAsync(async () => !await IsListeningAsync(), "the edge's listeners are closed again", Limit);
            (await TryCallAsync()).ShouldBeFalse();
        }
        finally
        {
            await KillIssuerAsync("--undo");
        }

        await UntilAsync(TryCallAsync, "a call after the issuer is believed again", TimeSpan.FromSeconds(120));
        await System.UntilReadyAsync(Cancel);
    }

    private Task RevokeTokensAsync() =>
        Installation.Operator.RunAsync(
            "token revoke",
            Cancel,
            "--issuer",
            Installation.Record.IssuerId,
            "--reason",
            "test"
        );

    private Task KillIssuerAsync(params string[] more) =>
        Installation.Operator.RunAsync(
            $"issuer kill {Installation.Record.IssuerId}",
            Cancel,
            ["--issuer", "--reason", "test", "--yes", .. more]
        );

    private async Task RestartAsync(ProgramProcess process, HealthProbe health)
    {
        await process.KillAsync(Cancel);
        process.Start();
        Installation.RecordProcesses();
        await UntilAsync(
            async () => (await health.ObstacleAsync(Cancel)).StartsWith("/readyz 503", StringComparison.Ordinal),
            $"{process.Name} runs and is not ready",
            Limit
        );
    }

    private async Task ShouldSayWhyAsync()
    {
        foreach (var health in (HealthProbe[])[Installation.Edge.Health, Installation.Agent.Health])
        {
            await UntilAsync(
                async () =>
                    (await health.ObstacleAsync(Cancel)).Contains("auth.peer_revoked", StringComparison.Ordinal),
                "readiness says why",
                Limit
            );
        }

        var doctor = await Tool.RunAsync(
            Path.Combine(Installation.Run.Binaries, TunnelEdge.Name),
            [
                "doctor",
                "--check",
                "platform_certificate",
                "--config",
                Installation.Run.File(TunnelEdge.Name, "edge.yaml"),
            ],
            Installation.Run.Path,
            Cancel
        );
        doctor.Output.ShouldContain("auth.peer_revoked");
        doctor.Output.ShouldContain("The edge serves no clients.");
    }

    private async Task CallAsync()
    {
        using var caller = await System.ConnectAsync(Cancel);
        (await caller.EchoAsync("refused", Cancel)).ShouldContain("refused");
    }

    private async Task<bool> TryCallAsync()
    {
        try
        {
            await CallAsync();
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or RefusedCallException or IOException)
        {
            return false;
        }
    }

    private async Task<bool> IsListeningAsync()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(System.Ingress, Cancel);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private Task<double> AgentsAsync() => MetricAsync(Installation.Ports.EdgeHealth, "culvert_edge_agent_connections");

    private string Serial(string program)
    {
        using var state = JsonDocument.Parse(
            File.ReadAllText(Installation.Run.File(program, "state", "platform.json"))
        );
        return state.RootElement.GetProperty("enrolment").GetProperty("certificate").GetProperty("serial").GetString()!;
    }
}
