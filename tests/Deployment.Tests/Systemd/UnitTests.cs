namespace Culvert.Deployment.Tests.Systemd;

/// <summary>The units, by systemd's own judgement and by what the programs need.</summary>
public sealed class UnitTests
{
    // systemd's scale is 0 to 10; what is left is the network, and reading the host's own files.
    private const string MostExposure = "15"; // tenths

    public static TheoryData<string, string> Units =>
        new()
        {
            { "culvert-identity-service", "identity-service" },
            { "culvert-edge", "tunnel-edge" },
            { "culvert-agent", "tunnel-agent" },
        };

    [Theory]
    [MemberData(nameof(Units))]
    public async Task Unit_BySystemdItself_IsValidAndClosed(string unit, string program)
    {
        using var host = new TestFolder();
        host.Write($"usr/bin/{program}", "#!/bin/sh\n", "755");
        host.Write("bin/kill", "#!/bin/sh\n", "755");
        var file = host.PathOf($"etc/systemd/system/{unit}.service");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Copy(Repository.PathOf($"deploy/systemd/{unit}.service"), file);
        await CopySystemdUnitsAsync(host);

        var verified = await AnalyzeAsync(["verify", "--man=no", $"--root={host.Path}", $"{unit}.service"]);
        var judged = await AnalyzeAsync([
            "security",
            "--offline=true",
            $"--threshold={MostExposure}",
            "--no-pager",
            $"--root={host.Path}",
            file,
        ]);

        verified.Succeeded().Text.ShouldBeEmpty("systemd warns");
        judged.Succeeded();
    }

    /// <summary>The check above would find something.</summary>
    [Fact]
    public async Task Unit_WithAMisspeltDirective_IsReported()
    {
        using var host = new TestFolder();
        host.Write("usr/bin/tunnel-edge", "#!/bin/sh\n", "755");
        var text = await File.ReadAllTextAsync(Repository.PathOf("deploy/systemd/culvert-edge.service"), Cancel);
        host.Write("etc/systemd/system/culvert-edge.service", text.Replace("ProtectHome", "ProtectHouse"));
        await CopySystemdUnitsAsync(host);

        var verified = await AnalyzeAsync(["verify", "--man=no", $"--root={host.Path}", "culvert-edge.service"]);

        verified.Text.ShouldContain("ProtectHouse");
    }

    [Theory]
    [MemberData(nameof(Units))]
    public void Unit_RunsTheProgram_AsItsOwnUserWithItsOwnState(string unit, string program)
    {
        var file = UnitFile.Read(unit);
        var configuration = file.One("ExecStart").Split(' ')[^1];

        file.One("ExecStart").ShouldBe($"/usr/bin/{program} run --config {configuration}");
        file.One("ConditionPathExists").ShouldBe(configuration);
        (file.One("User"), file.One("Group")).ShouldBe((unit, unit));
        file.One("StateDirectory").ShouldBe($"culvert/{Path.GetFileNameWithoutExtension(configuration)}");
        file.One("StateDirectoryMode").ShouldBe("0700");
    }

    /// <summary>64 and 78 are the programs' words for "this file or command line is wrong".</summary>
    [Theory]
    [MemberData(nameof(Units))]
    public async Task Unit_OfAProgramThatIsMisconfigured_IsNotRestarted(string unit, string program)
    {
        using var folder = new TestFolder();
        var file = folder.Write("wrong.yaml", "config_version: 1\nno_such_key: 1\n");

        var wrongFile = await Tool.RunAsync(Repository.Published(program), ["run", "--config", file]);
        var wrongUsage = await Tool.RunAsync(Repository.Published(program), ["run", "--no-such-flag"]);

        var final = UnitFile.Read(unit).One("RestartPreventExitStatus").Split(' ');
        UnitFile.Read(unit).One("Restart").ShouldBe("on-failure");
        (wrongFile.ExitCode, wrongUsage.ExitCode).ShouldBe((78, 64), wrongFile.Text + wrongUsage.Text);
        final.ShouldBe(["64", "78"]);
    }

    /// <summary>reference: the edge's relay needs both, and nothing in the program can set them later.</summary>
    [Fact]
    public void Edge_RelaysWhereCompletionsArrive() =>
        UnitFile
            .Read("culvert-edge")
            .All("Environment")
            .ShouldBe([
                "DOTNET_EnableDiagnostics=0",
                "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1",
                "DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0",
            ]);

    /// <summary>A unit ends what has not ended by then, so the drains of the sample configurations must fit.</summary>
    [Fact]
    public void Edge_HasTimeToDrain()
    {
        var sample = Yaml.Read(Repository.PathOf("deploy/edge.yaml"));
        var needed = Seconds(Yaml.Text(sample, "drain_delay")) + Seconds(Yaml.Text(sample, "drain_timeout"));

        Seconds(UnitFile.Read("culvert-edge").One("TimeoutStopSec")).ShouldBeGreaterThan(needed);
    }

    /// <summary>The timer of the service's backups, with the unit that it starts.</summary>
    [Fact]
    public async Task Backup_BySystemdItself_IsValidAndClosed()
    {
        const string Unit = "culvert-identity-service-backup";
        using var host = new TestFolder();
        host.Write("usr/bin/identity-service", "#!/bin/sh\n", "755");
        Directory.CreateDirectory(host.PathOf("etc/systemd/system"));
        foreach (var file in new[] { $"{Unit}.service", $"{Unit}.timer" })
        {
            File.Copy(Repository.PathOf($"deploy/systemd/{file}"), host.PathOf($"etc/systemd/system/{file}"));
        }

        await CopySystemdUnitsAsync(host);

        var verified = await AnalyzeAsync(["verify", "--man=no", $"--root={host.Path}", $"{Unit}.timer"]);
        var judged = await AnalyzeAsync([
            "security",
            "--offline=true",
            $"--threshold={MostExposure}",
            "--no-pager",
            $"--root={host.Path}",
            host.PathOf($"etc/systemd/system/{Unit}.service"),
        ]);

        verified.Succeeded().Text.ShouldBeEmpty("systemd warns");
        judged.Succeeded();
    }

    [Fact]
    public void Backup_RunsAsTheService_AndWritesWhereThePackageMakesAFolderForIt()
    {
        var (service, backup) = (
            UnitFile.Read("culvert-identity-service"),
            UnitFile.Read("culvert-identity-service-backup")
        );

        backup
            .One("ExecStart")
            .ShouldContain(" backup --config /etc/culvert/identity-service.yaml --folder /var/backups/culvert ");
        backup.One("ReadWritePaths").ShouldBe("/var/backups/culvert");
        foreach (
            var name in new[] { "User", "Group", "StateDirectory", "UMask", "ProtectSystem", "CapabilityBoundingSet" }
        )
        {
            backup.One(name).ShouldBe(service.One(name), name);
        }

        File.ReadAllText(Repository.PathOf("deploy/debian/postinst"))
            .ShouldContain("install -d -m 700 -o @NAME@ -g @NAME@ /var/backups/culvert");
    }

    /// <summary>No program tells systemd that it lives; a watchdog would kill it.</summary>
    [Theory]
    [MemberData(nameof(Units))]
    public void Unit_HasNoWatchdogThatNobodyFeeds(string unit, string program)
    {
        _ = program;
        UnitFile.Read(unit).All("WatchdogSec").ShouldBeEmpty();
        UnitFile.Read(unit).One("Type").ShouldBe("exec");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static int Seconds(string text) => int.Parse(text.TrimEnd('s'));

    private static Task<ToolResult> AnalyzeAsync(string[] arguments) => Tool.RunAsync("systemd-analyze", arguments);

    // `verify` follows what a unit names.
    private static async Task CopySystemdUnitsAsync(TestFolder host)
    {
        Directory.CreateDirectory(host.PathOf("usr/lib/systemd"));
        (
            await Tool.RunAsync("cp", ["-r", "/usr/lib/systemd/system", host.PathOf("usr/lib/systemd/system")])
        ).Succeeded();
    }
}
