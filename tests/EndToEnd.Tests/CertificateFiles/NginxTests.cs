using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.CertificateFiles;

/// <summary>
/// Another vendor's server with the agent's files: a real nginx under traffic of clients that trust the tunnel's bundle
/// alone, reloaded after each change, and not one handshake that fails.
/// </summary>
[Collection(StandardSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class NginxTests(StandardSystem system) : SystemTest(system)
{
    private static readonly int Renewals = Soak.Rounds("rotation", shortForm: 5, full: 40);

    private string Folder { get; } =
        system.Installation.Run.File("files-" + RandomNumberGenerator.GetHexString(8, lowercase: true));

    private string Output => Path.Combine(Folder, "tls");

    private string ServerName => $"docs.{Installation.Record.Tunnel.Domain}";

    // The rotation job of an nginx: a timer that runs `culvert cert renew`, of which here every run is a renewal.
    [Fact]
    [Trait(Soak.Name, "rotation")]
    public async Task CertRenew_UnderTraffic_FailsNoHandshake()
    {
        Directory.CreateDirectory(Folder);
        var rule = await CreateRuleAsync();
        var first = await RenewAsync(rule, "720h", exec: null);
        first.GetProperty("outcome").GetString().ShouldBe("renewed");
        (await RenewAsync(rule, "720h", exec: null)).GetProperty("outcome").GetString().ShouldBe("not_due");

        await using var nginx = await ServeAsync();
        await using var load = HandshakeLoad.Start(nginx.Socket, ServerName, Path.Combine(Output, "ca.crt"));
        await load.UntilServedAsync(SerialOf(first), Cancel);
        for (var i = 0; i < Renewals; i++)
        {
            var renewed = await RenewWhenDueAsync(rule, nginx.ReloadCommand);
            renewed.GetProperty("command_ran").GetBoolean().ShouldBeTrue();
            await load.UntilServedAsync(SerialOf(renewed), Cancel);
        }

        Figure(
            $"nginx: {Renewals} renewals under {load.Serials.Values.Sum()} handshakes, {load.Failures.Count} failed"
        );
        load.Failures.ShouldBeEmpty();
        load.Serials.Count.ShouldBe(Renewals + 1);
    }

    // A command that fails is named, and the next run runs it again although nothing is due.
    [Fact]
    public async Task CertRenew_CommandFails_IsRunAgain()
    {
        Directory.CreateDirectory(Folder);
        var rule = await CreateRuleAsync();
        var proof = Path.Combine(Folder, "ran");

        var failed = await TryRenewAsync(rule, "720h", $"sh -c 'test -e {proof} || exit 7'");
        failed.ExitCode.ShouldBe(1, failed.Error);
        failed.Error.ShouldContain("status 7");
        (await TryRenewAsync(rule, "720h", $"sh -c 'test -e {proof} || exit 7'")).ExitCode.ShouldBe(1);

        await File.WriteAllTextAsync(proof, "", Cancel);
        var mended = await RenewAsync(rule, "720h", $"sh -c 'test -e {proof} || exit 7'");
        mended.GetProperty("outcome").GetString().ShouldBe("not_due");
        mended.GetProperty("command_ran").GetBoolean().ShouldBeTrue();
        (await RenewAsync(rule, "720h", "false")).GetProperty("command_ran").GetBoolean().ShouldBeFalse();
    }

    // The agent's own identity renews the files, next to the running agent: when a certificate is revoked, the feed
    // reports it, and the agent replaces the certificate automatically.
    [Fact]
    public async Task AgentCerts_CertificateRevoked_IsReplacedUnderTraffic()
    {
        Directory.CreateDirectory(Folder);
        var once = await AgentAsync("--once", "--timeout", "120s");
        once.ExitCode.ShouldBe(0, once.Error);
        var serial = SerialInForce();
        await using var nginx = await ServeAsync();
        var keeper = new ProgramProcess(
            new ProgramCommand(
                "tunnel-agent-certs",
                Path.Combine(Installation.Run.Binaries, Programs.TunnelAgent),
                [.. AgentArguments, "--exec", nginx.ReloadCommand],
                new Dictionary<string, string>(),
                Folder
            ),
            Path.Combine(Folder, "certs.log"),
            TimeProvider.System
        );
        keeper.Start();
        try
        {
            await using var load = HandshakeLoad.Start(nginx.Socket, ServerName, Path.Combine(Output, "ca.crt"));
            await load.UntilServedAsync(serial, Cancel);
            for (var i = 0; i < 3; i++)
            {
                await Installation.Operator.RunAsync("cert revoke", Cancel, [serial, "--cause", "superseded", "--yes"]);
                serial = await UntilAnotherAsync(serial);
                await load.UntilServedAsync(serial, Cancel);
            }

            load.Failures.ShouldBeEmpty();
            load.Serials.Count.ShouldBe(4);
        }
        finally
        {
            await keeper.StopAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        }

        // The lock is free again, and nothing is due.
        (await AgentAsync("--once", "--timeout", "120s")).ExitCode.ShouldBe(0);
        SerialInForce().ShouldBe(serial);
    }

    private string[] AgentArguments =>
        ["certs", "--config", Installation.Run.File(TunnelAgent.AutomaticName, "agent.yaml"), "--output", Output];

    private Task<ToolResult> AgentAsync(params string[] more) =>
        Tool.RunAsync(
            Path.Combine(Installation.Run.Binaries, Programs.TunnelAgent),
            [.. AgentArguments, .. more],
            Folder,
            Cancel
        );

    private async Task<NginxServer> ServeAsync()
    {
        var nginx = NginxServer.Create(Path.Combine(Folder, "nginx"), Output);
        nginx.Start();
        await UntilAsync(() => nginx.IsListening, () => File.ReadAllText(nginx.ErrorLog));
        return nginx;
    }

    private async Task<string> UntilAnotherAsync(string serial)
    {
        await UntilAsync(() => SerialInForce() != serial, () => File.ReadAllText(Path.Combine(Folder, "certs.log")));
        return SerialInForce();
    }

    private static async Task UntilAsync(Func<bool> condition, Func<string> explain)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(begun) > TimeSpan.FromSeconds(90))
            {
                throw new TimeoutException(explain());
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }
    }

    private async Task<string> CreateRuleAsync()
    {
        var record = Installation.Record;
        string[] flags =
        [
            "--workspace",
            record.WorkspaceId,
            "--issuer",
            record.IssuerId,
            "--service-account",
            record.AdminServiceAccountId,
            "--scope",
            "certificate:issue",
            "--subject",
            IdentityProvider.OperatorClient,
            "--tunnel",
            record.Tunnel.Id,
        ];
        return await Installation.Operator.CreateAsync($"rule create {Path.GetFileName(Folder)}", Cancel, flags);
    }

    private async Task<JsonElement> RenewAsync(string rule, string renewBefore, string? exec)
    {
        var result = await TryRenewAsync(rule, renewBefore, exec);
        result.ExitCode.ShouldBe(0, result.Error);
        using var document = JsonDocument.Parse(result.Output);
        return document.RootElement.Clone();
    }

    private async Task<ToolResult> TryRenewAsync(string rule, string renewBefore, string? exec)
    {
        var token = Path.Combine(Folder, "token");
        await File.WriteAllTextAsync(
            token,
            await Installation.IdentityProvider.TokenAsync(IdentityProvider.OperatorClient, Cancel),
            Cancel
        );
        return await Installation.Operator.TryRunAsync(
            [
                "cert",
                "renew",
                "--federated",
                "--organization",
                Installation.Record.OrganizationId,
                "--tunnel",
                Installation.Record.Tunnel.Id,
                "--rule",
                rule,
                "--token-file",
                token,
                "--output",
                Output,
                "--renew-before",
                renewBefore,
                .. exec is null ? Array.Empty<string>() : ["--exec", exec],
                "-o",
                "json",
            ],
            Cancel
        );
    }

    // A second less than the whole life: due a second after it was signed, which may not have passed yet.
    private async Task<JsonElement> RenewWhenDueAsync(string rule, string exec)
    {
        while (true)
        {
            var result = await RenewAsync(rule, AlmostItsLife(), exec);
            if (result.GetProperty("outcome").GetString() == "renewed")
            {
                return result;
            }
        }
    }

    private string AlmostItsLife()
    {
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(Output, "certificate.json")));
        var life =
            record.RootElement.GetProperty("not_after").GetDateTimeOffset()
            - record.RootElement.GetProperty("issued_at").GetDateTimeOffset();
        return string.Create(CultureInfo.InvariantCulture, $"{(long)life.TotalSeconds - 1}s");
    }

    private string SerialInForce()
    {
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(Output, "certificate.json")));
        return SerialOf(record.RootElement);
    }

    private static string SerialOf(JsonElement result) => result.GetProperty("serial").GetString()!;
}
