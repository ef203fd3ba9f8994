using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Rotation;

/// <summary>
/// The real programs: authorities with a lifetime of minutes rotate automatically, each under a new root, while clients
/// that trust nothing but the bundle's file open one connection after another. Their keys are in an HSM, whose token is
/// then removed and put back.
/// </summary>
[Collection(RotatingSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class AuthorityRotationTests(RotatingSystem system) : SystemTest(system)
{
    // Manual steps: the enterprise's first authority, and the first with a short lifetime. What follows is automatic.
    private const int ByHand = 2;

    private static readonly int Rotations = Soak.Rounds("rotation", shortForm: 1, full: 20);

    // A rotation takes some twenty seconds on an idle machine.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5) + (Rotations * TimeSpan.FromMinutes(2));

    private static readonly TimeSpan RevocationLimit = TimeSpan.FromSeconds(5);

    [Fact]
    [Trait(Soak.Name, "rotation")]
    public async Task Rotation_OfAuthorityAndRoot_FailsNoHandshake_AndARevocationIsHeardInTime()
    {
        await System.UntilReadyAsync(Cancel);
        using var api = new ManagementApi(Installation.Service);
        await using (await RelyingParty.StartAsync(Installation, Cancel))
        {
            await RotateAsync(api);
            await LoseTokenAsync(api);
        }

        await RevokeAsync(api);
    }

    private async Task RotateAsync(ManagementApi api)
    {
        await using var load = CallLoad.Start(System, keeping: 0, reconnecting: 3);
        await ActivateShortLivedAsync();
        await UntilAsync(
            async () => await CountAsync(api) >= ByHand + Rotations,
            "the authorities change",
            () => $"{Failures(load).FirstOrDefault()}"
        );

        // Leaves of the newest one are in use before the last handshakes are counted.
        var seen = load.Serials.Count;
        await UntilAsync(() => Task.FromResult(load.Serials.Count >= seen + 2), "its leaves are served", () => "");

        var outcomes = load.Outcomes;
        var failed = Failures(load);
        Figure(
            $"ca rotation: {await CountAsync(api) - ByHand} rotations by the connector, each under a new root, "
                + $"{outcomes.Count} handshakes and calls, {failed.Count} failed; {Waits()}"
        );
        failed.ShouldBeEmpty();
        load.Serials.Count.ShouldBeGreaterThan(ByHand + Rotations);
    }

    private static List<string> Failures(CallLoad load) =>
        [.. load.Outcomes.Where(outcome => outcome.Error is not null).Select(outcome => outcome.Error!)];

    // A request that the connector did not get signed waits for minutes: the reason belongs to the figure.
    private string Waits()
    {
        var waits = LinesOf(Installation.Service.Process.LogFile)
            .Where(line => line.Contains("retrying in", StringComparison.Ordinal))
            .ToList();
        return waits.Count == 0 ? "no signing was repeated" : $"{waits.Count} signings were repeated: {waits[0]}";
    }

    private static IEnumerable<string> LinesOf(string log)
    {
        using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private RotatingSystem Rotating => (RotatingSystem)System;

    // The manual steps of a rotation job, with the same signer. The successors' keys are where the authority's own is.
    private async Task ActivateShortLivedAsync()
    {
        var culvert = Installation.Operator;
        var id = await culvert.CreateAsync(
            "ca register short-lived",
            Cancel,
            ["--tunnel", Installation.Record.Tunnel.Id, "--custody", "pkcs11"]
        );
        var (request, chain) = (Installation.Run.File("short.csr"), Installation.Run.File("short.pem"));
        await culvert.RunAsync($"ca csr {id}", Cancel, ["--out", request]);
        var signed = await Tool.RunAsync(
            "sh",
            ["-c", $"{Rotating.SigningCommand} <{request}"],
            Installation.Run.Path,
            Cancel
        );
        signed.Succeeded.ShouldBeTrue(signed.Error);
        await File.WriteAllTextAsync(chain, signed.Output, Cancel);
        using var certificate = X509Certificate2.CreateFromPem(signed.Output);
        string[] fingerprint = ["--fingerprint", certificate.GetCertHashString(HashAlgorithmName.SHA256)];
        await culvert.RunAsync($"ca upload {id}", Cancel, ["--chain", chain, .. fingerprint]);
        await culvert.RunAsync($"ca approve {id}", Cancel, fingerprint);
        await UntilAsync(
            async () => (await culvert.TryRunAsync(["ca", "activate", id, "-o", "json"], Cancel)).Succeeded,
            "everybody acknowledges its bundle",
            () => ""
        );
    }

    // Authorities that were or are in use.
    private async Task<int> CountAsync(ManagementApi api) =>
        (await api.ListAsync($"/v1/certificate_authorities?tunnel_id={Installation.Record.Tunnel.Id}", Cancel)).Count(
            authority => authority.GetProperty("state").GetString() is "active" or "retiring" or "retired"
        );

    // One process of the service runs through all of it: it is not restarted.
    private async Task LoseTokenAsync(ManagementApi api)
    {
        var process = Installation.Service.Process.Stamp.Pid;
        Rotating.Hsm.TakeAway();
        await UntilNotReadyAsync("no token labelled");
        (await api.ListAsync("/v1/audit?limit=100", Cancel))
            .Count(entry => entry.GetRawText().Contains("signer.unavailable", StringComparison.Ordinal))
            .ShouldBeGreaterThan(0, "what was not signed is recorded");

        RotatingHsm.MakeToken();
        await UntilNotReadyAsync("none of the");

        Rotating.Hsm.PutBack();
        await System.UntilReadyAsync(Cancel);
        await UntilAsync(IsServedAsync, "a leaf of a key that is back is served", () => "");
        Installation.Service.Process.Stamp.Pid.ShouldBe(process);
    }

    private Task UntilNotReadyAsync(string reason)
    {
        var last = "";
        return UntilAsync(
            async () =>
                (last = await Installation.Service.Health.ObstacleAsync(Cancel)).Contains(
                    reason,
                    StringComparison.Ordinal
                ),
            reason,
            () => last
        );
    }

    private async Task<bool> IsServedAsync()
    {
        try
        {
            using var caller = await System.ConnectAsync(Cancel, timeout: TimeSpan.FromSeconds(5));
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    // Measured between what the service recorded and what the edge wrote down: both by this machine's clock.
    private async Task RevokeAsync(ManagementApi api)
    {
        Standstill.Watch();
        var agents = $"/v1/tunnels/{Installation.Record.Tunnel.Id}/agents";
        var agent = (await api.ListAsync(agents, Cancel)).ShouldHaveSingleItem().GetProperty("id").GetString()!;
        var key = await File.ReadAllTextAsync(Installation.Service.AdminKeyFile, Cancel);
        using var admin = RelyingParty.Connect(Installation, key.Trim());
        using var revoked = await admin.PostAsJsonAsync($"{agents}/{agent}/revoke", new { reason = "test" }, Cancel);
        revoked.EnsureSuccessStatusCode();

        var ended = DateTimeOffset.MaxValue;
        await UntilAsync(
            () => Task.FromResult(FindEnd(Installation.Edge.Process.LogFile) is { } at && (ended = at) == at),
            "the edge ends its connections",
            () => ""
        );
        var recorded = (await api.ListAsync("/v1/audit?limit=1000", Cancel))
            .Where(entry => entry.GetRawText().Contains("agent_revoked", StringComparison.Ordinal))
            .Select(entry => TimeOf(entry, "time"))
            .Max();
        Figure(
            string.Create(
                CultureInfo.InvariantCulture,
                $"revocation: {(ended - recorded).TotalMilliseconds:0} ms from its commit to the edge's end of the connection"
            )
        );
        (ended - recorded - Standstill.Since(recorded)).ShouldBeLessThanOrEqualTo(RevocationLimit);

        // The agent hears it, too. It then enrols again with its identity, perhaps within a tenth of a second, so only its
        // log shows that it stopped.
        await UntilAsync(
            () =>
                Task.FromResult(
                    LinesOf(Installation.Agent.Process.LogFile)
                        .Any(line =>
                            line.Contains("\"event\":\"Withdrawn\"", StringComparison.Ordinal)
                            && line.Contains("auth.peer_revoked", StringComparison.Ordinal)
                        )
                ),
            "the agent stops serving",
            () => ""
        );
    }

    private static DateTimeOffset? FindEnd(string log)
    {
        foreach (var line in LinesOf(log))
        {
            if (
                line.Contains("Ending a connection of agent", StringComparison.Ordinal)
                && line.Contains("the certificate is revoked", StringComparison.Ordinal)
            )
            {
                using var document = JsonDocument.Parse(line);
                return TimeOf(document.RootElement, "ts");
            }
        }

        return null;
    }

    private static DateTimeOffset TimeOf(JsonElement entry, string member) =>
        DateTimeOffset.Parse(
            entry.GetProperty(member).GetString()!,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal
        );

    private static async Task UntilAsync(Func<Task<bool>> condition, string what, Func<string> why)
    {
        var limit = TimeProvider.System.GetUtcNow() + Patience;
        while (!await condition())
        {
            (TimeProvider.System.GetUtcNow() < limit).ShouldBeTrue($"{what}: not in time {why()}");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancel);
        }
    }
}
