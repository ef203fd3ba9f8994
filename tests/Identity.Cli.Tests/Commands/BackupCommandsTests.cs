using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

/// <summary>What is handed to the service's own program; its work is tried with the real one, in the service's tests.</summary>
public sealed class BackupCommandsTests : CommandTest
{
    [Theory]
    [InlineData("backup --out b", "backup --out b")]
    [InlineData("backup --out b --config c", "backup --out b --config c")]
    [InlineData("restore b --plan", "restore b --plan")]
    [InlineData("restore b --dry-run", "restore b --plan")]
    [InlineData(
        "restore b --later a --later e --revocation-list l --nothing-later",
        "restore b --later a --later e --revocation-list l --nothing-later"
    )]
    public async Task Command_RunsTheServicesProgram(string line, string arguments)
    {
        WriteProgram("echo \"$@\"; echo working >&2; exit 3");

        var run = await Stage.RunAsync(line.Split(' '));

        run.ExitCode.ShouldBe(3, "its exit code is ours");
        run.Out.ShouldBe(arguments + "\n");
        run.Error.ShouldContain("working");
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task ProgramElsewhere_SaysWhatToRunThere()
    {
        var run = await Stage.RunAsync("backup", "--out", "b");

        run.ExitCode.ShouldBe(ExitCode.Configuration);
        run.Error.ShouldContain("identity-service backup --out b");
    }

    private void WriteProgram(string script)
    {
        Stage.ProgramFolder = Stage.Folder;
        var path = Stage.Write("identity-service", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
