using System.Security.Cryptography;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.State;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Browser;

/// <summary>The console's pages of a tunnel that runs, by <c>tests/Peers/console/tunnel.mjs</c>.</summary>
[Collection(StandardSystemCollection.Name)]
public sealed class ConsoleTunnelTests(StandardSystem system) : SystemTest(system)
{
    [Fact]
    public async Task Pages_OfARunningTunnel_ShowWhatItsAgentFindsAndTakeAPersonsWord()
    {
        var call = CreateCall();
        (await AskApprovalAsync(call)).ShouldBe("pending");

        using var report = await ConsoleScript.RunAsync(
            new Dictionary<string, string>
            {
                ["CULVERT_IDENTITY_URL"] = Installation.Service.PublicUrl,
                ["CULVERT_ADMIN_KEY_FILE"] = Installation.Service.AdminKeyFile,
                ["NODE_EXTRA_CA_CERTS"] = Installation.Service.PlatformCaFile,
            },
            "tunnel.mjs",
            ("TUNNEL", Installation.Record.Tunnel.Id)
        );

        var checks = report.RootElement.GetProperty("checks");
        foreach (var check in (string[])["platform_certificate", "machine_api", "bundle_epoch", "edges", "upstreams"])
        {
            checks.GetProperty(check).GetString().ShouldBe("pass", check);
        }

        await ShouldBeAcceptedAsync(report.RootElement.GetProperty("file").GetString()!);
        report.RootElement.GetProperty("acknowledged").GetInt64().ShouldBeGreaterThan(0);
        (await AskApprovalAsync(call)).ShouldBe("approved");
        ConsoleScript.ShouldBeClean(report);
    }

    // What the page shows for copying is a file that the agent takes.
    private async Task ShouldBeAcceptedAsync(string file)
    {
        var folder = Directory.CreateDirectory(Installation.Run.Folder("copied-agent")).FullName;
        File.Copy(Installation.Service.PlatformCaFile, Path.Combine(folder, "platform-ca.pem"));
        var path = Path.Combine(folder, "agent.yaml");
        await File.WriteAllTextAsync(path, file, Cancel);
        var check = await Tool.RunAsync(
            Path.Combine(Installation.Run.Binaries, Programs.TunnelAgent),
            ["config", "check", "--config", path],
            folder,
            Cancel
        );
        check.Succeeded.ShouldBeTrue(file + check.Output + check.Error);
    }

    // As the agent asks when a rule demands it, with its certificate.
    private async Task<string> AskApprovalAsync(CallApprovalRequest call)
    {
        var state = AgentState.Read(
            new IdentityOptions { Url = new Uri(Installation.Service.PublicUrl) },
            Installation.Record.Tunnel.Id,
            Path.Combine(Installation.Run.Folder(TunnelAgent.AutomaticName), "state")
        );
        var trust = state.Trust.ShouldNotBeNull();
        using var agent = new MachineClient(
            state.MachineUrl.ShouldNotBeNull(),
            state.Platform.ShouldNotBeNull(),
            () => trust,
            () => RevokedSerialSet.None,
            TimeProvider.System
        );
        var answer = await agent.RequestApprovalAsync(call, Cancel);
        return answer.Value.ShouldNotBeNull(answer.Failure?.ToString()).State;
    }

    private static CallApprovalRequest CreateCall() =>
        new(
            Binding: RandomNumberGenerator.GetHexString(64, lowercase: true), // a call of this run alone
            Route: "docs",
            Hostname: "docs.test",
            Method: "tools/call",
            Kind: "tool",
            Name: "transfer",
            Rule: "large",
            Issuer: "https://login.test",
            Subject: "alice",
            ClientId: "console-test",
            PolicyVersion: "1",
            Pin: "",
            Approvers: 1,
            ExpiresIn: 900,
            Arguments:
            [
                new CallApprovalArgument
                {
                    At = "/amount",
                    Shape = "number",
                    Value = "120",
                },
                new CallApprovalArgument { At = "/note", Shape = "string:12" },
            ]
        );
}
